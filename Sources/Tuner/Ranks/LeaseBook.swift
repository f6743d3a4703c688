import Search

/// Which ranks make which group, and what each of them was given to do: rank 0's book. Reports are taken by the number
/// of their attempt; what belongs to none that is open is of a rank back from the dead, and is nothing.
struct LeaseBook {
  private struct Group {
    var ranks: [Int]
    /// At work; nil when the group is idle.
    var lease: Lease?
    /// Released, with reports to come.
    var saving: Set<Int> = []
  }

  private let hosts: [String]
  private let session: Int
  private var groups: [GroupID: Group] = [:]
  private var groupOfRank: [Int: GroupID] = [:]
  /// Ranks that have not come yet, of groups that are not ready.
  private var awaited: [GroupID: Set<Int>] = [:]
  /// Attempts whose reports are to come.
  private var open: [Int: (job: JobID, group: GroupID)] = [:]
  private var given: Set<JobID> = []
  private var count = 0

  /// Groups of equal size, as the layout says; any other lists of ranks would do.
  init(_ layout: RankLayout, hosts: [String], session: Int) {
    self.hosts = hosts
    self.session = session
    for number in 0..<layout.groupCount {
      let group = GroupID(number)
      let ranks = layout.ranks(of: group)
      awaited[group] = Set(ranks)
      groups[group] = Group(ranks: ranks)
      for rank in ranks { groupOfRank[rank] = group }
    }
  }

  /// The group that a rank works in; nil for one that is in none.
  func group(of rank: Int) -> GroupID? { groupOfRank[rank] }

  func root(of group: GroupID) -> Int? { groups[group]?.ranks[0] }

  /// Makes a lease; nil when the group is gone.
  mutating func lease(_ assignment: Assignment) -> Lease? {
    guard let group = groups[assignment.group] else { return nil }
    let attempt = Attempt(
      session: session, number: count, isRepeated: !given.insert(assignment.job.id).inserted)
    count += 1
    let sender: Int? = if case .peer(let peer, _) = assignment.source { root(of: peer) } else { nil }
    let lease = Lease(attempt: attempt, ranks: group.ranks, assignment: assignment, sender: sender)
    groups[assignment.group]!.lease = lease
    open[attempt.number] = (assignment.job.id, assignment.group)
    return lease
  }

  /// What a notice means.
  enum Meaning {
    case event(Event)
    /// The ranks of a group do not meet any more.
    case lost(GroupID, why: String)
    case nothing
  }

  mutating func take(_ notice: Notice, from rank: Int) -> Meaning {
    switch notice {
    case .here:
      guard let group = arrived(rank) else { return .nothing }
      return .event(.groupReady(group))
    case .released(let number, let stateBytes, let seconds):
      guard let (job, group) = open[number], groups[group]?.lease?.attempt.number == number else {
        return .nothing
      }
      groups[group]!.lease = nil
      groups[group]!.saving.insert(number)
      return .event(.released(group, job, stateBytes: stateBytes, seconds: seconds))
    case .saved(let number):
      guard let (_, group) = open[number] else { return .nothing }
      return .event(.midJobSaved(group))
    case .faulted(let number, let fault) where fault.cause == .peer:
      guard let (_, group) = open[number] else { return .nothing }
      return .lost(group, why: fault.error.description)
    case .reported(let number, let report):
      guard close(number) != nil else { return .nothing }
      return .event(.reported(report))
    case .stopped(let number):
      guard let (_, group) = close(number) else { return .nothing }
      return .event(.groupStopped(group))
    case .stateLost(let number, let state):
      guard let (_, group) = close(number) else { return .nothing }
      return .event(.stateLost(group, state))
    case .faulted(let number, let fault):
      guard let (job, group) = close(number) else { return .nothing }
      return .event(.faulted(group, job, fault))
    case .failed: return .nothing
    }
  }

  /// - Returns: the rank's group when it was the last one that was missing.
  private mutating func arrived(_ rank: Int) -> WorkerGroup? {
    guard let id = groupOfRank[rank], awaited[id]?.remove(rank) != nil, awaited[id]?.isEmpty == true,
      let group = groups[id]
    else { return nil }
    awaited[id] = nil
    return WorkerGroup(id: id, ranks: group.ranks, hosts: group.ranks.map { hosts[$0] })
  }

  /// Nothing more is to come of this attempt.
  private mutating func close(_ number: Int) -> (job: JobID, group: GroupID)? {
    guard let closed = open.removeValue(forKey: number) else { return nil }
    if groups[closed.group]?.lease?.attempt.number == number { groups[closed.group]!.lease = nil }
    groups[closed.group]?.saving.remove(number)
    return closed
  }

  /// A group is gone, and its attempts with it.
  ///
  /// - Returns: its ranks, those attempts, and who waits for a state of it, by root and ticket; nil when it was gone
  ///   before.
  mutating func lose(_ id: GroupID) -> (ranks: [Int], attempts: [Int], waiting: [(rank: Int, ticket: Int)])? {
    guard let lost = groups.removeValue(forKey: id) else { return nil }
    awaited[id] = nil
    for rank in lost.ranks { groupOfRank[rank] = nil }
    let attempts = (lost.lease.map { [$0.attempt.number] } ?? []) + lost.saving.sorted()
    for attempt in attempts { open[attempt] = nil }
    let waiting = groups.values.compactMap { group -> (rank: Int, ticket: Int)? in
      guard let lease = group.lease, let sender = lease.sender, lost.ranks.contains(sender) else {
        return nil
      }
      return (group.ranks[0], lease.attempt.number)
    }
    return (lost.ranks, attempts, waiting)
  }
}
