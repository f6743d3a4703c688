public import MPI
public import Search

/// The groups of ranks of an MPI job, seen from rank 0, and the file system they share.
///
/// All traffic is point-to-point, and no send waits: a group that died takes nobody along. Liveness is judged
/// by the groups' own signs of life.
public struct MPICluster: Cluster, ~Copyable {
  private let layout: RankLayout
  private let options: ClusterOptions
  private let mailbox: Mailbox
  private let files: RunFiles
  private var groups: [GroupID: Group] = [:]
  private var populations: PopulationSaving
  private var events: [Event] = []
  private let clock = SessionClock()
  private var nextWord = Deadline.seconds(0)
  private var isShutDown = false

  private struct Group {
    var hosts: [String]
    var ranks: [Int]
    /// The group that was told to send this one a state, and the ticket, until the next report.
    var peer: (group: GroupID, ticket: Int)?
    var heartbeat: Heartbeat?
    var heard = ContinuousClock.now
    var isWarned = false
  }

  /// Makes the control communicator. Collective over all ranks, on rank 0; the others call `Worker.run`.
  public init(
    on world: borrowing Communicator, _ layout: RankLayout, _ options: ClusterOptions
  ) throws(TunerError) {
    guard let mailbox = try Mailbox(ifJoining: layout, .controller, world, options.worker) else {
      throw TunerError(
        .defect, subject: "rank 0", expected: "to join control", found: "that it does not",
        remedy: "Report this as a bug.")
    }
    self.layout = layout
    self.options = options
    self.mailbox = mailbox
    files = RunFiles(runDirectory: options.worker.runDirectory)
    populations = PopulationSaving(options.savePopulation)
  }

  public var now: Double { clock.now }

  /// The newest sign of life of each group, for a live line.
  public var heartbeats: [Heartbeat] {
    groups.sorted { $0.key < $1.key }.compactMap(\.value.heartbeat)
  }

  /// Groups that were given up. MPI then cannot be finalized, which needs all ranks: end with
  /// `MPIEnvironment.abort`.
  public private(set) var lostGroups: [GroupID] = []

  public mutating func nextEvents(within seconds: Double) throws(TunerError) -> [Event] {
    let deadline = Deadline.seconds(seconds)
    var backOff = BackOff.sleeping(upTo: 1000)
    while true {
      try receive()
      if let event = try populations.event() { events.append(event) }
      try mailbox.progress()
      if !events.isEmpty || deadline.hasPassed { break }
      backOff.pause()
    }
    try giveWord()
    try checkLiveness()
    defer { events = [] }
    return events
  }

  private mutating func receive() throws(TunerError) {
    while let (notice, _) = try mailbox.receive(Notice.self, Mailbox.Channel.notice) {
      switch notice {
      case .ready(let group):
        groups[group.id] = Group(hosts: group.hosts, ranks: group.ranks)
        events.append(.groupReady(group))
      case .reported(let report):
        guard hear(report.group) else { continue }
        groups[report.group]?.peer = nil
        events.append(.reported(report))
      case .stopped(let group):
        guard hear(group) else { continue }
        groups[group]?.peer = nil
        events.append(.groupStopped(group))
      case .saved(let group):
        if hear(group) { events.append(.midJobSaved(group)) }
      case .stateLost(let group, let state):
        guard hear(group) else { continue }
        groups[group]?.peer = nil
        events.append(.stateLost(group, state))
      case .alive(let heartbeat):
        guard hear(heartbeat.group) else { continue }
        groups[heartbeat.group]?.heartbeat = heartbeat
      case .broken(let group, let why): try lose(group, why)
      case .failed(_, let failure): throw failure.error
      }
    }
  }

  /// - Returns: false for a group that was given up.
  private mutating func hear(_ group: GroupID) -> Bool {
    guard groups[group] != nil else { return false }
    groups[group]!.heard = .now
    groups[group]!.isWarned = false
    return true
  }

  private mutating func lose(_ group: GroupID, _ why: String) throws(TunerError) {
    guard groups.removeValue(forKey: group) != nil else { return }
    for (id, other) in groups {
      if let peer = other.peer, peer.group == group { try send(.peerLost(ticket: peer.ticket), to: id) }
    }
    lostGroups.append(group)
    events.append(.groupLost(group, why: why))
  }

  /// When rank 0 ends with an error instead of `shutDown`: groups at work save, then all leave.
  deinit {
    guard !isShutDown else { return }
    do throws(TunerError) { try sendHome() } catch { options.warn("\(error)") }
  }

  /// Sends every group home, lost ones in case they live, and the spare ranks.
  private func sendHome() throws(TunerError) {
    for rank in 1..<mailbox.communicator.size {
      try mailbox.send(Instruction.leave, to: Rank(rank), Mailbox.Channel.instruction)
    }
    try mailbox.flush(within: options.worker.patience)
  }

  // MARK: Liveness

  /// Names groups that are silent for too long, and gives them up after a longer time.
  private mutating func checkLiveness() throws(TunerError) {
    for (id, group) in groups.sorted(by: { $0.key < $1.key }) {
      let silence = group.heard.secondsUntilNow
      if options.secondsUntilLost > 0, silence > options.secondsUntilLost {
        let words = silent(id, group, silence)
        options.warn(words + " It is given up; its job goes to another group.")
        try lose(id, words)
      } else if silence > options.secondsUntilWarning, !group.isWarned {
        options.warn(silent(id, group, silence))
        groups[id]!.isWarned = true
      }
    }
  }

  private func silent(_ id: GroupID, _ group: Group, _ seconds: Double) -> String {
    let beat = group.heartbeat
    let work = beat?.trial.map { " \($0), \(beat!.steps) steps into \(beat!.job!)" } ?? ""
    return "\(id) (rank \(group.ranks[0]) on \(group.hosts[0])) is silent for \(Int(seconds)) s; "
      + "it was \(beat?.phase.rawValue ?? "starting")\(work)."
  }

  /// A sign of life for the groups, well within their patience.
  private mutating func giveWord() throws(TunerError) {
    guard nextWord.hasPassed else { return }
    nextWord = .seconds(min(20, options.worker.secondsWithoutWord / 4))
    for id in groups.keys { try send(.wait, to: id) }
  }

  private func send(_ instruction: Instruction, to group: GroupID) throws(TunerError) {
    let rank = Rank(layout.controlRank(of: group))
    try mailbox.send(instruction, to: rank, Mailbox.Channel.instruction)
  }
}

// MARK: Commands

extension MPICluster {
  public mutating func assign(_ assignment: Assignment) throws(TunerError) {
    // Lost a moment ago: the controller learns it by the next event.
    guard groups[assignment.group] != nil else { return }
    groups[assignment.group]!.heard = .now
    guard case .peer(let peer, let state) = assignment.source else {
      return try send(.assign(assignment, peer: nil), to: assignment.group)
    }
    let holder = groups[peer] == nil ? nil : layout.controlRank(of: peer)
    try send(.assign(assignment, peer: holder), to: assignment.group)
    guard holder != nil else { return }
    let (receiver, ticket) = (layout.controlRank(of: assignment.group), assignment.job.id.rawValue)
    groups[assignment.group]!.peer = (peer, ticket)
    try send(.sendState(state.key, to: receiver, ticket: ticket), to: peer)
  }

  public mutating func release(_ states: [StateKey], on group: GroupID) throws(TunerError) {
    if groups[group] != nil { try send(.release(states), to: group) }
  }

  public mutating func stop(_ group: GroupID) throws(TunerError) {
    if groups[group] != nil { try send(.stop, to: group) }
  }

  public mutating func save(_ population: Population) throws(TunerError) { populations.start(population) }

  public mutating func deleteCheckpoint(_ path: String) throws(TunerError) { try files.delete(path) }

  public mutating func sweepCheckpoints(keeping: [String], unfinished: [Job]) throws(TunerError) {
    try files.sweep(keeping: keeping, unfinished: unfinished)
  }

  public mutating func shutDown() throws(TunerError) {
    isShutDown = true
    try sendHome()
  }
}
