public import Search
public import Training

extension Study {
  /// What a trial with this configuration computes.
  ///
  /// - Throws: `TrainingError.invalid` for a hyperparameter that the study's model and optimizer do not have.
  public func training(for configuration: Configuration) throws(TrainingError) -> TrainingConfiguration {
    try training.setting(configuration.values.mapValues { HyperparameterValue($0) })
  }
}
