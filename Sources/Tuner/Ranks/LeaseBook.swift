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
  /// Ranks that have not come yet.
  private var awaited: Set<Int> = []
  /// Whether the controller knows the groups: it hears of all of them at once, so that none is taken for the last one
  /// because it came first.
  private var isAnnounced = false
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
      awaited.formUnion(ranks)
      groups[group] = Group(ranks: ranks)
      for rank in ranks { groupOfRank[rank] = group }
    }
  }

  /// The group that a rank works in; nil for one that is in none.
  func group(of rank: Int) -> GroupID? { groupOfRank[rank] }

  /// The ranks of a rank's group, the root first; itself alone where it is in none.
  func groupMates(of rank: Int) -> [Int] { groupOfRank[rank].flatMap { groups[$0]?.ranks } ?? [rank] }

  func root(of group: GroupID) -> Int? { groups[group]?.ranks[0] }

  /// All that are in a group.
  var ranks: [Int] { groupOfRank.keys.sorted() }

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

  /// What a lost group leaves.
  struct Loss {
    var ranks: [Int]
    var attempts: [Int]
    /// Who waits for a state of it, by root and ticket.
    var waiting: [(rank: Int, ticket: Int)]
    /// The group itself, where the controller has not heard of it yet.
    var unannounced: WorkerGroup?
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
      awaited.remove(rank)
      return .nothing
    case .released(let number, let stateBytes, let seconds):
      guard let (job, group) = open[number], groups[group]?.lease?.attempt.number == number else {
        return .nothing
      }
      groups[group]!.lease = nil
      groups[group]!.saving.insert(number)
      return .event(.released(group, job, stateBytes: stateBytes, seconds: seconds))
    case .saved(let number):
      guard let (job, group) = open[number] else { return .nothing }
      return .event(.midJobSaved(group, job))
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
    case .failed, .left: return .nothing
    }
  }

  /// The groups, once, when all of their ranks have come or are lost.
  mutating func takeReady() -> [WorkerGroup] {
    guard !isAnnounced, awaited.isEmpty else { return [] }
    isAnnounced = true
    return groups.keys.sorted().map(workerGroup)
  }

  private func workerGroup(_ id: GroupID) -> WorkerGroup {
    let ranks = groups[id]?.ranks ?? []
    return WorkerGroup(id: id, ranks: ranks, hosts: ranks.map { hosts[$0] })
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
  /// - Returns: nil when it was gone before.
  mutating func lose(_ id: GroupID) -> Loss? {
    let unannounced = isAnnounced ? nil : workerGroup(id)
    guard let lost = groups.removeValue(forKey: id) else { return nil }
    for rank in lost.ranks {
      groupOfRank[rank] = nil
      awaited.remove(rank)
    }
    let attempts = (lost.lease.map { [$0.attempt.number] } ?? []) + lost.saving.sorted()
    for attempt in attempts { open[attempt] = nil }
    let waiting = groups.values.compactMap { group -> (rank: Int, ticket: Int)? in
      guard let lease = group.lease, let sender = lease.sender, lost.ranks.contains(sender) else {
        return nil
      }
      return (group.ranks[0], lease.attempt.number)
    }
    return Loss(ranks: lost.ranks, attempts: attempts, waiting: waiting, unannounced: unannounced)
  }
}
