import Reports
import Search
import Testing

@Suite struct BaselineTests {
  @Test func `the summary says how far the best is from the baseline`() throws {
    var study = try SampleStudy("compared", .full(FullRunOptions(trials: 8, budget: 50)))
    var history = try study.run()
    #expect(!Report.summary(history, state: .finished).contains("baseline"))
    history.hasBaseline = true
    let best = try #require(history.best)
    try #require(!history.isBaseline(best), "this seed's first trial is not its best")
    let text = Report.summary(history, state: .finished)
    #expect(text.contains(" better than the baseline's ") && text.contains(" at 50 steps."))
  }

  @Test func `a baseline that is the best is said to be`() throws {
    var study = try SampleStudy("alone", .full(FullRunOptions(trials: 1, budget: 50)))
    var history = try study.run()
    history.hasBaseline = true
    try #require(history.best != nil, "this seed's trial does not diverge")
    #expect(Report.summary(history, state: .finished).contains(" The best is the baseline, "))
  }

  @Test func `a best that only the dev loss tells from the baseline equals it`() throws {
    var history = History(
      study: "tied", objective: Objective(metric: "m", goal: .maximize),
      space: SearchSpace([Parameter(name: "x", domain: .float(low: 0, high: 1, scale: .linear))]),
      budgetUnit: "steps")
    history.hasBaseline = true
    for (trial, loss) in [(0, 0.5), (1, 0.4)] {
      let configuration = Configuration(["x": .number(Double(trial) / 2)])
      try history.begin(
        Job(id: JobID(trial), trial: TrialID(trial), origin: .fresh, configuration: configuration, target: 1))
      try history.finish(
        Outcome(job: JobID(trial), trial: TrialID(trial), result: .reached(cost: -0.75)),
        measurements: [.init(budget: 1, metrics: ["m": 0.75, "dev_loss": loss])], at: nil)
    }
    #expect(history.best?.trial == TrialID(1))
    #expect(
      Report.summary(history, state: .finished).contains(" The best equals the baseline's 0.75 at 1 steps."))
  }
}
