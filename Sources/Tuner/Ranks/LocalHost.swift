import MPI
import Search
import Training

/// The only rank of a program that is alone, as the attempts on it see it.
final class LocalHost: ExecutionHost {
  let files: JobFiles
  /// When the controller wants to look at something else.
  var pauseTime = Deadline.seconds(0)
  var isStopRequested = false { didSet { if isStopRequested { files.stopWaitingForRoom() } } }
  private(set) var failure: Fault?
  private var job: Job?
  private var copies: [StateKey: Snapshot] = [:]
  private var saves = SaveQueue()
  private var notices: [Notice] = []

  init(_ files: JobFiles) { self.files = files }

  var mustStop: Bool { isStopRequested }
  var isPaused: Bool { pauseTime.hasPassed }
  var reachedStatesUnderWay: Int { saves.reachedCount }

  func begin(_ lease: Lease) { (job, failure) = (lease.job, nil) }

  func end() { (job, isStopRequested) = (nil, false) }

  func lead() throws(TunerError) {}
  func enter(_ phase: Phase) {}
  func stepIsDone() {}
  func fail(_ fault: Fault) { failure = failure ?? fault }
  func keep(_ state: Snapshot, as key: StateKey) { copies[key] = state }
  func follow(_ save: SaveUnderWay) { saves.append(save) }

  func release(_ states: [StateKey]) {
    for state in states { copies[state] = nil }
  }

  func origin(of lease: Lease) throws(TunerError) -> JobOrigin {
    if lease.assignment.mayHaveMidJobCheckpoint, let found = try files.found(of: lease.job) {
      return .found(found)
    }
    switch lease.assignment.source {
    case .fresh: return .found(.fresh)
    case .resident(let state), .peer(_, let state), .checkpoint(let state):
      if let copy = copies[state.key] { return .found(JobStart(copy, of: state, isCopy: true)) }
      return try files.read(state)
    }
  }

  /// Notes what has become durable.
  func serve() throws(TunerError) {
    let (notices, fault) = saves.notices(by: files, for: job)
    self.notices += notices
    if let fault { fail(fault) }
  }

  /// What has become durable since the last call.
  func takeNotices() throws(TunerError) -> [Notice] {
    try serve()
    defer { notices = [] }
    return notices
  }
}
