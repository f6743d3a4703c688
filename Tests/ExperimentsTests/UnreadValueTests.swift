import Experiments
import Testing

/// What could not be read is told once, and nothing that depends on it is judged; what does not is.
@Suite struct UnreadValueTests {
  private static let space = """
    learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
    weight_decay: {type: float, low: 1e-4, high: 0.3, scale: log}
    """

  @Test func `a quoted bound is one mistake, and the next entry's own mistake another`() {
    let text = experiment(
      space: """
        learning_rate: {type: float, low: "1e-3", high: 0.1, scale: log}
        weight_decay: {type: float, low: 1e-4, high: 0.3, scale: log}
        dropout: {type: float, low: 0, high: 0.5}
        label_smoothing: {type: float, low: 0.2, high: 0.1}
        """)
    #expect(
      problems(text) == [
        "9: search.space.learning_rate.low: expected a number, found \"1e-3\". Remove the quotes.",
        "12: search.space.label_smoothing: expected low below high, found low 0.2 and high 0.1. "
          + "Widen the range, or give the hyperparameter a fixed value outside the search space.",
      ])
  }

  /// One mistake each, told once.
  static let single = [
    experiment(
      space:
        "optimizer: {type: categorical, choices: sgd}\nmomentum: {type: float, low: 0.1, high: 0.9, when: {optimizer: sgd}}"
    ),
    experiment(
      space: "learning_rate: {type: flot, low: 1e-3, high: 0.1}\ndropout: {type: float, low: 0, high: 0.5}"),
    experiment(space: "learning_rate: [1e-3, 0.1]", search: "constraints: [learning_rate < 0.05]"),
    experiment(space: "learning_rate: 5", search: "baseline: {learning_rate: 0.01}"),
    experiment(space: space, model: "{kind: mlp, hidden: \"[16]\"}").replacing(
      "weight_decay:", with: "hidden_width_1:"
    )
    .replacing("low: 1e-4, high: 0.3, scale: log", with: "low: 4, high: 8").replacing(
      "hidden_width_1: {type: float", with: "hidden_width_1: {type: integer"),
    experiment(space: space, training: "{batch_size: many}", more: "resources: {ranks_per_trial: 7}"),
    experiment(space: space, training: "{batch_size: 48}", more: "resources: {ranks_per_trial: \"3\"}"),
    experiment(
      space: space, scheduler: "{kind: ful, trials: 4, budget: 1}", search: "sampler: {initial_trials: 4}"),
    experiment(space: space, scheduler: "5"),
    experiment(space: space, scheduler: "{kind: asha, trials: 4, maximum_budget: nine, minimum_budget: 7}"),
    experiment(
      space: space, scheduler: "{kind: hyperband, maximum_budget: nine}",
      search: "fidelity: {name: data_share, type: float, low: 0.1, high: 1}"),
    experiment(
      space: space, scheduler: "{kind: hyperband, maximum_budget: 9}",
      search: "fidelity: {name: data_share, type: float, low: small, high: 0.01}"),
    experiment(space: space, search: "cross_validation: true\n  replicates: \"3\""),
    experiment(space: space, more: "limits: {parameters: {at_least: 10, at_most: many}}"),
    experiment(space: space, more: "objective: {metric: dev_loss, goal: minimise}"),
    experiment(space: space, more: "objective: {metric: dev_los, goal: minimize}"),
    experiment(space: "batch_size: {type: power_of_two, low: 33, high: \"63\"}"),
    experiment(space: space, search: "sampler: {kind: tpe, initial_trials: 1}"),
    experiment(
      space: "learning_rat: {type: float, low: 0.01, high: 0.1}\ndropout: {type: float, low: 0, high: 0.5}",
      search: "first: [{learning_rat: 0.05}]"),
    "study: s\nsearch: 5",
    "just a text",
  ]

  @Test(arguments: single) func `one mistake is told once`(text: String) {
    #expect(problems(text).count == 1, "\(problems(text))")
  }

  @Test func `a scheduler that cannot be read hides no mistake elsewhere`() {
    let text = experiment(
      space: "dropout: {type: float, low: 0, high: 1}", model: "{kind: resnet, depth: 9}",
      scheduler: "{kind: pbt, population: few}", search: "sampler: {kind: tpe, candidates: 0}",
      more: "checkpoint: {seconds: -1}")
    let paths = problems(text).map { $0.split(separator: " ")[1] }
    #expect(
      paths == [
        "model.depth:", "search.scheduler.population:", "search.scheduler.generations:",
        "search.scheduler.interval:",
        "search.sampler.candidates:", "search.space.dropout:", "checkpoint.seconds:",
      ])
  }

  @Test func `an unread part of training hides no mistake in another part`() {
    let text = experiment(
      space: Self.space, model: "{kind: resnet, depth: 9}",
      training: "{batch_size: x, optimizer: {momentum: 2}}",
      more: "resources: {threads_per_rank: 0}")
    #expect(
      problems(text).map { $0.split(separator: " ")[1] } == [
        "model.depth:", "training.optimizer.momentum:", "training.batch_size:", "resources.threads_per_rank:",
      ])
  }
}
