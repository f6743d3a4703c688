/// An optimizer and its hyperparameters. Those that its kind doesn't have are ignored.
public struct OptimizerConfiguration: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    case sgd, adamw, lamb
  }

  public var kind: Kind = .adamw
  /// The peak of the learning-rate schedule, for `TrainingConfiguration.referenceBatchSize`.
  public var learningRate: Double = 1e-3
  public var weightDecay: Double = 0.01
  /// SGD's.
  public var momentum: Double = 0.9
  /// AdamW's and LAMB's.
  public var beta1: Double = 0.9
  public var beta2: Double = 0.999
  public var epsilon: Double = 1e-6

  public init() {}
}
