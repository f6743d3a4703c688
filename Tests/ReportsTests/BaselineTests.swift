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
}
