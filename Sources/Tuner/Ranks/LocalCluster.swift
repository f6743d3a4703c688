public import MPI
public import Search
public import Training

/// The controller and one worker in the same process, for a program that was started without mpirun. There
/// are no threads: waiting for events is when the job trains, for the time of the wait.
public struct LocalCluster<T: Trainee & ~Copyable>: Cluster, ~Copyable {
  private let group: TrialGroup
  private let options: ClusterOptions
  private let keeper: TraineeKeeper<T>
  private let files: FileDeletion
  private let clock = SessionClock()
  private let populations: PopulationSaving
  private let host: LocalHost
  private var leases: LeaseBook
  private var current: (lease: Lease, start: ContinuousClock.Instant)?
  private var execution: JobExecution<T>?
  private var events: [Event] = []

  /// - Parameter ranks: the communicator of the only rank.
  public init(
    on ranks: borrowing Communicator, _ options: ClusterOptions, making make: @escaping MakeTrainee<T>,
    renewing renew: @escaping RenewTrainee<T> = { _, _ in false }
  ) throws(TunerError) {
    let id = GroupID(0)
    let jobFiles = try JobFiles(options.worker)
    let files = try FileDeletion(runDirectory: options.worker.runDirectory)
    let layout = try RankLayout(worldSize: 1, ranksPerTrial: 1)
    do throws(MPIError) {
      group = TrialGroup(id, ranks: [0], try ranks.duplicate(named: "\(id)"))
    } catch {
      throw TunerError(error, "making \(id)")
    }
    self.options = options
    keeper = TraineeKeeper(making: make, renewing: renew)
    self.files = files
    populations = PopulationSaving(options.savePopulation)
    host = LocalHost(jobFiles)
    leases = LeaseBook(layout, hosts: ranks.hosts, session: options.session)
    take(.here)
    events += leases.takeReady().map { .groupReady($0) }
  }

  /// Whatever ended the run, what is being written is still written.
  deinit { host.files.finishWriting(within: options.worker.patience) }

  public var now: Double { clock.now }

  public mutating func nextEvents(within seconds: Double) throws(TunerError) -> [Event] {
    let deadline = Deadline.seconds(seconds)
    var backOff = BackOff.sleeping(upTo: 1000)
    while true {
      if let event = try populations.event() { events.append(event) }
      for notice in try host.takeNotices() { take(notice) }
      if !events.isEmpty || deadline.hasPassed { break }
      if execution == nil { backOff.pause() } else { try work(until: deadline) }
    }
    defer { events = [] }
    return events
  }

  private mutating func take(_ notice: Notice) {
    if case .event(let event) = leases.take(notice, from: 0) { events.append(event) }
  }

  /// Works on the job for a while.
  private mutating func work(until deadline: Deadline) throws(TunerError) {
    guard let (lease, start) = current else { return }
    host.pauseTime = deadline
    guard let ending = execution!.advance() else { return }
    execution = nil
    current = nil
    host.end()
    for notice in try ending.notices(of: lease, since: start, on: host) { take(notice) }
  }
}

// MARK: Commands

extension LocalCluster where T: ~Copyable {
  public mutating func assign(_ assignment: Assignment) throws(TunerError) {
    guard let lease = leases.lease(assignment) else { return }
    host.begin(lease)
    current = (lease, .now)
    execution = JobExecution(lease, on: group, of: host, options.worker, by: keeper)
  }

  public mutating func release(_ states: [StateKey], on group: GroupID) throws(TunerError) {
    host.release(states)
  }

  public mutating func stop(_ group: GroupID) throws(TunerError) { host.isStopRequested = true }

  public mutating func save(_ population: Population) throws(TunerError) { populations.start(population) }

  public mutating func deleteCheckpoint(_ path: String) throws(TunerError) { try files.delete(path) }

  public mutating func sweepCheckpoints(keeping: [String], unfinished: [Job]) throws(TunerError) {
    try files.sweep(keeping: keeping, unfinished: unfinished)
  }

  public mutating func shutDown() throws(TunerError) {
    execution = nil
    current = nil
    try files.wait()
  }
}
