public import MPI
public import Search

/// The ranks of an MPI job, seen from rank 0, and the file system they share.
///
/// All traffic is point-to-point, and no send waits: a rank that died takes nobody along. Liveness is judged
/// by the ranks' own signs of life (`Pulse`), which do not depend on what they do.
public struct MPICluster: Cluster, ~Copyable {
  private let options: ClusterOptions
  private let mailbox: Mailbox
  private let files: FileDeletion
  private var leases: LeaseBook
  private var liveness: Liveness
  private let board: PulseBoard
  private let node: NodeSigns
  private var populations: PopulationSaving
  private var events: [Event] = []
  private let clock = SessionClock()
  private var isShutDown = false

  /// Makes the communicators between rank 0 and the others. Collective over all ranks, on rank 0; the others
  /// call `Worker.run`.
  public init(
    on world: borrowing Communicator, _ layout: RankLayout, _ options: ClusterOptions
  ) throws(TunerError) {
    let lines = try ControlLines(joining: world, options.worker)
    let files = try FileDeletion(runDirectory: options.worker.runDirectory)
    self.options = options
    mailbox = lines.mailbox
    self.files = files
    leases = LeaseBook(layout, hosts: world.hosts, session: options.session)
    board = PulseBoard(ranks: world.size, nodes: lines.pulse.nodes)
    node = lines.pulse.node
    liveness = Liveness(board, hosts: world.hosts, options)
    populations = PopulationSaving(options.savePopulation)
    board.start(on: lines.pulse)
  }

  public var now: Double { clock.now }

  /// Whether something was given up. Then MPI cannot be finalized, which needs all ranks: end with
  /// `MPIEnvironment.abort`.
  public var isAnyRankLost: Bool { !lostGroups.isEmpty || liveness.isAnyRankLost }
  private var lostGroups: [GroupID] = []

  /// The processes on this host of ranks that were given up. Who only stands still is to be ended when the run is
  /// over: no launcher could end before.
  public var lostProcesses: [RankProcess] { node.processes(of: liveness.lost) }

  public mutating func nextEvents(within seconds: Double) throws(TunerError) -> [Event] {
    board.enter(.idle)
    defer { board.enter(.deciding) }
    let deadline = Deadline.seconds(seconds)
    var backOff = BackOff.sleeping(upTo: 1000)
    while true {
      try receive()
      events += leases.takeReady().map { .groupReady($0) }
      if let event = try populations.event() { events.append(event) }
      try mailbox.progress()
      for (rank, why) in try liveness.newlyLost(leases) { try lose(rank, because: why) }
      if !events.isEmpty || deadline.hasPassed { break }
      backOff.pause()
    }
    defer { events = [] }
    return events
  }

  private mutating func receive() throws(TunerError) {
    while let (notice, source) = try mailbox.receive(Notice.self, Mailbox.Channel.notice) {
      // Whoever was given up and speaks all the same is believed nothing.
      if liveness.isLost(source.rawValue) { continue }
      if case .failed(let error) = notice { throw error }
      switch leases.take(notice, from: source.rawValue) {
      case .event(let event): events.append(event)
      case .lost(let group, let why): try lose(group, because: why)
      case .nothing: continue
      }
    }
  }

  private mutating func lose(_ rank: Int, because why: String) throws(TunerError) {
    guard let group = leases.group(of: rank) else { return }
    try lose(group, because: why)
  }

  /// A group is gone: its ranks that live end their waits, and whoever waits for a state of it reads the
  /// checkpoint.
  private mutating func lose(_ group: GroupID, because why: String) throws(TunerError) {
    guard let lost = leases.lose(group) else { return }
    lostGroups.append(group)
    if let unannounced = lost.unannounced { events.append(.groupReady(unannounced)) }
    for attempt in lost.attempts { board.end(attempt, because: why, on: lost.ranks) }
    for (rank, ticket) in lost.waiting { try send(.senderLost(ticket: ticket), to: rank) }
    events.append(.groupLost(group, why: why))
  }

  /// When rank 0 ends with an error instead of `shutDown`: groups at work save, then all leave. Says afterwards who was
  /// lost meanwhile, which `deinit` cannot.
  public mutating func leave() {
    guard !isShutDown else { return }
    do throws(TunerError) { try sendHome() } catch { options.worker.warn("\(error)") }
  }

  deinit {
    guard !isShutDown else { return }
    var losses = Losses(leases: leases, liveness: liveness)
    do throws(TunerError) { try sendHome(&losses) } catch { options.worker.warn("\(error)") }
  }

  /// What changes while all leave.
  private struct Losses {
    var leases: LeaseBook
    var liveness: Liveness
    var groups: [GroupID] = []

    mutating func lose(_ group: GroupID) {
      if leases.lose(group) != nil { groups.append(group) }
    }
  }

  private mutating func sendHome() throws(TunerError) {
    isShutDown = true
    var losses = Losses(leases: leases, liveness: liveness)
    defer {
      (leases, liveness) = (losses.leases, losses.liveness)
      lostGroups += losses.groups
    }
    try sendHome(&losses)
  }

  /// Sends every rank home. Those given up are told as well, in case they live, and not waited for.
  private func sendHome(_ losses: inout Losses) throws(TunerError) {
    // Only when nobody is at work any more: until then rank 0's silence would mean that it is gone.
    defer { board.stop() }
    let (all, lost) = (1..<mailbox.communicator.size, liveness.lost.sorted())
    let leave = Instruction.leave(isWhole: !isAnyRankLost, lost: lost)
    for rank in all where !liveness.isLost(rank) { try send(leave, to: rank) }
    try mailbox.flush(within: isAnyRankLost ? Self.secondsToTakeLeave : options.worker.patience)
    for rank in lost { try send(leave, to: rank) }
    try mailbox.progress()
    try awaitDepartures(&losses)
  }

  /// For the last word to everybody, where somebody else may be lost unheard.
  private static var secondsToTakeLeave: Double { 10 }

  /// Waits for the groups that are left to save. Where a rank is lost, `MPI_Finalize` does not, for then the run ends
  /// without it; where none is, one may be lost yet.
  private func awaitDepartures(_ losses: inout Losses) throws(TunerError) {
    var departed: Set<Int> = []
    let deadline = Deadline.seconds(Self.secondsToSave)
    var backOff = BackOff.sleeping(upTo: 1000)
    while !departed.isSuperset(of: losses.leases.ranks), !deadline.hasPassed {
      while let (notice, source) = try mailbox.receive(Notice.self, Mailbox.Channel.notice) {
        if case .left = notice {
          departed.insert(source.rawValue)
          losses.liveness.departed(source.rawValue)
        }
        if case .lost(let group, _) = losses.leases.take(notice, from: source.rawValue) { losses.lose(group) }
      }
      for (rank, _) in try losses.liveness.newlyLost(losses.leases) {
        if let group = losses.leases.group(of: rank) { losses.lose(group) }
      }
      try mailbox.progress()
      backOff.pause()
    }
  }

  /// As long as the ranks wait for each other at MPI's end.
  private static var secondsToSave: Double { 300 }

  private func send(_ instruction: Instruction, to rank: Int) throws(TunerError) {
    try mailbox.send(instruction, to: Rank(rank), Mailbox.Channel.instruction)
  }
}

// MARK: Commands

extension MPICluster {
  public mutating func assign(_ assignment: Assignment) throws(TunerError) {
    // Lost a moment ago: the controller learns it by the next event.
    guard let lease = leases.lease(assignment) else { return }
    for rank in lease.ranks { try send(.work(lease), to: rank) }
    if let sender = lease.sender, case .peer(_, let state) = assignment.source {
      try send(.sendState(state.key, to: lease.ranks[0], ticket: lease.attempt.number), to: sender)
    }
  }

  public mutating func release(_ states: [StateKey], on group: GroupID) throws(TunerError) {
    if let root = leases.root(of: group) { try send(.release(states), to: root) }
  }

  public mutating func stop(_ group: GroupID) throws(TunerError) {
    if let root = leases.root(of: group) { try send(.stop, to: root) }
  }

  public mutating func save(_ population: Population) throws(TunerError) { populations.start(population) }

  public mutating func deleteCheckpoint(_ path: String) throws(TunerError) { try files.delete(path) }

  public mutating func sweepCheckpoints(keeping: [String], unfinished: [Job]) throws(TunerError) {
    try files.sweep(keeping: keeping, unfinished: unfinished)
  }

  public mutating func shutDown() throws(TunerError) {
    try sendHome()
    try files.wait()
  }
}
