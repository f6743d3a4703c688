public import MPI
import Search
public import Training

/// What every rank but the controller does, from the start of a run to its end.
public enum Worker {
  /// Joins the control and group communicators, works until rank 0 ends the run. Collective over all ranks
  /// but rank 0, which makes an `MPICluster` meanwhile.
  ///
  /// - Parameters:
  ///   - make: makes a trainer on each rank of a group, from a job and the group's communicator.
  /// - Throws: `TunerError` when this rank can't go on. The controller has been told, if it could be.
  public static func run<T: Trainee & ~Copyable>(
    on world: borrowing Communicator, _ layout: RankLayout, _ options: WorkerOptions,
    making make: @escaping MakeTrainee<T>
  ) throws(TunerError) {
    let rank = world.rank.rawValue
    let role = layout.role(of: rank)
    let control = try Mailbox(ifJoining: layout, role, world, options)
    switch role {
    case .controller:
      throw TunerError(
        .defect, subject: "rank 0", expected: "the controller", found: "a worker",
        remedy: "Report this as a bug.")
    case .spare: try linger { () throws(TunerError) in try control!.hearsLeave() }
    case .member(let id):
      let group = try joinGroup(id, layout, world, options)
      let orders = try ownMailbox(of: group)
      do throws(TunerError) {
        try GroupMember(group: group, orders: orders, options: options, make: make).run()
      } catch {
        // The root tells rank 0, or rank 0 misses it.
        try linger { () throws(TunerError) in try orders.hearsOrderToLeave() }
        throw error
      }
    case .root(let id):
      let group = try joinGroup(id, layout, world, options)
      let orders = try ownMailbox(of: group)
      let root = GroupRoot(control!, id, options)
      let hosts = layout.ranks(of: id).map { world.hosts[$0] }
      try root.send(.ready(WorkerGroup(id: id, ranks: layout.ranks(of: id), hosts: hosts)))
      try lead(root, group, orders, make)
    }
  }

  /// Leads a group; whatever ends it too early is told to rank 0.
  private static func lead<T: Trainee & ~Copyable>(
    _ root: GroupRoot, _ group: TrialGroup, _ orders: Mailbox, _ make: @escaping MakeTrainee<T>
  ) throws(TunerError) {
    do throws(TunerError) {
      let files = try JobFiles(root.options)
      try GroupWork(
        root: root, group: group, orders: orders, files: files, search: StateSearch(root, files), make: make
      ).run()
    } catch {
      if root.isControllerSilent { throw error }
      let isBroken = !group.communicator.isIntact
      try root.send(isBroken ? .broken(group.id, why: "\(error)") : .failed(group.id, Notice.Failure(error)))
      try linger { () throws(TunerError) in
        try root.mailbox.progress()
        // What failed may be the last save, after the end was heard.
        if root.isLeaving { return true }
        return try root.mailbox.hearsLeave()
      }
      try orders.sendToMembers(of: group, .leave)
      throw error
    }
    try root.mailbox.flush(within: root.options.patience)
    try orders.flush(within: root.options.patience)
  }

  /// Stays until rank 0 ends the run: a rank that left too early would make the launcher end it for all.
  private static func linger(until isOver: () throws(TunerError) -> Bool) throws(TunerError) {
    let deadline = Deadline.seconds(longestRun)
    var backOff = BackOff.sleeping(upTo: 20_000)
    while try !isOver(), !deadline.hasPassed { backOff.pause() }
  }

  private static func joinGroup(
    _ id: GroupID, _ layout: RankLayout, _ world: borrowing Communicator, _ options: WorkerOptions
  ) throws(TunerError) -> TrialGroup {
    do throws(MPIError) {
      var communicator = try world.makeGroup(
        of: layout.ranks(of: id).map { Rank($0) }, tag: Tag(1 + id.rawValue % 16_000), named: "\(id)")
      communicator.patience = options.patience
      communicator.leaveToFinalize()
      // The controller sleeps nearly always: it needs no core.
      let host = world.hosts[world.rank.rawValue]
      let workers = world.hosts.indices.count {
        world.hosts[$0] == host && layout.role(of: $0) != .controller
      }
      communicator.hasOwnCores = workers <= coresOnHost()
      return TrialGroup(id, communicator)
    } catch {
      throw TunerError(error, "making \(id)")
    }
  }

  private static func ownMailbox(of group: TrialGroup) throws(TunerError) -> Mailbox {
    do throws(MPIError) {
      var communicator = try group.communicator.duplicate(named: "the orders of \(group.id)")
      communicator.leaveToFinalize()
      return Mailbox(communicator)
    } catch {
      throw TunerError(error, "making \(group.id)")
    }
  }

  /// No cluster grants a longer walltime: 30 days, in seconds.
  static var longestRun: Double { 30 * 86_400 }
}

extension Mailbox {
  /// The `control` communicator, on the ranks that belong to it. Collective over them.
  convenience init?(
    ifJoining layout: RankLayout, _ role: RankLayout.Role, _ world: borrowing Communicator,
    _ options: WorkerOptions
  ) throws(TunerError) {
    if case .member = role { return nil }
    do throws(MPIError) {
      var communicator = try world.makeGroup(
        of: layout.controlRanks.map { Rank($0) }, tag: Tag(0), named: "control")
      communicator.patience = options.patience
      communicator.leaveToFinalize()
      self.init(communicator)
    } catch {
      throw TunerError(error, "joining the controller")
    }
  }

  /// Whether rank 0 has ended the run; other instructions are for nobody any more.
  func hearsLeave() throws(TunerError) -> Bool {
    while let (instruction, _) = try receive(Instruction.self, from: .root, Channel.instruction) {
      if instruction == .leave { return true }
    }
    return false
  }

  /// Tells all ranks of a group but its root.
  func sendToMembers(of group: TrialGroup, _ order: GroupOrder) throws(TunerError) {
    for member in group.communicator.ranks where member != .root {
      try send(order, to: member, Channel.order)
    }
    try progress()
  }

  func hearsOrderToLeave() throws(TunerError) -> Bool {
    while let (order, _) = try receive(GroupOrder.self, from: .root, Channel.order) {
      if order == .leave { return true }
    }
    return false
  }

  /// Waits until every message is on its way.
  func flush(within seconds: Double) throws(TunerError) {
    let deadline = Deadline.seconds(seconds)
    var backOff = BackOff()
    while !isEverythingSent, !deadline.hasPassed {
      try progress()
      backOff.pause()
    }
  }
}
