import Experiments
import Search
import Testing

/// Experiments whose trials a client trains: names and metrics are the client's.
@Suite struct ClientTests {
  private static let text = """
    study: mine
    objectives: {loss: minimize, tokens_per_second: maximize}
    limits: {memory_gb: {at_most: 5}}
    search:
      space: {layers: {type: integer, low: 1, high: 8}}
      fidelity: {name: share, type: float, low: 0.05, high: 1, scale: log}
      scheduler: {kind: hyperband, minimum_budget: 1, maximum_budget: 27, iterations: 2, decisions: asynchronous}
    """

  @Test func `names and metrics that no built-in model has are a client's`() throws {
    let experiment = try Experiment(yaml: Self.text, file: "mine.yaml", trainedBy: .client)
    #expect(experiment.objective.metrics == ["loss", "tokens_per_second", "memory_gb"])
    #expect(experiment.fidelity?.name == "share")
    #expect(experiment.trainee.description.liveNames == ["layers", "share"])
    #expect(throws: ExperimentError.self) { try Experiment(yaml: Self.text, file: "mine.yaml") }
  }

  @Test func `a file that describes a trainee is read as a run reads it`() throws {
    let text = """
      study: mine
      data: {dataset: digits}
      search:
        space: {layers: {type: integer, low: 1, high: 8}}
        scheduler: {kind: full, trials: 4, budget: 2}
      """
    #expect(throws: ExperimentError.self) {
      try Experiment(yaml: text, file: "mine.yaml", trainedBy: .client)
    }
  }

  @Test func `an objective without a goal is asked for it`() throws {
    let text = """
      study: mine
      objective: {metric: loss}
      search:
        space: {layers: {type: integer, low: 1, high: 8}}
        scheduler: {kind: full, trials: 4, budget: 2}
      """
    let error = try #require(throws: ExperimentError.self) {
      try Experiment(yaml: text, file: "mine.yaml", trainedBy: .client)
    }
    #expect(
      "\(error)" == "mine.yaml:2: objective.goal: expected one of maximize, minimize, found nothing. "
        + "Write goal: maximize or minimize.")
  }
}
