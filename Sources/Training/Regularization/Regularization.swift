/// What keeps a model from learning its training samples by heart.
public struct Regularization: TrainingOptionGroup {
  public init() {}

  public static var options: [ConfigurationOption<Self>] { [] }
}
