import Search
import Testing
import Training

@testable import Experiments

@Suite struct SecondDevReaderTests {
  private func read(_ more: String, split: String = "{train: 0.7, dev: 0.1, second_dev: 0.1, test: 0.1}")
    throws
    -> Experiment
  {
    try Experiment(
      yaml: """
        study: s
        data: {kind: digits, split: \(split)}
        \(more)
        search:
          space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
          scheduler: {kind: full, trials: 2, budget: 2}
        """, file: "study.yaml")
  }

  private func problems(_ more: String) -> [String] {
    do {
      _ = try read(more)
      return []
    } catch {
      return (error as? ExperimentError)?.problems.map(\.description) ?? ["\(error)"]
    }
  }

  @Test func `objectives are measured on it, limits and curves are not`() throws {
    let one = try read("limits: {dev_log_loss: {at_most: 3}}\ncurves: [dev_brier]").trainee.training
    #expect(one?.secondDevMetrics == ["dev_accuracy"])
    #expect(one?.taskMetrics == ["dev_log_loss", "dev_brier"])
    let several = try read("objectives: {dev_f1_macro: maximize, parameters: minimize}").trainee.training
    #expect(several?.secondDevMetrics == ["dev_f1_macro"])
    let none = try read("", split: "{train: 0.8, dev: 0.1, test: 0.1}")
    #expect(none.trainee.training?.secondDevMetrics == nil && none.trainee.training?.split.secondDev == nil)
    let again = try read("")
    #expect(try Experiment(yaml: again.resolved, file: "again.yaml").trainee == again.trainee)
  }

  @Test(arguments: [
    ("objective: {metric: second_dev_accuracy}", "objective.metric"),
    ("objectives: {second_dev_accuracy: maximize}", "objectives.second_dev_accuracy"),
    ("limits: {second_dev_accuracy: {at_least: 0.5}}", "limits.second_dev_accuracy"),
    ("curves: [second_dev_accuracy]", "curves"),
  ])
  func `nothing that a study sees can be of it`(text: String, key: String) {
    #expect(
      problems(text) == [
        "study.yaml:3: \(key): expected a metric that the study may see, which those of the second dev split are not, "
          + "found second_dev_accuracy. Write dev_accuracy: where it is the objective, second_dev_accuracy is recorded "
          + "beside it."
      ])
  }

  @Test func `an objective of no dev split has no second one`() {
    #expect(
      problems("objective: {metric: parameters}") == [
        "study.yaml:2: data.split.second_dev: expected 0, where no objective is measured on the dev split, found 0.1. "
          + "Leave it out."
      ])
  }
}
