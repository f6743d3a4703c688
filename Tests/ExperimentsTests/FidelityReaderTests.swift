import Experiments
import Search
import Testing
import Training

@Suite struct FidelityReaderTests {
  private static func text(_ fidelity: String, scheduler: String = "{kind: hyperband, maximum_budget: 27}")
    -> String
  {
    """
    study: fidelity
    model: {kind: resnet, depth: 8, width: 4}
    training: {schedule: {decay: cosine}}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
        width: {type: integer, low: 2, high: 4}
      fidelity: \(fidelity)
      scheduler: \(scheduler)
    """
  }

  @Test func `a fidelity is read, and training has its length`() throws {
    let experiment = try Experiment(
      yaml: Self.text("{name: data_share, type: float, low: 0.05, high: 1, scale: log, length: 20}"),
      file: "study.yaml")
    #expect(
      experiment.fidelity
        == Fidelity(
          name: "data_share", domain: .float(low: 0.05, high: 1, scale: .log), fullBudget: 27, length: 20))
    #expect(experiment.trainee.training?.schedule.length == 20)
    #expect(try Experiment(yaml: experiment.resolved, file: "again.yaml") == experiment)
  }

  @Test func `the length of training is the largest budget where none is written`() throws {
    let experiment = try Experiment(
      yaml: Self.text("{name: depth, type: ordinal, values: [8, 14, 20, 32]}"), file: "study.yaml")
    #expect(experiment.fidelity?.length == 27)
    #expect(experiment.trainee.training?.schedule.length == 27)
  }

  static let mistakes: [(fidelity: String, scheduler: String?, message: String)] = [
    (
      "{name: data_shar, type: float, low: 0.1, high: 1}", nil,
      "study.yaml:8: search.fidelity.name: expected a hyperparameter, found data_shar. Did you mean data_share?"
    ),
    (
      "{name: data_share, type: float, low: 0, high: 1}", nil,
      "study.yaml:8: search.fidelity: expected a number above 0 and at most 1, found 0. "
        + "Correct the value, or narrow the range of the search space."
    ),
    (
      "{name: width, type: integer, low: 2, high: 8}", nil,
      "study.yaml:8: search.fidelity.name: expected a hyperparameter that is not searched, found width, which "
        + "search.space has too. Take it out of search.space: the budget decides it."
    ),
    (
      "{name: depth, type: integer, low: 8, high: 20}", nil,
      "study.yaml:8: search.fidelity: expected 6n + 2, for n blocks in each of the three stages, found 9. "
        + "Write 8 or 14."
    ),
    (
      "{name: layers, type: integer, low: 1, high: 4}", nil,
      "study.yaml:8: search.fidelity: expected the model transformer, found the optimizer adamw, the decay "
        + "cosine, the model resnet, the data digits and samples with labels. Take it out of the search space, or make it conditional there with `when`."
    ),
    (
      "{name: data_share, type: categorical, choices: [0.1, 1]}", nil,
      "study.yaml:8: search.fidelity.type: expected numbers in an order, found one of 0.1, 1. "
        + "Write float, integer, ordinal or power_of_two."
    ),
    (
      "{name: data_share, type: float, low: 0.1, high: 1}",
      "{kind: pbt, population: 4, generations: 3, interval: 2}",
      "study.yaml:8: search.fidelity: expected a scheduler that compares trials at several budgets, each a training "
        + "of its own, found the scheduler pbt. Choose successive_halving, hyperband, asha, freeze_thaw, bohb, dehb or priorband, "
        + "or take search.fidelity out."
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `every mistake is named, with its remedy`(index: Int) {
    let mistake = Self.mistakes[index]
    do {
      _ = try Experiment(
        yaml: mistake.scheduler.map { Self.text(mistake.fidelity, scheduler: $0) }
          ?? Self.text(mistake.fidelity),
        file: "study.yaml")
      Issue.record("expected an error")
    } catch {
      #expect(error.problems.map(\.description) == [mistake.message])
    }
  }
}
