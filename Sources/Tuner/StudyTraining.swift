public import Search
public import Training

extension Study {
  /// What a trial with this configuration is of at this cumulative budget.
  ///
  /// - Throws: `TrainingError.invalid` for a hyperparameter that the study's trainee does not have.
  public func trainee(
    for configuration: Configuration, at budget: Int
  ) throws(TrainingError) -> TraineeConfiguration {
    var values = configuration.values
    if let fidelity { values[fidelity.name] = fidelity.value(at: budget) }
    return try trainee.setting(values.mapValues { HyperparameterValue($0) })
  }

  /// The data that a trial trains on and is measured on.
  ///
  /// - Throws: `TrainingError.invalid` when it cannot be divided into as many folds as there are replicates,
  ///   or has a dev split that must stay as it is.
  public func data(_ data: TrainingData, for trial: TrialID) throws(TrainingError) -> TrainingData {
    if devSplit == .reshuffled { return try data.reshuffled(for: trial.rawValue, seed: seed) }
    guard crossValidation == true, replication.count > 1 else { return data }
    return try data.fold(replication.number(of: trial), of: replication.count, seed: seed)
  }
}
