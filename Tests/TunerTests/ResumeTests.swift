import Randomness
import Search
import Testing
import Tuner

@Suite struct ResumeTests {
  static let population = MiniaturePopulation(members: 4, generations: 4)

  @Test func `a synchronous study keeps the same records however fast its groups are`() throws {
    let reference = try Simulation(scheduler: Self.population, groups: 1).run().studyRecords
    #expect(reference.count == 1 + 2 * 16 + 4 + 1)
    for seed in 0..<20 {
      let hurried = VirtualTraining.test(seconds: { job, _ in
        var random = CounterGenerator(seed: UInt64(seed), purpose: .simulation, index: job.id.rawValue)
        return 0.1 + 10 * random.nextUniform()
      })
      let remains = try Simulation(scheduler: Self.population, groups: 1 + seed % 6, training: hurried).run()
      #expect(try remains.studyRecords == reference, "seed \(seed)")
    }
  }

  @Test func `a study killed at any call goes on to the same records`() throws {
    let whole = try Simulation(scheduler: Self.population).run()
    let reference = try whole.studyRecords
    for call in 0..<whole.calls {
      let killed = try Simulation(scheduler: Self.population, killedAtCall: call).run()
      #expect(killed.result == nil)
      var random = CounterGenerator(seed: 1, purpose: .simulation, index: call)
      let kept = Int.random(in: killed.actedOn...killed.journal.count, using: &random)
      let resumed = try Simulation(
        scheduler: Self.population, groups: 1 + call % 5, journal: Array(killed.journal.prefix(kept)),
        checkpoints: killed.checkpoints
      ).run()
      #expect(
        try resumed.studyRecords == reference, "killed at call \(call), \(kept) bytes of the journal left")
      #expect(resumed.checkpoints == whole.checkpoints)
    }
  }

  @Test func `a study killed again and again goes on to the same records`() throws {
    let reference = try Simulation(scheduler: Self.population).run().studyRecords
    for seed in 0..<10 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .simulation)
      var remains = try Simulation(scheduler: Self.population, killedAtCall: 3).run()
      var sessions = 1
      while remains.result == nil {
        remains = try Simulation(
          scheduler: Self.population, groups: Int.random(in: 1...5, using: &random), journal: remains.journal,
          checkpoints: remains.checkpoints, killedAtCall: Int.random(in: 6...25, using: &random)
        ).run()
        sessions += 1
        try #require(sessions < 100)
      }
      #expect(try remains.studyRecords == reference, "seed \(seed)")
    }
  }

  @Test func `a journal cut at any line and at random bytes is gone on with`() throws {
    let whole = try Simulation(scheduler: Self.population).run()
    let reference = try whole.studyRecords
    // Every file that a session may have written, so that only the journal is tested here.
    let files = Set(
      reference.compactMap { if case .outcome(let record) = $0 { record.checkpoint } else { nil } })
    var random = CounterGenerator(seed: 3, purpose: .simulation)
    let lines = whole.journal.indices.filter { whole.journal[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    for cut in lines + (0..<40).map({ _ in Int.random(in: 0...whole.journal.count, using: &random) }) {
      let resumed = try Simulation(
        scheduler: Self.population, journal: Array(whole.journal.prefix(cut)), checkpoints: files
      ).run()
      #expect(try resumed.studyRecords == reference, "cut at byte \(cut)")
    }
  }

  /// Its sampler says at every job which trial goes on; another processor may compute that otherwise.
  @Test func `a sampler's choices are replayed, not asked for again`() throws {
    let scheduler = SchedulerConfiguration.freezeThaw(FreezeThawOptions(runs: 6, maximumBudget: 9))
    for replicates in [1, 2] {
      var simulation = Simulation(
        scheduler: try scheduler.makeScheduler(
          space: Study.test().space, seed: 7, mutable: [], replicates: Replicates(replicates)),
        sampler: GaussianProcessSampler(GaussianProcessOptions(initialTrials: 4)))
      simulation.study.replicates = replicates > 1 ? replicates : nil
      let whole = try simulation.run()
      let jobs = try whole.contents.lines.compactMap {
        if case .job(let job) = $0.record { job.job } else { nil }
      }
      #expect(jobs.contains { $0.origin != .fresh })
      simulation.journal = whole.journal
      simulation.sampler = RefusingSampler()
      #expect(try simulation.controller().answered == jobs.count)
    }
  }

  @Test(arguments: [1, 2])
  func `a study whose sampler chooses goes on after any cut`(replicates: Int) throws {
    let scheduler = SchedulerConfiguration.freezeThaw(FreezeThawOptions(runs: 4, maximumBudget: 9))
    var simulation = Simulation(
      scheduler: try scheduler.makeScheduler(
        space: Study.test().space, seed: 7, mutable: [], replicates: Replicates(replicates)),
      sampler: GaussianProcessSampler(GaussianProcessOptions(initialTrials: 4)), groups: 1)
    simulation.study.replicates = replicates > 1 ? replicates : nil
    let whole = try simulation.run()
    simulation.checkpoints = Set(
      try whole.studyRecords.compactMap {
        if case .outcome(let record) = $0 { record.checkpoint } else { nil }
      })
    let lines = whole.journal.indices.filter { whole.journal[$0] == UInt8(ascii: "\n") }
    for cut in stride(from: 0, to: lines.count, by: 5) {
      simulation.journal = Array(whole.journal[...lines[cut]])
      let kept = try JournalContents(bytes: simulation.journal, path: "journal.jsonl").lines.studyRecords
      let resumed = try simulation.run()
      #expect(try resumed.studyRecords.starts(with: kept), "cut after line \(cut + 1)")
      #expect(resumed.result?.summary.ending == .finished)
      #expect(try resumed.outcomes.map(\.outcome.job) == resumed.jobs.map(\.job.id))
      // Which replicate of a job is first depends on whose state the group still holds.
      guard replicates == 1 else { continue }
      #expect(try resumed.studyRecords == whole.studyRecords, "cut after line \(cut + 1)")
    }
  }

  private struct RefusingSampler: Sampler {
    var choosesAmongPaused: Bool { true }
    private static let refusal = SearchError(subject: "sampler", expected: "a", found: "b", remedy: "c")

    mutating func propose(
      _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
      using random: inout CounterGenerator
    ) throws(SearchError) -> Configuration { throw Self.refusal }

    mutating func choose(
      _ trial: TrialID, among paused: [PausedTrial], in space: SearchSpace, given evidence: Evidence,
      using random: inout CounterGenerator
    ) throws(SearchError) -> NextTrial? { throw Self.refusal }
  }

  @Test func `the program's own schedulers and samplers go on to the same records`() throws {
    let configurations: [(SchedulerConfiguration, SamplerConfiguration)] = [
      (.pbt(PBTOptions(population: 4, generations: 3, interval: 2)), .sobol),
      (.hyperband(HyperbandOptions(maximumBudget: 4, reduction: 2)), .gp(GaussianProcessOptions())),
    ]
    for (scheduler, sampler) in configurations {
      let simulation = Simulation(
        scheduler: try scheduler.makeScheduler(space: Study.test().space, seed: 7, mutable: ["x"]),
        sampler: sampler.makeSampler())
      let whole = try simulation.run()
      let reference = try whole.studyRecords
      for call in stride(from: 5, to: whole.calls, by: whole.calls / 4) {
        var first = simulation
        first.killedAtCall = call
        let killed = try first.run()
        var second = simulation
        (second.journal, second.checkpoints, second.groups) = (killed.journal, killed.checkpoints, 2)
        #expect(try second.run().studyRecords == reference, "\(scheduler.kind) killed at call \(call)")
      }
    }
  }

  @Test func `an asynchronous study killed at any call ends with every job answered once`() throws {
    let ladder = MiniatureLadder(trials: 12, rungs: 3)
    let whole = try Simulation(scheduler: ladder).run()
    for call in 0..<whole.calls {
      let killed = try Simulation(scheduler: ladder, killedAtCall: call).run()
      let resumed = try Simulation(
        scheduler: ladder, groups: 1 + call % 5, journal: killed.journal, checkpoints: killed.checkpoints
      ).run()
      let result = try #require(resumed.result)
      #expect(result.summary.ending == .finished)
      let answered = try resumed.studyRecords.compactMap {
        if case .outcome(let record) = $0 { record.outcome.job } else { nil }
      }
      #expect(Set(answered).count == answered.count)
      #expect(answered.count == result.summary.jobs)
      #expect(resumed.checkpoints.contains(try #require(result.summary.best).checkpoint))
    }
  }

  @Test func `a report that waits for its turn survives a kill`() throws {
    // Job 0 is slow, the others are done; then everything dies. They are not trained again.
    let slow = VirtualTraining.test(seconds: { job, _ in job.id == JobID(0) ? 100 : 1 })
    let population = MiniaturePopulation(members: 4, generations: 1)
    var killedAtCall = 0
    var killed: Simulation.Remains
    repeat {
      killedAtCall += 1
      killed = try Simulation(
        scheduler: population, groups: 4, training: slow, killedAtCall: killedAtCall
      ).run()
    } while try killed.contents.lines.count(where: Self.isArrival) < 3
    let resumed = try Simulation(
      scheduler: population, groups: 4, training: slow, journal: killed.journal,
      checkpoints: killed.checkpoints
    ).run()
    let lines = try resumed.contents.lines
    #expect(resumed.result?.summary.jobs == 4)
    #expect(lines.count(where: Self.isArrival) == 3)
    #expect(resumed.result?.seconds == 100)
  }

  private static func isArrival(_ line: JournalLine) -> Bool {
    if case .session(.arrived) = line.record { true } else { false }
  }

  @Test func `a finished study stays as it is`() throws {
    let whole = try Simulation(scheduler: Self.population).run()
    let again = try Simulation(
      scheduler: Self.population, journal: whole.journal, checkpoints: whole.checkpoints
    ).run()
    #expect(again.journal == whole.journal)
    #expect(again.result?.summary == whole.result?.summary)
    #expect(again.checkpoints == whole.checkpoints)
  }

  @Test func `an extended study goes on where it ended`() throws {
    let longer = MiniaturePopulation(members: 4, generations: 6)
    let reference = try Simulation(scheduler: longer).run().studyRecords
    let whole = try Simulation(scheduler: Self.population).run()
    let extended = try Simulation(
      scheduler: longer, journal: whole.journal, checkpoints: whole.checkpoints
    ).run()
    let records = try extended.studyRecords
    #expect(records.count(where: \.isFinished) == 2)
    // The next jobs are recorded later than in a study that was longer from the start; nothing else differs.
    #expect(records.filter(\.isJobOrOutcome) == reference.filter(\.isJobOrOutcome))
    #expect(extended.population == population(of: reference))
  }

  private func population(of records: [Record]) -> Population? {
    for case .population(let record) in records.reversed() {
      return Population(generation: record.generation, members: record.members)
    }
    return nil
  }

  @Test func `a study of another name is refused with the difference`() throws {
    let whole = try Simulation(scheduler: Self.population).run()
    let error = #expect(throws: TunerError.self) {
      _ = try Simulation(
        study: .test(seed: 8, name: "other"), scheduler: Self.population, journal: whole.journal
      ).controller()
    }
    #expect(
      error?.description == """
        journal.jsonl: expected the study that this run began with, found a changed one:
          name: test -> other
          seed: 7 -> 8
        Undo the changes, choose another run directory, or allow them with --allow-changes.
        """)
  }

  @Test func `an allowed change is recorded and compared from then on`() throws {
    let killed = try Simulation(scheduler: Self.population, killedAtCall: 20).run()
    let resumed = try Simulation(
      study: .test(name: "other"), scheduler: Self.population, journal: killed.journal,
      checkpoints: killed.checkpoints, allowingChanges: true
    ).run()
    let changes = try resumed.contents.lines.compactMap { line in
      if case .session(.studyChanged(_, let changes)) = line.record { changes } else { nil }
    }
    #expect(changes == [["name: test -> other"]])
    _ = try Simulation(
      study: .test(name: "other"), scheduler: Self.population, journal: resumed.journal
    ).controller()
    #expect(throws: TunerError.self) {
      _ = try Simulation(scheduler: Self.population, journal: resumed.journal).controller()
    }
  }

  @Test func `a scheduler that decides otherwise is refused with both jobs`() throws {
    let whole = try Simulation(scheduler: Self.population).run()
    let error = #expect(throws: TunerError.self) {
      _ = try Simulation(
        scheduler: MiniaturePopulation(members: 3, generations: 4), journal: whole.journal
      ).controller()
    }
    let message = try #require(error?.description)
    #expect(
      message.hasPrefix(
        "journal.jsonl:6: expected no job, which this study does there now, found job 3 (trial 3 from fresh weights, to 1, x 0."
      ))
    #expect(
      message.hasSuffix(
        ". The experiment or the program has changed: go on with the ones that wrote this journal, "
          + "or choose another run directory."))
  }
}

extension Record {
  var isJobOrOutcome: Bool {
    switch self {
    case .job, .outcome: true
    default: false
    }
  }

  var isFinished: Bool {
    if case .finished = self { true } else { false }
  }
}
