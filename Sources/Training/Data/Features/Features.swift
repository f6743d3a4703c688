/// What the numbers of a sample become before the model sees them, fitted to the samples that train: chosen with the
/// model, as hyperparameters.
public struct Features: TrainingOptionGroup {
  public var scaling = FeatureScaling.standard
  public var degree = 1
  public var components = 0

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      .choice("feature_scaling", \.scaling, "What each feature is shifted and scaled by.")
        .needing(needs, hasSamples),
      .integer(
        "feature_degree", low: 1, high: 3, \.degree,
        "The degree up to which products of features are features, too."
      ).needing(needs, hasSamples),
      .integer(
        "feature_components", low: 0, high: 500, \.components,
        "The principal components that take the features' place; 0 for the features themselves."
      ).needing(needs, hasSamples),
    ]
  }

  private static let needs = "samples of features"
  private static let hasSamples: @Sendable (TrainingConfiguration) -> Bool = { $0.data.task != .language }

  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    guard self != Self(), configuration.data.task == .language else { return [] }
    return [
      .invalid(
        subject: "feature_scaling", expected: "samples of features", found: configuration.data.task.words,
        remedy: "Leave feature_scaling, feature_degree and feature_components out.")
    ]
  }
}

/// How features are brought to one scale, by what the samples that train have.
public enum FeatureScaling: String, Codable, CaseIterable, Sendable {
  /// To mean 0 and standard deviation 1.
  case standard
  /// From 0 to 1.
  case minmax
  /// To median 0, and to 1 between the first and the third quartile.
  case robust
  /// As they are.
  case none
}
