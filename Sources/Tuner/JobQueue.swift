import Search

/// Jobs that wait for a group, the earliest issued first: a job that comes back from a lost group goes before
/// newer ones.
struct JobQueue: Sendable {
  private var jobs: [JobID: Job] = [:]
  /// May hold jobs that have left; they are skipped when they come up.
  private var order = Heap<JobID>()
  private var byOrigin: [StateKey: Set<JobID>] = [:]

  var isEmpty: Bool { jobs.isEmpty }
  var count: Int { jobs.count }
  /// The states that waiting jobs start from.
  var origins: some Sequence<StateKey> { byOrigin.keys }
  var originCount: Int { byOrigin.count }

  mutating func insert(_ job: Job) {
    jobs[job.id] = job
    order.insert(job.id)
    if let origin = job.originState { byOrigin[origin, default: []].insert(job.id) }
  }

  /// Takes out the earliest job that starts from one of these states.
  mutating func popFirst(startingFrom states: some Sequence<StateKey>) -> Job? {
    var first: JobID?
    for state in states {
      guard let candidate = byOrigin[state]?.min() else { continue }
      first = first.map { min($0, candidate) } ?? candidate
    }
    return first.flatMap { remove($0) }
  }

  /// Takes out the earliest job.
  mutating func popFirst() -> Job? {
    while let id = order.popFirst() {
      if let job = remove(id) { return job }
    }
    return nil
  }

  /// Takes out a job; nil when it is not there.
  mutating func remove(_ id: JobID) -> Job? {
    guard let job = jobs.removeValue(forKey: id) else { return nil }
    if let origin = job.originState {
      byOrigin[origin]?.remove(id)
      if byOrigin[origin]?.isEmpty == true { byOrigin[origin] = nil }
    }
    return job
  }
}
