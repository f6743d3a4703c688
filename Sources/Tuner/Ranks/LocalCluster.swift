public import MPI
public import Search
public import Training

/// The controller and one worker in the same process, for a program that was started without mpirun. There
/// are no threads: waiting for events is when the job trains, for the time of the wait.
public struct LocalCluster<T: Trainee & ~Copyable>: Cluster, ~Copyable {
  private let group: TrialGroup
  private let options: ClusterOptions
  private let make: MakeTrainee<T>
  private let jobFiles: JobFiles
  private let files: RunFiles
  private let clock = SessionClock()
  private let populations: PopulationSaving
  private var residents: [StateKey: Snapshot] = [:]
  private var events: [Event]
  private var current: Current?
  private var runner: JobRunner<T>?

  /// The job at work.
  private struct Current {
    var job: Job
    var start = ContinuousClock.now
    var clock: CheckpointClock
    var isStopRequested = false
    var midJob: Saving?
    /// The report that waits for its checkpoint to be durable, or the answer to a stop.
    var ending: (saving: Saving, event: Event)?
  }

  /// - Parameter ranks: the communicator of the only rank.
  public init(
    on ranks: borrowing Communicator, _ options: ClusterOptions, making make: @escaping MakeTrainee<T>
  ) throws(TunerError) {
    let id = GroupID(0)
    let jobFiles = try JobFiles(options.worker)
    do throws(MPIError) {
      group = TrialGroup(id, try ranks.duplicate(named: "\(id)"))
    } catch {
      throw TunerError(error, "making \(id)")
    }
    self.options = options
    self.make = make
    self.jobFiles = jobFiles
    files = RunFiles(runDirectory: options.worker.runDirectory)
    populations = PopulationSaving(options.savePopulation)
    events = [.groupReady(WorkerGroup(id: id, ranks: [0], hosts: ranks.hosts))]
  }

  public var now: Double { clock.now }

  /// The job's sign of life, for a live line.
  public var heartbeats: [Heartbeat] {
    [
      Heartbeat(
        group: group.id, job: current?.job.id, trial: current?.job.trial,
        phase: current == nil ? .idle : .training,
        steps: 0)
    ]
  }

  public mutating func nextEvents(within seconds: Double) throws(TunerError) -> [Event] {
    let deadline = Deadline.seconds(seconds)
    var backOff = BackOff.sleeping(upTo: 1000)
    while true {
      if let event = try populations.event() { events.append(event) }
      if !events.isEmpty { break }
      let isWaiting = try work(until: deadline)
      if !events.isEmpty || deadline.hasPassed { break }
      if isWaiting { backOff.pause() }
    }
    defer { events = [] }
    return events
  }

  /// Works on the job for a while.
  ///
  /// - Returns: true when there is nothing to do but to wait.
  private mutating func work(until deadline: Deadline) throws(TunerError) -> Bool {
    guard let current else { return true }
    if let (saving, event) = current.ending {
      guard try saving.isDurable() else { return true }
      if case .reported = event { try jobFiles.deleteUnfinished(of: current.job) }
      events.append(event)
      self.current = nil
      return false
    }
    do throws(JobFailure) {
      try train(until: deadline)
    } catch {
      try end(error)
    }
    return false
  }

  private mutating func train(until deadline: Deadline) throws(JobFailure) {
    guard runner != nil, let current else { return }
    let isReached = try runner!.advance {
      deadline.hasPassed || current.isStopRequested || current.clock.isDue
    }
    if isReached {
      try finish()
    } else if current.isStopRequested {
      let saving = try saveMidJob()
      self.current!.ending = (saving, .groupStopped(group.id))
      runner = nil
    } else if current.clock.isDue {
      try noteMidJobSave()
      self.current!.midJob = try saveMidJob()
      self.current!.clock.restart()
    }
  }

  /// The state before the one that is due now is durable, as a rule.
  private mutating func noteMidJobSave() throws(JobFailure) {
    guard let saving = current!.midJob else { return }
    let isDurable = try run { () throws(TunerError) in try saving.isDurable() }
    if isDurable { events.append(.midJobSaved(group.id)) }
  }

  /// Starts to write the state on the way, after the one before it: the newer must not be overtaken.
  private mutating func saveMidJob() throws(JobFailure) -> Saving {
    let job = current!.job
    let snapshot = try snapshot()
    return try run { () throws(TunerError) in
      try jobFiles.startWriting(
        snapshot, of: job, [], isComplete: false, to: CheckpointPaths.unfinished(of: job))
    }
  }

  private mutating func finish() throws(JobFailure) {
    let (job, start) = (current!.job, current!.start)
    let measurement = try runner!.measure()
    let effective = try runner!.effectiveConfiguration()
    let snapshot = try snapshot()
    runner = nil
    let path = CheckpointPaths.reached(by: job, step: snapshot.progress.step)
    let saving = try run { () throws(TunerError) in
      try jobFiles.startWriting(snapshot, of: job, [measurement], isComplete: true, to: path)
    }
    residents[job.reachedState] = snapshot
    let report = JobReport(
      reaching: snapshot, by: job, on: group.id, measurement, effective, at: path, since: start)
    current!.ending = (saving, .reported(report))
  }

  private mutating func snapshot() throws(JobFailure) -> Snapshot {
    guard let snapshot = try runner!.snapshot() else {
      throw .run(
        TunerError(
          .defect, subject: "\(current!.job.id)", expected: "a snapshot on the group's root", found: "none",
          remedy: "Report this as a bug of the model."))
    }
    return snapshot
  }

  /// Reports a job that failed.
  private mutating func end(_ failure: JobFailure) throws(TunerError) {
    let (job, start) = (current!.job, current!.start)
    runner = nil
    current = nil
    switch failure {
    case .run(let error): throw error
    case .trial(let reason), .state(let reason):
      try jobFiles.deleteUnfinished(of: job)
      events.append(.reported(JobReport(failureOf: job, on: group.id, because: reason, since: start)))
    }
  }

  private func run<Result>(_ body: () throws(TunerError) -> Result) throws(JobFailure) -> Result {
    do throws(TunerError) { return try body() } catch { throw .run(error) }
  }
}

// MARK: Commands

extension LocalCluster where T: ~Copyable {
  public mutating func assign(_ assignment: Assignment) throws(TunerError) {
    let job = assignment.job
    current = Current(
      job: job, clock: CheckpointClock(interval: options.worker.secondsBetweenMidJobCheckpoints))
    let origin: JobStart
    switch try start(of: assignment) {
    case .found(let start): origin = start
    case .lost(let state):
      current = nil
      return events.append(.stateLost(group.id, state))
    }
    do throws(JobFailure) {
      runner = try JobRunner(
        job, length: options.worker.trainingLength,
        isRestored: origin.state != nil, from: origin.state, on: group, making: make)
      if let (measurement, path) = origin.reached, let state = origin.state {
        try report(state, measurement, at: path)
      }
    } catch .state(let reason) {
      let lost = try jobFiles.discard(origin, because: reason)
      current = nil
      events.append(lost.map { .stateLost(group.id, $0) } ?? .groupStopped(group.id))
    } catch {
      try end(error)
    }
  }

  private func start(of assignment: Assignment) throws(TunerError) -> JobOrigin {
    if assignment.mayHaveMidJobCheckpoint, let found = try jobFiles.found(of: assignment.job) {
      return .found(found)
    }
    switch assignment.source {
    case .fresh: return .found(.fresh)
    case .resident(let state), .peer(_, let state), .checkpoint(let state):
      if let snapshot = residents[state.key] { return .found(JobStart(snapshot, of: state)) }
      return try jobFiles.read(state)
    }
  }

  /// Reports a job whose target was reached in an earlier session.
  private mutating func report(
    _ state: Snapshot, _ measurement: Training.Measurement, at path: String
  ) throws(JobFailure) {
    let (job, start) = (current!.job, current!.start)
    let effective = try runner!.effectiveConfiguration()
    residents[job.reachedState] = state
    events.append(
      .reported(
        JobReport(reaching: state, by: job, on: group.id, measurement, effective, at: path, since: start)))
    runner = nil
    current = nil
  }

  public mutating func release(_ states: [StateKey], on group: GroupID) throws(TunerError) {
    for state in states { residents[state] = nil }
  }

  public mutating func stop(_ group: GroupID) throws(TunerError) { current?.isStopRequested = true }

  public mutating func save(_ population: Population) throws(TunerError) { populations.start(population) }

  public mutating func deleteCheckpoint(_ path: String) throws(TunerError) { try files.delete(path) }

  public mutating func sweepCheckpoints(keeping: [String], unfinished: [Job]) throws(TunerError) {
    try files.sweep(keeping: keeping, unfinished: unfinished)
  }

  public mutating func shutDown() throws(TunerError) {
    runner = nil
    current = nil
  }
}
