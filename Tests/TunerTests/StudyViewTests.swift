import Foundation
import Search
import Testing

@testable import Tuner

/// A view is a fold of the journal, and says what the controller says.
@Suite struct StudyViewTests {
  private static func simulation(killedAtCall: Int = .max) throws -> Simulation {
    var study = Study.test()
    study.scheduler = .asha(ASHAOptions(trials: 12, maximumBudget: 9, reduction: 3))
    return Simulation(
      study: study, scheduler: try study.makeScheduler(),
      training: .test(diverging: { $0.trial == TrialID(4) }), killedAtCall: killedAtCall)
  }

  private static func view(_ contents: JournalContents) throws -> StudyView {
    try StudyView(StudyOutline(contents), after: contents)
  }

  @Test func `it ends with the counts and the winner of the summary`() throws {
    let remains = try Self.simulation().run()
    let summary = try #require(remains.result?.summary)
    let view = try Self.view(remains.contents)
    #expect(view.ending == .finished)
    #expect(view.trials == summary.trials && view.answered == summary.jobs)
    #expect(view.failedTrials == summary.failedTrials && view.failedTrials == 1)
    #expect(
      view.leaders.first?.trial == summary.best?.trial && view.leaders.first?.score == summary.best?.measured)
    #expect(view.leaders.count == 3 && view.unanswered.isEmpty)
    #expect(view.reached.map(\.budget) == [1, 3, 9])
    #expect(view.reached[0].trials == 11)
    #expect(view.outline.method == "random, asha" && view.outline.plan?.isExact == false && view.share == nil)
    #expect(view.groups.count == 3)
  }

  @Test func `a second session knows what it began with`() throws {
    let killed = try Self.simulation(killedAtCall: 25).run()
    let before = try Self.view(killed.contents)
    #expect(before.ending == nil && before.session?.number == 1)
    var simulation = try Self.simulation()
    (simulation.journal, simulation.checkpoints) = (killed.journal, killed.checkpoints)
    let view = try Self.view(simulation.run().contents)
    #expect(view.session?.number == 2)
    #expect(view.session?.trials == before.trials && view.session?.answered == before.answered)
    #expect(view.session?.best == before.leaders.first)
  }

  @Test func `the time left follows from this session's pace, once every group has answered`() throws {
    var study = Study.test()
    study.scheduler = .full(FullRunOptions(trials: 10, budget: 4))
    var view = StudyView(try StudyOutline(study))
    try view.take(.session(.started(program: "1.0")), at: 100)
    for number in 0..<2 {
      try view.take(
        .session(.groupReady(WorkerGroup(id: GroupID(number), ranks: [number + 1], hosts: []))), at: 100)
    }
    for number in 0..<2 {
      #expect(view.secondsLeft(after: 10) == nil)
      let job = ControllerTests.job(number, number, to: 4)
      try view.take(.job(JobRecord(job: job, previous: nil)), at: 100)
      let outcome = OutcomeRecord(
        outcome: Outcome(job: job.id, trial: job.trial, result: .reached(cost: 0.5)), measurements: [],
        effective: job.configuration, step: 1, checkpoint: "a.h5", work: .init(group: GroupID(0), seconds: 1))
      try view.take(.outcome(outcome), at: 110)
    }
    #expect(view.secondsLeft(after: 10) == 40 && view.share == 0.2)
    #expect(view.ranks == 3)
  }

  @Test func `what groups begin and end is told with every batch`() throws {
    let simulation = try Self.simulation()
    var controller = try simulation.controller()
    var cluster = SimulatedCluster(simulation.study, groups: 3, training: .test())
    var journal = try Journal(inMemoryAfter: [])
    var view = StudyView(try StudyOutline(simulation.study))
    var mostAtWork = 0
    _ = try Tuner.run(
      &controller, on: &cluster, recording: &journal,
      RunOptions(
        program: "test",
        observe: { progress throws(TunerError) in
          for record in progress.records { try view.take(record, at: progress.time) }
          for change in progress.changes { view.take(change, at: progress.time) }
          mostAtWork = max(mostAtWork, view.work.count)
          #expect(view.work.count == progress.busyGroups)
          #expect(view.work.values.allSatisfy { view.unanswered[$0.job.id] != nil })
          #expect(view.answered == progress.jobsAnswered)
        }))
    #expect(mostAtWork == 3 && view.work.isEmpty)
  }
}

@Suite struct JournalTailTests {
  @Test func `it reads on from where it was, and never half a line`() throws {
    let directory = try TemporaryDirectory()
    let bytes = try Simulation(scheduler: MiniaturePopulation(members: 3, generations: 2)).run().journal
    let whole = try JournalContents(bytes: bytes, path: "journal.jsonl")
    let path = directory.path + "/journal.jsonl"
    try Data().write(to: URL(fileURLWithPath: path))
    let writer = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    var tail = try JournalTail(path)
    var found: [JournalLine] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      try writer.write(contentsOf: Data(rest.prefix(97)))
      rest = rest.dropFirst(97)
      found += try tail.next()
    }
    #expect(found == Array(whole.lines))
    var later = try JournalTail(
      path, after: JournalContents(bytes: Array(bytes.prefix(bytes.count / 2)), path: path).end)
    let added = try later.next()
    #expect(!added.isEmpty && added == Array(found.suffix(added.count)))
    let isReplaced = later.isReplaced
    try FileManager.default.removeItem(atPath: path)
    #expect(!isReplaced)
    let isGone = later.isReplaced
    #expect(isGone)
  }

  @Test func `damage is named by its line`() throws {
    let directory = try TemporaryDirectory()
    try directory.write("nonsense\n", to: "journal.jsonl")
    var tail = try JournalTail(directory.path + "/journal.jsonl")
    do throws(TunerError) {
      _ = try tail.next()
      Issue.record("nonsense was read")
    } catch {
      #expect(error.kind == .damaged && error.subject.hasSuffix("journal.jsonl:1"))
    }
    do throws(TunerError) {
      _ = try JournalTail(directory.path + "/nothing")
      Issue.record("nothing was opened")
    } catch {
      #expect(error.kind == .missing)
    }
  }
}

@Suite struct RangeEdgeTests {
  private static let space = SearchSpace([
    Parameter(name: "rate", domain: .float(low: 1e-4, high: 1e-1, scale: .log)),
    Parameter(name: "depth", domain: .integer(low: 1, high: 8, scale: .log)),
    Parameter(name: "wide", domain: .integer(low: 0, high: 1000, scale: .linear)),
    Parameter(name: "flag", domain: .integer(low: 0, high: 1, scale: .linear)),
    Parameter(name: "kind", domain: .categorical([.text("a"), .text("b"), .text("c")])),
    Parameter(name: "size", domain: .ordinal([.number(32), .number(64), .number(128)])),
  ])

  @Test(
    arguments: [
      (["rate": 1e-4], ["rate low"]), (["rate": 1.1e-4], ["rate low"]), (["rate": 2e-4], []),
      (["rate": 0.099], ["rate high"]),
      (["depth": 1], ["depth low"]), (["depth": 2], []), (["depth": 8], ["depth high"]), (["depth": 7], []),
      (["wide": 990], ["wide high"]), (["wide": 900], []), (["flag": 1], []), (["size": 128], ["size high"]),
      (["size": 64, "depth": 1, "rate": 0.1], ["rate high", "depth low"]),
    ] as [([String: Double], [String])])
  func `a value at an edge is named`(values: [String: Double], edges: [String]) {
    var configuration = Configuration(values.mapValues { .number($0) })
    configuration["kind"] = .text("a")
    #expect(Self.space.edges(of: configuration).map { "\($0.name) \($0.isUpper ? "high" : "low")" } == edges)
  }
}

@Suite struct RunLockHolderTests {
  private static let owner = RunLock.Owner(host: "node7", process: 4711, batchJob: "99")

  @Test func `who works on a run directory can be asked, and is not disturbed`() throws {
    let directory = try TemporaryDirectory()
    #expect(RunLock.holder(of: directory.path, seenFrom: Self.owner) == .nobody)
    do {
      let lock = try RunLock(of: directory.path, for: Self.owner)
      #expect(RunLock.holder(of: directory.path, seenFrom: Self.owner) == .program(Self.owner))
      _ = consume lock
    }
    #expect(RunLock.holder(of: directory.path, seenFrom: Self.owner) == .nobody)
    _ = try RunLock(of: directory.path, for: Self.owner)
  }
}
