import Search
import Testing

/// Schedulers that stop trials between stretches of training.
@Suite struct StoppingTests {
  private func run(
    _ configuration: SchedulerConfiguration, workers: Int = 1, seed: UInt64 = 1,
    _ result: @escaping (Job) -> Outcome.Result
  ) throws -> VirtualStudy {
    var study = VirtualStudy(try VirtualStudy.scheduler(configuration), seed: seed, result: result)
    study.workers = workers
    try study.run()
    return study
  }

  /// Golovin et al., KDD 2017, §3.2.2, by hand. Costs at 1, 2, 3; running averages:
  ///
  ///     trial 0   9 6 3    9 7.5 6
  ///     trial 1   5 5 5    5 5 5
  ///     trial 2   8 7 1    at 1: 8 > median(9, 5) = 7 is stopped
  ///     trial 3   7 6.5 4  at 1: 7 < median(9, 5, 8) = 8; at 2: best 6.5 > median(7.5, 5) = 6.25 is stopped
  ///     trial 4   7.5 6 6  at 1: 7.5 = median(9, 5, 8, 7) goes on; at 2: best 6 < median(7.5, 5, 6.75); at 3: the end
  @Test func `the median rule is as worked by hand`() throws {
    let costs = [[9.0, 6, 3], [5, 5, 5], [8, 7, 1], [7, 6.5, 4], [7.5, 6, 6]]
    let study = try run(.median(MedianStoppingOptions(trials: 5, maximumBudget: 3, minimumTrials: 2))) {
      .reached(cost: costs[$0.trial.rawValue][$0.target - 1])
    }
    #expect(study.jobs.map(\.trial.rawValue) == [0, 0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 4])
    #expect(study.jobs.map(\.target) == [1, 2, 3, 1, 2, 3, 1, 1, 2, 1, 2, 3])
  }

  @Test func `no trial is stopped in its grace, or by fewer than the minimum`() throws {
    // Every trial is worse than all before it.
    let worse: (Job) -> Outcome.Result = { .reached(cost: Double($0.trial.rawValue)) }
    let grace = try run(
      .median(MedianStoppingOptions(trials: 6, maximumBudget: 5, graceBudget: 3, minimumTrials: 1)), worse)
    let longest = Dictionary(grouping: grace.jobs, by: \.trial).mapValues { $0.map(\.target).max() }
    #expect(longest[TrialID(0)] == 5)
    #expect((1..<6).allSatisfy { longest[TrialID($0)] == 3 })
    let few = try run(.median(MedianStoppingOptions(trials: 6, maximumBudget: 5, minimumTrials: 5)), worse)
    let full = few.jobs.filter { $0.target == 5 }
    #expect(full.map(\.trial.rawValue) == [0, 1, 2, 3, 4])
  }

  @Test func `stretches end at the interval's multiples and at the maximum`() throws {
    let study = try run(.median(MedianStoppingOptions(trials: 1, maximumBudget: 10, interval: 4))) { _ in
      .reached(cost: 1)
    }
    #expect(study.jobs.map(\.target) == [4, 8, 10])
    #expect(study.jobs.map(\.origin) == [.fresh, .resume(from: 4), .resume(from: 8)])
  }

  @Test func `a limit broken at first, by all, does not spoil the medians to come`() throws {
    // Costs fall with the trial's number, so that every trial is better than the median before it; or rise.
    for rises in [false, true] {
      var scheduler = try VirtualStudy.scheduler(
        .median(MedianStoppingOptions(trials: 20, maximumBudget: 4, minimumTrials: 2)))
      var stopped: Set<TrialID> = []
      while let job = try scheduler.nextJob(proposing: { VirtualStudy.randomProposals($0, 1) }) {
        let number = Double(job.trial.rawValue)
        try scheduler.observe(
          Outcome(
            job: job.id, trial: job.trial, result: .reached(cost: rises ? number : -number),
            violation: job.target == 1 ? 0.5 : 0))
        stopped.formUnion(job.target < 4 ? scheduler.takeAbandoned() : [])
        _ = scheduler.takeAbandoned()
      }
      // All go on to 2; from there the costs say what they would have said without the first measurement.
      #expect(stopped.isEmpty != rises)
    }
  }

  @Test func `failed trials count as the worst in the median`() throws {
    // Two of three others failed: the median is infinite, and the last trial goes on.
    let study = try run(.median(MedianStoppingOptions(trials: 4, maximumBudget: 2, minimumTrials: 3))) {
      job in
      switch job.trial.rawValue {
      case 1, 2: .failed(reason: "diverged")
      default: .reached(cost: Double(job.trial.rawValue))
      }
    }
    #expect(study.jobs.map(\.trial.rawValue) == [0, 0, 1, 2, 3, 3])
  }

  /// Costs 3, 4, 1, 2, 0 at the first rung and η = 2: the first is among the best 1 of 1; 4 is not among the
  /// best 1 of 2; 1 is among 2 of 3; 2 is among 2 of 4; 0 among 3 of 5.
  @Test func `rungs stop as worked by hand`() throws {
    let costs = [3.0, 4, 1, 2, 0]
    let study = try run(.asha(ASHAOptions(trials: 5, maximumBudget: 2, reduction: 2, variant: .stopping))) {
      .reached(cost: costs[$0.trial.rawValue])
    }
    #expect(study.jobs.map(\.trial.rawValue) == [0, 0, 1, 2, 2, 3, 3, 4, 4])
    #expect(study.kept.isEmpty)
  }

  /// Every rung is sorted anew for every report.
  @Test(arguments: UInt64(0)..<6)
  func `rungs stop as the definition says`(seed: UInt64) throws {
    for fate in Fate.allCases {
      let reduction = 2 + Int(seed % 3)
      let study = try run(
        .asha(ASHAOptions(trials: 50, maximumBudget: 64, reduction: reduction, variant: .stopping)),
        workers: 1 + Int(seed), seed: seed, fate.result(seed))
      var rungs: [Int: [(cost: Double, trial: Int)]] = [:]
      var goingOn: Set<TrialID> = []
      for entry in study.log {
        switch entry {
        case .job(let job):
          #expect(job.origin == .fresh || goingOn.remove(job.trial) != nil, "\(fate)")
          #expect(job.origin != .fresh || goingOn.isEmpty, "a trial goes on before another begins: \(fate)")
        case .outcome(let outcome):
          let target = study.jobs[outcome.job.rawValue].target
          let cost = if case .reached(let cost) = outcome.result { cost } else { Double.infinity }
          rungs[target, default: []].append((cost, outcome.trial.rawValue))
          let rung = rungs[target, default: []].sorted { ($0.cost, $0.trial) < ($1.cost, $1.trial) }
          let places = (rung.count + reduction - 1) / reduction
          let leads = rung.prefix(places).contains { $0.trial == outcome.trial.rawValue }
          if target < 64, cost < .infinity, leads { goingOn.insert(outcome.trial) }
        }
      }
      #expect(goingOn.isEmpty, "\(fate)")
    }
  }
}
