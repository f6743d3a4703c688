import Search
import Training

/// Reads `search.dev_split`, and says what else in the file does not go with it.
struct DevSplitReader {
  let search: Section

  /// - Returns: `fixed` where another one was refused.
  func read(
    _ trainee: TraineeConfiguration, _ scheduler: SchedulerConfiguration, crossValidation: Bool
  ) -> DevSplit {
    let devSplit = search.value("dev_split", .choice(), default: DevSplit.fixed)
    guard devSplit == .reshuffled, search.isSound("dev_split") else { return .fixed }
    guard let training = trainee.training else {
      return refuse("for a trainee that has data of its own", "Leave it out.")
    }
    if crossValidation {
      return refuse(
        "beside cross_validation, whose folds are the dev splits", "Leave out one of the two.")
    }
    if scheduler.copiesStates {
      return refuse(
        "with scheduler.kind: \(scheduler.kind.rawValue), whose trials go on from the weights of others, "
          + "which have trained on their dev samples",
        "Leave it out, or choose a scheduler whose trials train weights of their own, such as asha.")
    }
    if let problem = training.reshufflingProblem {
      let (expected, found, remedy) = problem.parts
      search.report("dev_split", expected: expected, found: found, remedy: remedy)
      return .fixed
    }
    return .reshuffled
  }

  private func refuse(_ reason: String, _ remedy: String) -> DevSplit {
    search.report("dev_split", expected: "fixed, \(reason)", found: "reshuffled", remedy: remedy)
    return .fixed
  }
}
