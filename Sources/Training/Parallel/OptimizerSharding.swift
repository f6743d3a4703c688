/// Whether the ranks of a group share the optimizer's memory among them: `OptimizerShards` says how.
public struct OptimizerSharding: TrainingOptionGroup {
  public var isOn = false

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      // The trial is the same to rounding: nothing that a search would choose.
      .truth(
        "shard_optimizer", \.isOn,
        "Whether each rank of a group keeps the optimizer's memory of a part of the tensors."
      )
      .unsearched
    ]
  }

  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    guard isOn, configuration.optimizer.averagesItself else { return [] }
    return [
      .invalid(
        subject: "shard_optimizer", expected: "false for the optimizer \(configuration.optimizer.kind)",
        found: "true",
        remedy: "Take it out: an evaluation needs all of that optimizer's memory on every rank.")
    ]
  }
}
