/// How the samples of the train split become batches, besides their size, and what each counts.
public struct Batching: TrainingOptionGroup {
  public var epochTail = EpochTail.dropped
  public var sampling = Sampling.shuffled
  public var classWeights = ClassWeights.none

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      .choice(
        "epoch_tail", \.epochTail,
        "Whether the samples that an epoch has left beyond whole batches are dropped, or spread over all batches."
      ),
      .choice(
        "sampling", \.sampling,
        "Whether each sample is used once in an epoch, or every class is drawn as often as any other."
      ).needing("classes to learn") { $0.data.task == .classification },
      .classWeights,
    ]
  }

  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    guard configuration.data.task != .classification else { return classWeights.problems }
    var problems: [TrainingError] = []
    for (name, isAsked) in [("sampling", sampling != .shuffled), ("class_weights", classWeights != .none)]
    where isAsked {
      problems.append(
        .invalid(
          subject: name, expected: "classes to learn", found: configuration.data.task.words,
          remedy: "Leave it out."))
    }
    return problems
  }
}
