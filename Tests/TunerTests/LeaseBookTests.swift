import Search
import Testing

@testable import Tuner

/// Rank 0's book of who does what: what a rank says that is back from the dead is nothing.
@Suite struct LeaseBookTests {
  private let book: Book

  init() throws {
    book = Book(LeaseBook(try RankLayout(worldSize: 5, ranksPerTrial: 2), hosts: Book.hosts, session: 3))
  }

  private static func report(_ job: Int, by group: Int) -> JobReport {
    JobReport(
      job: JobID(job), trial: TrialID(job), group: GroupID(group), result: .reached(checkpoint: "a.h5"),
      measurements: [], effective: Configuration(), step: 1, stateBytes: 1, seconds: 1)
  }

  @Test func `groups are ready when all ranks are there, and are told once`() throws {
    for rank in [4, 1, 3] {
      #expect(book.take(.here, from: rank).isEmpty)
      #expect(book.takeReady().isEmpty)
    }
    _ = book.take(.here, from: 2)
    #expect(
      book.takeReady() == [
        WorkerGroup(id: GroupID(0), ranks: [1, 2], hosts: ["node1", "node1"]),
        WorkerGroup(id: GroupID(1), ranks: [3, 4], hosts: ["node2", "node2"]),
      ])
    #expect(book.takeReady().isEmpty)
    #expect(try #require(book.lose(0)).unannounced == nil)
  }

  @Test func `a group that is lost before it is ready keeps nobody waiting, and is told`() throws {
    for rank in [3, 4] { _ = book.take(.here, from: rank) }
    #expect(book.takeReady().isEmpty)
    #expect(try #require(book.lose(0)).unannounced?.id == GroupID(0))
    #expect(book.takeReady().map(\.id) == [GroupID(1)])
  }

  @Test func `attempts are numbered, and a further one at a job is told from the first`() throws {
    let first = try #require(book.lease(7, to: 0))
    #expect(first.attempt == Attempt(session: 3, number: 0, isRepeated: false))
    #expect(first.ranks == [1, 2])
    #expect(book.take(.stopped(attempt: 0), from: 1) == [.groupStopped(GroupID(0))])
    let second = try #require(book.lease(7, to: 1))
    #expect(second.attempt == Attempt(session: 3, number: 1, isRepeated: true))
    let job = second.job
    #expect(
      CheckpointPaths.reached(by: job, step: 40, in: first.attempt)
        == "checkpoints/trial-000007/job-000007-step-000040.h5")
    #expect(
      CheckpointPaths.reached(by: job, step: 40, in: second.attempt)
        == "checkpoints/trial-000007/job-000007-attempt-3-1-step-000040.h5")
    let unfinished = [first, second].map { CheckpointPaths.unfinished(of: job, in: $0.attempt) }
    #expect(Set(unfinished).count == 2)
    #expect(unfinished.allSatisfy { $0.hasPrefix("checkpoints/trial-000007/job-000007-attempt-3-") })
  }

  @Test func `what a lost group says is nothing`() throws {
    let lease = try #require(book.lease(7, to: 0))
    let lost = try #require(book.lose(0))
    #expect(lost.ranks == [1, 2] && lost.attempts == [0])
    let state = LostState(
      StateReference(key: lease.job.reachedState, checkpoint: "a.h5"), because: "it is gone")
    for notice: Notice in [
      .released(attempt: 0, stateBytes: 1, seconds: 1), .reported(attempt: 0, Self.report(7, by: 0)),
      .stopped(attempt: 0), .saved(attempt: 0), .stateLost(attempt: 0, state),
      .faulted(attempt: 0, .peers(of: GroupID(0), "nobody")),
    ] {
      #expect(book.take(notice, from: 1).isEmpty)
      #expect(book.losses.isEmpty)
    }
    #expect(book.lease(8, to: 0) == nil)
    #expect(book.lose(0) == nil)
  }

  @Test func `a released group is free, and its report still comes, once`() throws {
    _ = book.lease(7, to: 0)
    #expect(
      book.take(.released(attempt: 0, stateBytes: 5, seconds: 2), from: 1)
        == [.released(GroupID(0), JobID(7), stateBytes: 5, seconds: 2)])
    _ = book.lease(8, to: 0)
    let report = Self.report(7, by: 0)
    #expect(book.take(.reported(attempt: 0, report), from: 1) == [.reported(report)])
    #expect(book.take(.reported(attempt: 0, report), from: 1).isEmpty)
    #expect(try #require(book.lose(0)).attempts == [1])
  }

  @Test func `whoever waits for a state of a lost group is told`() throws {
    let state = StateReference(key: StateKey(trial: TrialID(1), budget: 1), checkpoint: "a.h5")
    let lease = try #require(book.lease(7, to: 0, from: .peer(GroupID(1), state)))
    #expect(lease.sender == 3)
    let lost = try #require(book.lose(1))
    #expect(lost.waiting.map(\.rank) == [1] && lost.waiting.map(\.ticket) == [0])
    // A sender that is gone is not named.
    #expect(try #require(book.lease(8, to: 0, from: .peer(GroupID(1), state))).sender == nil)
  }

  @Test func `ranks that do not meet lose their group, whichever of them says so`() throws {
    _ = book.lease(7, to: 1)
    #expect(book.take(.faulted(attempt: 0, .peers(of: GroupID(1), "no sign of rank 1")), from: 4).isEmpty)
    #expect(book.losses.map(\.group) == [GroupID(1)])
    #expect(book.losses.first?.why.contains("no sign of rank 1") == true)
  }
}

/// A book behind a reference, so that an expectation can turn its pages.
private final class Book {
  static let hosts = ["node1", "node1", "node1", "node2", "node2"]
  private var book: LeaseBook
  private(set) var losses: [(group: GroupID, why: String)] = []

  init(_ book: LeaseBook) { self.book = book }

  func take(_ notice: Notice, from rank: Int) -> [Event] {
    switch book.take(notice, from: rank) {
    case .event(let event): return [event]
    case .lost(let group, let why): losses.append((group, why))
    case .nothing: break
    }
    return []
  }

  func lease(_ job: Int, to group: Int, from source: StateSource = .fresh) -> Lease? {
    book.lease(
      Assignment(
        job: Job(
          id: JobID(job), trial: TrialID(job), origin: .fresh, configuration: Configuration(), target: 1),
        group: GroupID(group), source: source, mayHaveMidJobCheckpoint: false))
  }

  func takeReady() -> [WorkerGroup] { book.takeReady() }

  func lose(_ group: Int) -> LeaseBook.Loss? { book.lose(GroupID(group)) }
}
