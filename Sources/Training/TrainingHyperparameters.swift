/// A row of the built-in trainer's table: which part of a `TrainingConfiguration` a name stands for.
struct TrainingHyperparameter: Sendable {
  let hyperparameter: Hyperparameter
  let isApplicable: @Sendable (TrainingConfiguration) -> Bool
  let read: @Sendable (TrainingConfiguration) -> HyperparameterValue?
  let write: @Sendable (inout TrainingConfiguration, HyperparameterValue) -> Void

  init(
    name: String, summary: String, kind: Hyperparameter.Kind, isLive: Bool, applicability: String?,
    isApplicable: @escaping @Sendable (TrainingConfiguration) -> Bool,
    read: @escaping @Sendable (TrainingConfiguration) -> HyperparameterValue?,
    write: @escaping @Sendable (inout TrainingConfiguration, HyperparameterValue) -> Void
  ) {
    hyperparameter = Hyperparameter(
      name: name, summary: summary, kind: kind, isLive: isLive, applicability: applicability)
    self.isApplicable = isApplicable
    self.read = read
    self.write = write
  }

  var name: String { hyperparameter.name }
  var kind: Hyperparameter.Kind { hyperparameter.kind }
  var isLive: Bool { hyperparameter.isLive }
  var applicability: String? { hyperparameter.applicability }
}

/// The built-in trainer's table.
enum TrainingHyperparameters {
  /// In the order in which they must be set: what others depend on comes first.
  static let all: [TrainingHyperparameter] =
    optimization + schedule + batch + regularization + TrainingOptionGroups.all.flatMap(\.rows) + architecture

  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// Nil for a name that is neither in the table nor of a family.
  static func named(_ name: String) -> TrainingHyperparameter? { byName[name] ?? familyMember(name) }
}

extension TrainingConfiguration {
  /// A copy with one hyperparameter set.
  ///
  /// - Throws: `TrainingError.invalid` for an unknown name, a value out of its range, or a name that means
  ///   nothing in this configuration, such as `momentum` with the optimizer `lamb`.
  public func setting(_ name: String, to value: HyperparameterValue) throws(TrainingError) -> Self {
    guard let hyperparameter = TrainingHyperparameters.named(name) else {
      throw .invalid(
        subject: name, expected: "a hyperparameter", found: "an unknown name",
        remedy: "Write one of: \(TrainingHyperparameters.all.map(\.name).joined(separator: ", ")).")
    }
    guard hyperparameter.isApplicable(self) else {
      throw .invalid(
        subject: name, expected: hyperparameter.applicability ?? "", found: kinds,
        remedy: "Take it out of the search space, or make it conditional there with `when`.")
    }
    guard hyperparameter.kind.accepts(value) else {
      throw .invalid(
        subject: name, expected: hyperparameter.kind.description, found: value.description,
        remedy: "Correct the value, or narrow the range of the search space.")
    }
    var copy = self
    hyperparameter.write(&copy, value)
    return copy
  }

  /// A copy with these hyperparameters set, in the table's order, so that `optimizer` comes before what
  /// depends on it.
  public func setting(_ values: [String: HyperparameterValue]) throws(TrainingError) -> Self {
    var copy = self
    for hyperparameter in TrainingHyperparameters.all {
      if let value = values[hyperparameter.name] { copy = try copy.setting(hyperparameter.name, to: value) }
    }
    // Those of families come last, and what is unknown is an error.
    for (name, value) in values.sorted(by: { $0.key < $1.key })
    where TrainingHyperparameters.byName[name] == nil {
      copy = try copy.setting(name, to: value)
    }
    return copy
  }

  /// All hyperparameters that mean something in this configuration, by name.
  public var hyperparameters: [String: HyperparameterValue] {
    var values: [String: HyperparameterValue] = [:]
    for hyperparameter in TrainingHyperparameters.all where hyperparameter.isApplicable(self) {
      values[hyperparameter.name] = hyperparameter.read(self)
    }
    for name in TrainingHyperparameters.families.flatMap({ $0.named(self) }) {
      values[name] = value(of: name)
    }
    return values
  }

  /// What a hyperparameter is, of a family, too, of which the configuration says nothing; nil where it means
  /// nothing.
  func value(of name: String) -> HyperparameterValue? {
    guard let row = TrainingHyperparameters.named(name), row.isApplicable(self) else { return nil }
    return row.read(self)
  }

  /// What decides which hyperparameters mean something, in words.
  var kinds: String {
    "the optimizer \(optimizer.kind.rawValue), the decay \(schedule.decay.name), the model \(model.name), "
      + "the data \(type(of: data.format).name) and \(data.task.words)"
  }
}
