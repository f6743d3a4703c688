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
  /// As `ConfigurationOption.Row.needs`.
  let needs: String?
  /// Of a configuration with that model; of any other it means nothing.
  let own: TrainingHyperparameter

  var name: String { own.name }
  /// Such as `mlp with a hidden layer`.
  var words: String { needs.map { "\(model) \($0)" } ?? model }
}

extension ModelShape {
  fileprivate static var rows: [ModelRow] {
    options.compactMap { option in
      option.row.map { row in
        let own = TrainingHyperparameter(
          option.name, row, needs: nil, from: { $0.model.shape as? Self }, to: { $0.model.shape = $1 })
        return ModelRow(model: name, needs: row.needs, own: own)
      }
    }
  }
}

extension TrainingHyperparameter {
  /// - Parameter rows: of one name, each of another model; at least one.
  fileprivate init(_ rows: [ModelRow]) {
    let separator = rows.contains { $0.needs != nil } ? ", or " : " or "
    let first = rows[0].own
    self.init(
      name: first.name, summary: first.hyperparameter.summary, kind: Self.kind(of: rows),
      isLive: first.isLive,
      applicability: "the model " + rows.map(\.words).joined(separator: separator),
      isApplicable: { configuration in rows.contains { $0.own.isApplicable(configuration) } },
      read: { configuration in
        rows.first { $0.own.isApplicable(configuration) }.flatMap { $0.own.read(configuration) }
      },
      write: { configuration, value in for row in rows { row.own.write(&configuration, value) } })
  }

  /// All choices that any of the models has; numbers have one range in all of them.
  private static func kind(of rows: [ModelRow]) -> Hyperparameter.Kind {
    var choices: [String] = []
    for row in rows {
      guard case .text(let more) = row.own.kind else { return row.own.kind }
      choices += more.filter { !choices.contains($0) }
    }
    return .text(choices)
  }
}
