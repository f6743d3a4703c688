import Search
import Testing

@Suite struct SuccessiveHalvingTests {
  private static func study(_ options: SuccessiveHalvingOptions, _ result: @escaping (Job) -> Outcome.Result)
    throws
    -> VirtualStudy
  {
    VirtualStudy(try VirtualStudy.scheduler(.successiveHalving(options)), seed: 1, result: result)
  }

  @Test func `the best of each rung are promoted, the best first`() throws {
    // Costs fall with the trial's number: 8 is the best of nine.
    var study = try Self.study(SuccessiveHalvingOptions(trials: 9, maximumBudget: 9)) {
      .reached(cost: -Double($0.trial.rawValue))
    }
    try study.run()
    #expect(study.jobs.map(\.trial.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 8])
    #expect(study.jobs.map(\.target) == [1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 9])
    #expect(study.jobs.last?.origin == .resume(from: 3))
  }

  @Test func `equal costs are decided by age`() throws {
    var study = try Self.study(SuccessiveHalvingOptions(trials: 9, maximumBudget: 9)) { _ in .reached(cost: 1)
    }
    try study.run()
    #expect(study.jobs.dropFirst(9).map(\.trial.rawValue) == [0, 1, 2, 0])
  }

  @Test func `failed trials leave their places empty`() throws {
    // Of nine, only 3 and 4 get through the first rung, and 3 fails in the second.
    var study = try Self.study(SuccessiveHalvingOptions(trials: 9, maximumBudget: 9)) { job in
      let survives = job.target == 1 ? [3, 4].contains(job.trial.rawValue) : job.trial.rawValue == 4
      return survives ? .reached(cost: Double(job.trial.rawValue)) : .failed(reason: "diverged")
    }
    try study.run()
    #expect(study.jobs.dropFirst(9).map(\.trial.rawValue) == [3, 4, 4])
    #expect(study.jobs.dropFirst(9).map(\.target) == [3, 3, 9])
  }

  @Test(arguments: UInt64(0)..<20)
  func `a rung promotes the best ⌊n / η⌋, and none worse than one left behind`(seed: UInt64) throws {
    for fate in Fate.allCases {
      let options = SuccessiveHalvingOptions(
        trials: 30 + Int(seed), maximumBudget: 27, reduction: 2 + Int(seed % 3), iterations: 2)
      var study = VirtualStudy(
        try VirtualStudy.scheduler(.successiveHalving(options)), seed: seed, result: fate.result(seed))
      try study.run()
      let bracket = try options.bracket()
      for iteration in 0..<2 {
        let trials = (iteration * options.trials)..<((iteration + 1) * options.trials)
        let costs = Dictionary(
          grouping: study.outcomes.filter { trials.contains($0.job.trial.rawValue) }, by: \.job.target)
        for (rung, budget) in bracket.budgets.enumerated().dropLast() {
          let next = Set((costs[bracket.budgets[rung + 1]] ?? []).map(\.job.trial))
          let reached = (costs[budget] ?? []).filter { $0.cost != nil }
          #expect(next.count == min(bracket.rungSizes[rung] / options.reduction, reached.count), "\(fate)")
          let worst = reached.filter { next.contains($0.job.trial) }.compactMap(\.cost).max()
          let left = reached.filter { !next.contains($0.job.trial) }.compactMap(\.cost).min()
          if let worst, let left { #expect(worst <= left, "\(fate)") }
        }
      }
    }
  }
}

extension VirtualStudy {
  /// Jobs with their costs, nil for failed ones.
  var outcomes: [(job: Job, cost: Double?)] {
    let jobs = jobs
    return log.compactMap { entry in
      guard case .outcome(let outcome) = entry else { return nil }
      if case .reached(let cost) = outcome.result { return (jobs[outcome.job.rawValue], cost) }
      return (jobs[outcome.job.rawValue], nil)
    }
  }
}
