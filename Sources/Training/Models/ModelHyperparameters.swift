// The hyperparameters of the models: each name one row, whichever models have it.

extension TrainingHyperparameters {
  static let architecture: [TrainingHyperparameter] = {
    let rows = ModelShapes.all.flatMap { $0.rows }
    var names: [String] = []
    for row in rows where !names.contains(row.name) { names.append(row.name) }
    return names.map { name in TrainingHyperparameter(rows.filter { $0.name == name }) }
  }()
}

/// A hyperparameter of one model.
private struct ModelRow: Sendable {
  let model: String
  let name: String
  let summary: String
  let kind: Hyperparameter.Kind
  let isLive: Bool
  let needs: String?
  let isApplicable: @Sendable (ModelConfiguration) -> Bool
  let read: @Sendable (ModelConfiguration) -> HyperparameterValue?
  let write: @Sendable (inout ModelConfiguration, HyperparameterValue) -> Void

  /// Such as `mlp with a hidden layer`.
  var words: String { needs.map { "\(model) \($0)" } ?? model }
}

extension ModelShape {
  fileprivate static var rows: [ModelRow] {
    options.compactMap { option in
      option.row.map { row in
        ModelRow(
          model: name, name: option.name, summary: row.summary, kind: row.kind, isLive: row.isLive,
          needs: row.needs,
          isApplicable: { ($0.shape as? Self).map(row.isApplicable) ?? false },
          read: { ($0.shape as? Self).flatMap(row.read) },
          write: { model, value in
            guard var shape = model.shape as? Self else { return }
            row.write(&shape, value)
            model.shape = shape
          })
      }
    }
  }
}

extension TrainingHyperparameter {
  /// - Parameter rows: of one name, each of another model; at least one.
  fileprivate init(_ rows: [ModelRow]) {
    let separator = rows.contains { $0.needs != nil } ? ", or " : " or "
    self.init(
      name: rows[0].name, summary: rows[0].summary, kind: Self.kind(of: rows), isLive: rows[0].isLive,
      applicability: "the model " + rows.map(\.words).joined(separator: separator),
      isApplicable: { configuration in rows.contains { $0.isApplicable(configuration.model) } },
      read: { configuration in
        rows.first { $0.isApplicable(configuration.model) }.flatMap { $0.read(configuration.model) }
      },
      write: { configuration, value in for row in rows { row.write(&configuration.model, value) } })
  }

  /// All choices that any of the models has; numbers have one range in all of them.
  private static func kind(of rows: [ModelRow]) -> Hyperparameter.Kind {
    var choices: [String] = []
    for row in rows {
      guard case .text(let more) = row.kind else { return row.kind }
      choices += more.filter { !choices.contains($0) }
    }
    return .text(choices)
  }
}
