import Foundation
import Randomness
import Testing

@testable import Search

/// BOHB and PriorBand: Hyperband's brackets, and where configurations come from.
@Suite struct GuidedHyperbandTests {
  @Test func `BOHB draws its share uniformly, and the sampler proposes the rest`() throws {
    for decisions in HyperbandOptions.Decisions.allCases {
      var study = VirtualStudy(
        try VirtualStudy.scheduler(
          .bohb(BOHBOptions(maximumBudget: 27, iterations: 12, decisions: decisions))),
        seed: 3, result: Fate.distinct.result(3))
      try study.run()
      let fresh = study.jobs.filter { $0.origin == .fresh }
      let proposed = fresh.count { $0.configuration == VirtualStudy.randomProposals($0.trial, 3) }
      // 588 trials, two thirds proposed, with a standard deviation of 11.
      #expect(fresh.count == 12 * (27 + 12 + 6 + 4))
      #expect((340...444).contains(proposed), "\(decisions)")
    }
  }

  @Test func `BOHB's jobs are Hyperband's`() throws {
    func shape(_ configuration: SchedulerConfiguration) throws -> [Int] {
      var study = VirtualStudy(
        try VirtualStudy.scheduler(configuration), seed: 3, result: Fate.distinct.result(3))
      try study.run()
      return study.jobs.map { $0.trial.rawValue * 100 + $0.target }
    }
    let bohb = try shape(.bohb(BOHBOptions(maximumBudget: 27, iterations: 2)))
    #expect(try bohb == shape(.hyperband(HyperbandOptions(maximumBudget: 27, iterations: 2))))
  }

  @Test func `BOHB is meant for TPE, and the others for what is known`() {
    #expect(BOHBOptions(maximumBudget: 27).usualSampler == SamplerConfiguration(.tpe))
    #expect(HyperbandOptions(maximumBudget: 27).usualSampler == SamplerConfiguration(.auto))
    #expect(SchedulerConfiguration.bohb(BOHBOptions(maximumBudget: 27)).usualSampler.kind == .tpe)
  }

  private static let space = SearchSpace([
    Parameter(name: "x", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "y", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "c", domain: .categorical([.text("a"), .text("b"), .text("c"), .text("d")])),
  ])

  private static func policy(_ prior: [Double]?) throws -> PriorBandPolicy {
    try PriorBandPolicy(
      PriorBandOptions(maximumBudget: 9),
      space: prior.map { space.believing(in: $0, deviation: 0.25) } ?? space,
      seed: 1)
  }

  /// Mallik et al., NeurIPS 2023: p_U = 1 / (1 + ηʳ).
  @Test func `the prior is trusted more at higher rungs`() throws {
    let policy = try Self.policy([0.5, 0.5, 0.125])
    #expect(policy.shares(atRung: 0) == .init(uniform: 0.5, prior: 0.5, incumbent: 0))
    #expect(policy.shares(atRung: 1) == .init(uniform: 0.25, prior: 0.75, incumbent: 0))
    #expect(policy.shares(atRung: 2) == .init(uniform: 0.1, prior: 0.9, incumbent: 0))
  }

  /// Nine trials at 1, three at 3 and one at 9, as in the boldest bracket; the best lies at `point`.
  private static func bracket(_ policy: inout PriorBandPolicy, best point: [Double]) throws {
    var jobs = 0
    for (target, count) in [(1, 9), (3, 3), (9, 1)] {
      for trial in 0..<count {
        let place = trial == 0 ? point : [0.1 * Double(trial), 0.9 - 0.1 * Double(trial), 0.875]
        let job = Job(
          id: JobID(jobs), trial: TrialID(trial), origin: target == 1 ? .fresh : .resume(from: target / 3),
          configuration: space.configuration(at: place), target: target)
        jobs += 1
        try policy.learn(
          job, Outcome(job: job.id, trial: job.trial, result: .reached(cost: Double(trial) - Double(target))))
      }
    }
  }

  @Test func `a prior that is far from the best is left for the incumbent`() throws {
    var good = try Self.policy([0.3, 0.3, 0.125])
    try Self.bracket(&good, best: [0.3, 0.3, 0.125])
    var bad = try Self.policy([0.95, 0.95, 0.625])
    try Self.bracket(&bad, best: [0.1, 0.1, 0.125])
    let (trusted, doubted) = (good.shares(atRung: 1), bad.shares(atRung: 1))
    // A perfect prior is the incumbent's neighbourhood: they share alike.
    #expect(trusted.uniform == 0.25 && isClose(trusted.prior, 0.375) && isClose(trusted.incumbent, 0.375))
    #expect(doubted.uniform == 0.25 && doubted.prior < 0.02 && doubted.incumbent > 0.73)
  }

  @Test func `what breaks a limit is no incumbent`() throws {
    var policy = try Self.policy([0.3, 0.3, 0.125])
    try Self.bracket(&policy, best: [0.3, 0.3, 0.125])
    let shares = policy.shares(atRung: 1)
    let job = Job(
      id: JobID(99), trial: TrialID(99), origin: .fresh,
      configuration: Self.space.configuration(at: [0.95, 0.95, 0.625]), target: 9)
    try policy.learn(
      job, Outcome(job: job.id, trial: job.trial, result: .reached(cost: -1e3), violation: 1))
    let after = policy.shares(atRung: 1)
    #expect(isClose(after.prior, shares.prior) && isClose(after.incumbent, shares.incumbent))
  }

  @Test func `trials near the incumbent change some hyperparameters and keep others`() throws {
    var policy = try Self.policy([0.95, 0.95, 0.625])
    try Self.bracket(&policy, best: [0.1, 0.1, 0.125])
    let bracket = Bracket(trials: 3, reduction: 3, budgets: [9])
    var (kept, moved) = (0, 0)
    for trial in 100..<400 {
      let configuration = try policy.proposal(for: TrialID(trial), in: bracket) { _ in Configuration() }
      guard !configuration.values.isEmpty else { continue }
      if configuration.number("x") == 0.1 { kept += 1 } else { moved += 1 }
    }
    // Some 270 of 300 near the incumbent, half of them with another x.
    #expect(kept > 90 && moved > 90)
  }
}
