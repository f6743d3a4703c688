public import Search
public import Training

extension Study {
  /// What a trial with this configuration computes at this cumulative budget.
  ///
  /// - Throws: `TrainingError.invalid` for a hyperparameter that the study's model and optimizer do not have.
  public func training(
    for configuration: Configuration, at budget: Int
  ) throws(TrainingError) -> TrainingConfiguration {
    var values = configuration.values
    if let fidelity { values[fidelity.name] = fidelity.value(at: budget) }
    return try training.setting(values.mapValues { HyperparameterValue($0) })
  }

  /// The data that a trial trains on and is measured on.
  ///
  /// - Throws: `TrainingError.invalid` when it cannot be divided into as many folds as there are replicates.
  public func data(_ data: TrainingData, for trial: TrialID) throws(TrainingError) -> TrainingData {
    guard crossValidation == true, replication.count > 1 else { return data }
    return try data.fold(replication.number(of: trial), of: replication.count, seed: seed)
  }

  /// Checks that the samples which a trial trains on at its lowest budget hold its largest batch, and that
  /// they are images where the resolution changes. Reads no file.
  ///
  /// - Throws: `TrainingError.invalid` when they don't.
  public func validate(with data: TrainingData) throws(TrainingError) {
    let rungs: [Int]
    do { rungs = try scheduler.rungs() } catch { throw .library(error.description) }
    let least = try training(for: Configuration(), at: rungs.first ?? 1)
    if space.parameters.contains(where: { $0.name == "resolution" }) { try data.requireImages() }
    let samples = try self.data(data, for: TrialID(0)).prepared(for: least, seed: seed).count(of: .train)
    let batch = max(least.batchSize, space.parameters.first { $0.name == "batch_size" }?.domain.largest ?? 0)
    guard batch > samples else { return }
    throw .invalid(
      subject: "batch_size", expected: "at most \(samples), the training samples of the smallest trial",
      found: "\(batch)",
      remedy: "Lower the batch size, raise data_share where it is below 1, or give more data.")
  }
}

extension Domain {
  /// The largest of its numbers, as an integer; 0 when it has none.
  fileprivate var largest: Int {
    let values: [ParameterValue] =
      switch self {
      case .ordinal(let choices), .categorical(let choices): choices
      case .float, .integer, .quantized: [value(at: 1)]
      }
    return values.map { if case .number(let number) = $0 { Int(number) } else { 0 } }.max() ?? 0
  }
}
