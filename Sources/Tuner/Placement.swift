import Search

/// Which group does what, which states its root holds in memory, and which jobs wait for a group.
struct Placement: Sendable {
  private struct Group: Sendable {
    var job: Job?
    /// States in memory, the longest held first.
    var residents: [(state: StateKey, bytes: Int)] = []
    var residentBytes = 0
  }

  private var groups: [GroupID: Group] = [:]
  /// Groups that get no more jobs.
  private var aside: Set<GroupID> = []
  /// Jobs that have reached their target, while their states become durable.
  private var saving: [JobID: (job: Job, group: GroupID)] = [:]
  private var idle = IdleGroups()
  private var busy: Set<GroupID> = []
  /// Who holds a state in memory: a group hands a state on only to start from it, and keeps what it reached.
  private var holders: [StateKey: GroupID] = [:]
  private var queue = JobQueue()
  /// Jobs that are given out only while nothing else is at work; in their order, the last one first.
  private var lonely: [Job] = []
  /// Jobs that were given to a group before and are not answered: a mid-job checkpoint may exist.
  private var begun: Set<JobID> = []
  /// How many bytes of states the root of a group keeps.
  let memoryPerGroup: Int

  init(memoryPerGroup: Int) { self.memoryPerGroup = memoryPerGroup }

  var isAnyGroupLeft: Bool { groupCount > 0 }
  /// Groups that get jobs.
  var groupsInUse: some Sequence<GroupID> { groups.keys.lazy.filter { [aside] in !aside.contains($0) } }
  /// How many they are.
  var groupCount: Int { groups.count - aside.count }
  var busyGroups: [GroupID] { busy.sorted() }
  var busyGroupCount: Int { busy.count }
  /// Whether a group works on a job, or a state is on its way to the disk.
  var isAnyGroupBusy: Bool { !busy.isEmpty || !saving.isEmpty }
  /// Idle groups for which no job waits, and all of whose outcomes are known: whoever decides what comes next does not
  /// decide without the newest of them.
  var spareGroups: Int {
    idle.count - queue.count - saving.values.count { idle.contains($0.group) }
  }

  /// The job that a group is busy with.
  func job(of group: GroupID) -> Job? { groups[group]?.job }
  func isKnown(_ group: GroupID) -> Bool { groups[group] != nil }

  mutating func add(_ group: GroupID) {
    groups[group] = Group()
    idle.insert(group)
  }

  /// Puts a job into the queue. `begun` says that an earlier session may have worked on it, `alone` that
  /// nothing else may be at work meanwhile: it waits until everything that can go before it has.
  mutating func enqueue(_ job: Job, begun wasBegun: Bool, alone: Bool = false) {
    if wasBegun { begun.insert(job.id) }
    guard alone else { return queue.insert(job) }
    lonely.append(job)
    lonely.sort { $0.id > $1.id }
  }

  /// Gives waiting jobs to idle groups: first to each group a job whose origin it holds, then the earliest
  /// ones to whoever is left. `retention` knows the checkpoints.
  ///
  /// The cost grows with the lesser of the waiting jobs and the idle groups, so that neither ten thousand
  /// groups that have run dry nor ten thousand jobs of a rung make every report expensive.
  mutating func place(_ retention: Retention) throws(TunerError) -> [Assignment] {
    if queue.isEmpty, !idle.isEmpty, !isAnyGroupBusy, let job = lonely.popLast() { queue.insert(job) }
    if queue.isEmpty || idle.isEmpty { return [] }
    var assignments: [Assignment] = []
    for group in idleHolders() {
      guard let job = queue.popFirst(startingFrom: groups[group]!.residents.lazy.map(\.state)) else {
        continue
      }
      assignments.append(try assign(job, to: group, retention))
    }
    while !queue.isEmpty, let group = idle.least, let job = queue.popFirst() {
      assignments.append(try assign(job, to: group, retention))
    }
    return assignments
  }

  /// The idle groups that may hold the origin of a waiting job; sorted.
  private func idleHolders() -> [GroupID] {
    guard idle.count > queue.originCount else { return idle.sorted() }
    let holding = queue.origins.compactMap { holders[$0] }
    return Set(holding.lazy.filter(idle.contains)).sorted()
  }

  private mutating func assign(
    _ job: Job, to group: GroupID, _ retention: Retention
  ) throws(TunerError) -> Assignment {
    var given = job
    // Memory may still hold what the disk has lost.
    if let planned = job.originState, holders[planned] == nil, retention.isLost(planned) {
      given.origin = retention.replacement(forOriginOf: job)
    }
    let source = try source(of: given, on: group, retention)
    idle.remove(group)
    busy.insert(group)
    groups[group]!.job = job
    return Assignment(
      job: given, group: group, source: source, mayHaveMidJobCheckpoint: !begun.insert(job.id).inserted)
  }

  private func source(
    of job: Job, on group: GroupID, _ retention: Retention
  ) throws(TunerError) -> StateSource {
    guard let origin = job.originState else { return .fresh }
    guard let checkpoint = retention.checkpoint(of: origin) else {
      throw TunerError(
        .defect, subject: "\(job.id)", expected: "an origin whose checkpoint is kept",
        found: "\(origin), which was never reached or is deleted", remedy: "Report this as a bug.")
    }
    let reference = StateReference(key: origin, checkpoint: checkpoint)
    guard let holder = holders[origin] else { return .checkpoint(reference) }
    return holder == group ? .resident(reference) : .peer(holder, reference)
  }

  /// A group's job is done. `stateBytes` is what the reached state takes there, nil when none was reached.
  ///
  /// - Returns: states that the group should forget to stay within its memory, the longest held first; never
  ///   one that an unfinished job starts from.
  mutating func finished(_ job: Job, on group: GroupID, stateBytes: Int?, _ retention: Retention)
    -> [StateKey]
  {
    isDone(group)
    begun.remove(job.id)
    guard let stateBytes, stateBytes > 0 else { return [] }
    // A copy of the same name on another group would be of an earlier visit to this budget.
    if let holder = holders[job.reachedState] { forget(job.reachedState, on: holder) }
    holders[job.reachedState] = group
    groups[group]!.residents.append((job.reachedState, stateBytes))
    groups[group]!.residentBytes += stateBytes
    var forgotten: [StateKey] = []
    for (state, _) in groups[group]!.residents where groups[group]!.residentBytes > memoryPerGroup {
      if state == job.reachedState || retention.isOrigin(state) { continue }
      forget(state, on: group)
      forgotten.append(state)
    }
    return forgotten
  }

  /// A group's job has reached its target: the group is idle, while the state becomes durable.
  ///
  /// - Returns: what `finished` returns.
  mutating func released(_ job: Job, on group: GroupID, stateBytes: Int, _ retention: Retention) -> [StateKey]
  {
    let forgotten = finished(job, on: group, stateBytes: stateBytes, retention)
    begun.insert(job.id)
    saving[job.id] = (job, group)
    return forgotten
  }

  /// The state that a group was saving is durable, or will never be.
  ///
  /// - Returns: the job; nil when the group saves none for it.
  mutating func saved(_ job: JobID, on group: GroupID) -> Job? {
    guard saving[job]?.group == group else { return nil }
    begun.remove(job)
    return saving.removeValue(forKey: job)?.job
  }

  /// Gives a group no more jobs, while it keeps its states.
  mutating func setAside(_ group: GroupID) {
    guard groups[group] != nil else { return }
    aside.insert(group)
    idle.remove(group)
  }

  /// Gives a group jobs again.
  ///
  /// - Returns: false when it was not set aside.
  mutating func readmit(_ group: GroupID) -> Bool {
    guard aside.remove(group) != nil else { return false }
    if !busy.contains(group) { idle.insert(group) }
    return true
  }

  /// A group stopped before its job was done: the job waits again.
  mutating func stopped(_ group: GroupID) {
    guard let job = groups[group]?.job else { return }
    isDone(group)
    queue.insert(job)
  }

  private mutating func isDone(_ group: GroupID) {
    groups[group]!.job = nil
    busy.remove(group)
    if !aside.contains(group) { idle.insert(group) }
  }

  /// Takes a job out that waits again; nil when it does not.
  mutating func withdraw(_ job: JobID) -> Job? { queue.remove(job) }

  /// A group is gone. Its job, if it had one, is the caller's to enqueue again, and so are those whose states it was
  /// saving.
  mutating func lose(_ group: GroupID) -> (job: Job?, saving: [Job])? {
    guard let lost = groups.removeValue(forKey: group) else { return nil }
    idle.remove(group)
    busy.remove(group)
    aside.remove(group)
    let unsaved = saving.values.filter { $0.group == group }.map(\.job).sorted { $0.id < $1.id }
    for job in unsaved { saving[job.id] = nil }
    for (state, _) in lost.residents { holders[state] = nil }
    return (lost.job, unsaved)
  }

  /// Nothing needs these states in memory any more: who should forget which, by group.
  mutating func release(_ states: [StateKey]) -> [(group: GroupID, states: [StateKey])] {
    var released: [GroupID: [StateKey]] = [:]
    for state in states {
      guard let group = holders[state] else { continue }
      forget(state, on: group)
      released[group, default: []].append(state)
    }
    return released.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private mutating func forget(_ state: StateKey, on group: GroupID) {
    holders[state] = nil
    guard let index = groups[group]?.residents.firstIndex(where: { $0.state == state }) else { return }
    groups[group]!.residentBytes -= groups[group]!.residents[index].bytes
    groups[group]!.residents.remove(at: index)
  }
}
