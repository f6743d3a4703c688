import Search
import Testing

@Suite struct BaselineComparisonTests {
  typealias Reading = BaselineComparison.Reading

  private func compare(
    _ baseline: [(Int, Double)], winning: (Int, Double)?, _ readings: [(Int, Double)]
  ) -> BaselineComparison? {
    BaselineComparison(
      baseline: baseline.map { Reading(budget: $0.0, cost: $0.1) },
      winning: winning.map { Reading(budget: $0.0, cost: $0.1) },
      readings: readings.map { Reading(budget: $0.0, cost: $0.1) })
  }

  @Test func `a baseline that was stopped early is compared where it was stopped`() throws {
    let found = try #require(
      compare([(1, 0.5), (3, 0.4)], winning: (9, 0.1), [(1, 0.45), (3, 0.3), (9, 0.1)]))
    #expect((found.budget, found.cost) == (3, 0.4))
    #expect(found.costOfBest == 0.3)
  }

  @Test func `a baseline that went farther than the best is compared where the best won`() throws {
    let found = try #require(
      compare([(1, 0.5), (3, 0.4), (9, 0.2)], winning: (3, 0.3), [(1, 0.45), (3, 0.3)]))
    #expect((found.budget, found.cost) == (3, 0.4))
    #expect(found.costOfBest == nil)
  }

  @Test func `where they have no budget in common the newest of both counts`() throws {
    let found = try #require(compare([(2, 0.5)], winning: (3, 0.3), [(3, 0.3)]))
    #expect((found.budget, found.cost) == (2, 0.5))
    #expect(found.costOfBest == nil)
    #expect(compare([], winning: (3, 0.3), [(3, 0.3)]) == nil)
  }

  @Test func `a winner that was cloned had what its parent had`() throws {
    var history = History(
      study: "s", objective: Objective(metric: "m", goal: .minimize), space: SampleSpaces.finite,
      budgetUnit: "steps")
    history.hasBaseline = true
    let one = Configuration(["layers": .number(1), "activation": .text("relu")])
    let costs: [(trial: Int, origin: Origin, cost: Double)] = [
      (0, .fresh, 5), (1, .fresh, 3), (2, .fresh, 9), (2, .fork(of: TrialID(1), at: 1), 1),
    ]
    for (job, (trial, origin, cost)) in costs.enumerated() {
      try history.begin(
        Job(
          id: JobID(job), trial: TrialID(trial), origin: origin, configuration: one, target: origin.budget + 1
        ))
      try history.finish(
        Outcome(job: JobID(job), trial: TrialID(trial), result: .reached(cost: cost)), measurements: [],
        at: nil)
    }
    #expect(history.best?.trial == TrialID(2))
    let found = try #require(history.baselineComparison)
    #expect((found.budget, found.cost) == (1, 5))
    #expect(found.costOfBest == 3, "trial 2 threw its own state at 1, of cost 9, away")
  }

  /// Nothing is drawn from what a trial was before it became another one.
  @Test func `two members of a population are no replicates of one configuration`() throws {
    var history = History(
      study: "s", objective: Objective(metric: "m", goal: .minimize), space: SampleSpaces.finite,
      budgetUnit: "steps")
    let same = Configuration(["layers": .number(1), "activation": .text("relu")])
    let other = Configuration(["layers": .number(2), "activation": .text("relu")])
    func run(_ job: Int, _ trial: Int, _ origin: Origin, _ configuration: Configuration, _ cost: Double)
      throws
    {
      try history.begin(
        Job(
          id: JobID(job), trial: TrialID(trial), origin: origin, configuration: configuration,
          target: origin.budget + 1))
      try history.finish(
        Outcome(job: JobID(job), trial: TrialID(trial), result: .reached(cost: cost)), measurements: [],
        at: nil)
    }
    try run(0, 0, .fresh, same, 3)
    try run(1, 1, .fresh, other, 4)
    try run(2, 0, .resume(from: 1), same, 2)
    try run(3, 1, .fork(of: TrialID(0), at: 1), same, 2.5)
    #expect(ConfigurationComparison.of(history) == nil)
    try run(4, 2, .fresh, same, 3.5)
    let comparison = try #require(ConfigurationComparison.of(history))
    #expect(comparison.budget == 1)
    #expect(comparison.candidates.map(\.trials) == [[TrialID(0), TrialID(2)]])
  }
}
