import Search
import Testing

@testable import Tuner

@Suite struct HistoryTests {
  private static let population = MiniaturePopulation(members: 3, generations: 2)

  private static func contents(_ records: [(time: Double, records: [Record])]) throws -> JournalContents {
    var journal = try Journal(inMemoryAfter: [])
    for (time, records) in records { try journal.append(records, at: time) }
    return try JournalContents(bytes: journal.bytes, path: "journal.jsonl")
  }

  @Test func `a history has every job, its outcome and its measurements`() throws {
    let remains = try Simulation(
      scheduler: Self.population, training: .test(diverging: { $0.id == JobID(5) })
    ).run()
    let history = try History(remains.contents)
    #expect(history.study == "test")
    #expect(history.budgetUnit == "epochs")
    #expect(history.objective == Study.test().objective)
    #expect(history.space == Study.test().space)
    #expect(history.trials.map(\.id) == [TrialID(0), TrialID(1), TrialID(2)])
    #expect(history.trials.map(\.segments.count) == [2, 2, 2])
    #expect(history.trials[2].segments[1].outcome == .failed(reason: "diverged"))
    #expect(history.trials[2].segments[1].measurements == [])
    let first = history.trials[0].segments[0]
    let record = try #require(
      remains.studyRecords.compactMap { record in
        if case .outcome(let outcome) = record { outcome } else { nil }
      }.first)
    #expect(first.outcome == record.outcome.result)
    #expect(first.measurements.map(\.metrics) == record.measurements.map(\.metrics))
  }

  @Test func `time between sessions does not count`() throws {
    let job = ControllerTests.job(0, 0)
    let outcome = OutcomeRecord(
      outcome: Outcome(job: job.id, trial: job.trial, result: .reached(cost: 0.5)), measurements: [],
      effective: job.configuration, step: 1, checkpoint: "a.h5", work: .init(group: GroupID(0), seconds: 1))
    let header = HeaderRecord(program: "1.0", study: try Study.test().document())
    let contents = try Self.contents([
      (
        1_000,
        [.header(header), .session(.started(program: "1.0")), .job(JobRecord(job: job, previous: nil))]
      ),
      (1_030, [.session(.stopRequested(.deadline))]),
      (9_000, [.session(.started(program: "1.0"))]),
      (9_012, [.outcome(outcome)]),
    ])
    #expect(try History(contents).trials[0].segments[0].finishedAt == 42)
  }

  @Test func `a changed study tells what each job was trained under`() throws {
    let jobs = (0..<3).map { ControllerTests.job($0, $0) }
    func outcome(_ job: Job) -> Record {
      .outcome(
        OutcomeRecord(
          outcome: Outcome(job: job.id, trial: job.trial, result: .reached(cost: 0.5)), measurements: [],
          effective: job.configuration, step: 1, checkpoint: "a.h5",
          work: .init(group: GroupID(0), seconds: 1)))
    }
    var study = Study.test()
    let first = try study.document()
    study.seed += 1
    let second = try study.document()
    study.ranksPerTrial += 1
    let elsewhere = try study.document()
    let contents = try Self.contents([
      (
        1_000,
        [
          .header(HeaderRecord(program: "1", study: first)), .session(.started(program: "1")),
          .session(.data(SampleCounts(train: 80, dev: 10, test: 10))),
        ] + jobs.map { .job(JobRecord(job: $0, previous: nil)) } + [outcome(jobs[0])]
      ),
      (2_000, [.session(.started(program: "1")), .session(.studyChanged(study: second, changes: ["seed"]))]),
      (2_001, [outcome(jobs[1])]),
      (
        3_000,
        [.session(.started(program: "1")), .session(.studyChanged(study: elsewhere, changes: ["ranks"]))]
      ),
      (3_001, [outcome(jobs[2])]),
    ])
    let history = try History(contents)
    let seed = Study.test().seed
    #expect(
      history.versions == [
        StudyVersion(number: 1, began: 1_000, changes: []),
        StudyVersion(number: 2, began: 2_000, changes: ["seed: \(seed) -> \(seed + 1)"]),
      ], "where it runs is no version")
    #expect(history.trials.map { $0.segments[0].version } == [nil, 2, 2])
    #expect(history.samples == SampleCounts(train: 80, dev: 10, test: 10))
    #expect(history.isSimulated == nil)
  }

  @Test func `a status is finished, unfinished, absent or damaged`() throws {
    let whole = try Simulation(scheduler: Self.population).run()
    let best = try #require(whole.result?.summary.best)
    let terms = RunStatus.Terms(metric: "dev_accuracy", unit: "epochs")
    let finished = try RunStatus(whole.contents)
    #expect(finished == .finished(try #require(whole.result?.summary), terms))
    let found = "dev_accuracy \(best.measured.text) of \(best.trial) at 2 epochs"
    #expect(finished.text == "finished: 3 trials, 6 jobs, best \(found)")

    let cut = whole.journal.prefix(whole.journal.count - 10)
    let unfinished = try RunStatus(JournalContents(bytes: Array(cut), path: "journal.jsonl"))
    #expect(
      unfinished
        == .unfinished(
          RunStatus.Unfinished(
            terms: terms, trials: 3, jobsAnswered: 6, jobsUnanswered: 0,
            best: .init(trial: best.trial, budget: 2, score: best.measured), since: 0)))
    #expect(unfinished.text == "unfinished: 6 jobs answered, 0 not yet, best so far \(found)")

    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.jsonl"
    #expect(try RunStatus(journalAt: path) == .absent(path: path))
    try directory.write("nonsense\n", to: "journal.jsonl")
    let damaged = try RunStatus(journalAt: path)
    #expect(
      damaged.text == """
        damaged: \(path):1: expected a line that begins with {"checksum":"8 digits",, found "nonsense". \
        Restore the run directory from a copy, or move it away to start again.
        """)
  }
}

@Suite struct RunLockTests {
  private static let owner = RunLock.Owner(host: "node7", process: 4711, batchJob: "99")

  @Test func `a second program is refused by the name of the first`() throws {
    let directory = try TemporaryDirectory()
    let lock = try RunLock(of: directory.path, for: Self.owner)
    let error = #expect(throws: TunerError.self) {
      _ = try RunLock(of: directory.path, for: RunLock.Owner(host: "node8", process: 1, batchJob: ""))
    }
    #expect(
      error?.description == """
        \(directory.path): expected a run directory that no other program works on, \
        found process 4711 on node7, batch job 99. Wait for it, end it, or choose another run directory. \
        If it is surely gone, delete \(directory.path)/lock.
        """)
    _ = consume lock
  }

  @Test func `a lock that was given back can be taken again`() throws {
    let directory = try TemporaryDirectory()
    do { _ = try RunLock(of: directory.path, for: Self.owner) }
    _ = try RunLock(of: directory.path, for: Self.owner)
  }
}
