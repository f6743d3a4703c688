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

  /// Nil for a name that is not in the table.
  static func named(_ name: String) -> TrainingHyperparameter? { byName[name] }
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
    if let stranger = values.keys.sorted().first(where: { TrainingHyperparameters.named($0) == nil }),
      let value = values[stranger]
    {
      copy = try copy.setting(stranger, to: value)
    }
    return copy
  }

  /// All hyperparameters that mean something in this configuration, by name.
  public var hyperparameters: [String: HyperparameterValue] {
    var values: [String: HyperparameterValue] = [:]
    for hyperparameter in TrainingHyperparameters.all where hyperparameter.isApplicable(self) {
      values[hyperparameter.name] = hyperparameter.read(self)
    }
    return values
  }

  /// What decides which hyperparameters mean something, in words.
  var kinds: String {
    "the optimizer \(optimizer.kind.rawValue), the decay \(schedule.decay.name), the model \(model.name) and "
      + data.task.words
  }
}
