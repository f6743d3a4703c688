import Search
import Testing

@testable import Tuner

/// A study that an earlier version finished, which may have chosen its best by another rule.
@Suite struct RecordedResultTests {
  @Test func `a finished study keeps the result that it has told, and its weights`() throws {
    let study = Study.test()
    let options = SchedulerConfiguration.full(FullRunOptions(trials: 10, budget: 3))
    func simulation() throws -> Simulation {
      Simulation(
        study: study, scheduler: try options.makeScheduler(space: study.space, seed: study.seed, mutable: []))
    }
    let whole = try simulation().run()
    let winner = try #require(whole.result?.summary.best)
    // One whose weights the rule of today would not keep.
    let other = try #require(
      whole.outcomes.first { outcome in outcome.checkpoint.map { !whole.checkpoints.contains($0) } ?? false })
    let weights = try #require(other.checkpoint)
    var old = try Journal(inMemoryAfter: [])
    var told: RunSummary?
    for line in try whole.contents.lines {
      var record = line.record
      if case .finished(var summary) = record {
        summary.best?.trial = other.outcome.trial
        summary.best?.checkpoint = weights
        (record, told) = (.finished(summary), summary)
      }
      try old.append([record], at: line.time)
    }
    var again = try simulation()
    (again.journal, again.checkpoints) = (old.bytes, [weights])
    let resumed = try again.run()
    #expect(resumed.result?.summary == told)
    #expect(resumed.result?.summary.best?.trial != winner.trial)
    #expect(resumed.checkpoints == [weights])
  }
}
