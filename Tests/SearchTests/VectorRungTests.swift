import Testing

@testable import Search

/// Halving by fronts, as in MO-ASHA.
@Suite struct VectorRungTests {
  typealias Halving = @Sendable (_ trials: Int, _ reduction: Int) -> SchedulerConfiguration

  static let schedulers: [Halving] = [
    { .asha(ASHAOptions(trials: $0, maximumBudget: $1, reduction: $1)) },
    { .successiveHalving(SuccessiveHalvingOptions(trials: $0, maximumBudget: $1, reduction: $1)) },
  ]

  static func outcome(_ job: Job, _ costs: [Double]) -> Outcome {
    Outcome(
      job: job.id, trial: job.trial, result: .reached(cost: costs[0]), furtherCosts: Array(costs.dropFirst()))
  }

  /// Starts as many trials as there are costs, reports them, and answers who goes on.
  static func promotions(of costs: [[Double]], reduction: Int, by halving: Halving) throws -> [TrialID] {
    var scheduler = try VirtualStudy.scheduler(halving(costs.count, reduction))
    var jobs: [Job] = []
    while jobs.count < costs.count, let job = try scheduler.nextJob(proposing: { _ in Configuration() }) {
      jobs.append(job)
    }
    for (job, costs) in zip(jobs, costs) { try scheduler.observe(outcome(job, costs)) }
    var promoted: [TrialID] = []
    while let job = try scheduler.nextJob(proposing: { _ in Configuration() }) { promoted.append(job.trial) }
    return promoted
  }

  @Test(arguments: schedulers)
  func `the first front goes on, whatever its first costs are`(halving: Halving) throws {
    // Trials 1, 3 and 5 are the front; the least first costs are those of 1, 0 and 2.
    let costs: [[Double]] = [[2, 9], [1, 8], [3, 9], [5, 4], [6, 6], [9, 1], [9, 9], [8, 8], [7, 7]]
    #expect(
      Set(try Self.promotions(of: costs, reduction: 3, by: halving)) == [TrialID(1), TrialID(3), TrialID(5)])
  }

  @Test(arguments: schedulers)
  func `of a front that does not fit those that lie farthest apart go on`(halving: Halving) throws {
    let costs: [[Double]] = [[0, 4], [1, 3], [2, 2], [3, 1], [4, 0], [5, 5]]
    #expect(
      try Self.promotions(of: costs, reduction: 2, by: halving) == [TrialID(0), TrialID(4), TrialID(2)])
  }

  @Test func `at most one in so many goes on, failed trials counted and never promoted`() {
    var rung = VectorRung(reduction: 3, failed: 2)
    rung.insert(TrialID(2), CostVector([1, 1]))
    #expect(rung.count == 3 && rung.promote() == TrialID(2))
    rung.insert(TrialID(3), nil)
    rung.insert(TrialID(4), CostVector([0, 0]))
    // Trial 4 took the one place there is, and trial 2 used it before.
    #expect(rung.promote() == TrialID(4))
    #expect(rung.promote() == nil)
    rung.insert(TrialID(5), CostVector([-1, -1], violation: 1))
    // Two places, which 4 and 2 hold: what breaks a limit comes after both.
    #expect(rung.promote() == nil)
  }
}
