import MPI
import Search
import Training

/// One attempt at a job: the same code on the group's root, on its other ranks, and where a program is alone. What
/// only the root does, it does here between two collective steps, which all ranks take in this order.
struct JobExecution<T: Trainee & ~Copyable>: ~Copyable {
  private let lease: Lease
  private let group: TrialGroup
  private let host: any ExecutionHost
  private let length: Int?
  private let keeper: TraineeKeeper<T>
  private let start = ContinuousClock.now
  private var runner: JobRunner<T>?
  private var clock: CheckpointClock
  /// States on the way that this attempt or one before it has left.
  private var unfinished: [String] = []
  /// The newest of this attempt.
  private var saving: Saving?

  private var job: Job { lease.job }

  init(
    _ lease: Lease, on group: TrialGroup, of host: any ExecutionHost, _ options: WorkerOptions,
    by keeper: TraineeKeeper<T>
  ) {
    self.lease = lease
    self.group = group
    self.host = host
    self.keeper = keeper
    length = options.trainingLength
    clock = CheckpointClock(interval: options.secondsBetweenMidJobCheckpoints)
  }

  /// Works until the attempt ends, or until the host of a program that is alone wants to do something else. Collective
  /// over the group.
  ///
  /// - Returns: nil when it was only paused.
  mutating func advance() -> Ending? {
    do throws(JobFailure) {
      if runner == nil, let ending = try begin() { return ending }
      switch try train() {
      case .paused: return nil
      case .stopped:
        keepTrainee()
        return .stopped
      case .reached:
        let reached = try finish()
        keepTrainee()
        return .reached(reached)
      }
    } catch {
      // What an error leaves of a trainer is not used again; nor are its communicators, when ranks do not meet.
      abandonRunner(for: error)
      switch error {
      case .trial(let reason): return .trial(reason: reason, unfinished: unfinished)
      case .state(let reason): return discard(because: reason)
      case .fault(let fault): return .fault(fault)
      }
    }
  }

  private mutating func abandonRunner(for failure: JobFailure) {
    guard let runner = runner.take() else { return }
    guard case .fault(let fault) = failure, fault.cause == .peer else { return }
    group.cancellation.cancel(because: fault.error.description)
    leak(runner.end())
  }

  private mutating func keepTrainee() {
    guard let runner = runner.take() else { return }
    keeper.keep(runner.end(), of: group)
  }

  // MARK: The beginning

  /// Where the job starts; known on the root.
  private var origin = JobStart.fresh

  /// What the root tells the others of it.
  private enum Opening: Codable {
    case go(isRestored: Bool, isReached: Bool, isRenewed: Bool)
    case lost
  }

  /// - Returns: an ending where nothing need be trained, or nothing can be.
  private mutating func begin() throws(JobFailure) -> Ending? {
    let found = try fetchOrigin()
    // The root alone may have dropped its trainer, for a fault that was its own.
    let isAnyKept = keeper.hasLiving(of: group)
    let opening = try group.share(found.map { Self.opening($0, isAnyKept) })
    guard case .go(let isRestored, let isReached, let isRenewed) = opening else {
      if case .lost(let state) = found { return .lost(state) }
      return .lost(nil)
    }
    if case .found(let start) = found { origin = start }
    host.enter(.starting)
    runner = try JobRunner(
      job, length: length, isRestored: isRestored, isRenewed: isRenewed, from: origin.state, on: group,
      by: keeper)
    guard isReached else {
      origin.state = nil
      host.enter(.training)
      return nil
    }
    let effective = try runner!.effectiveConfiguration()
    guard let state = origin.state, let (measurement, path) = origin.reached else { return .reached(nil) }
    host.keep(state, as: job.reachedState)
    let report = JobReport(
      reaching: state, by: job, on: group.id, measurement, effective, at: path, since: start)
    return .reached(Reached(report: report, saving: nil, unfinished: unfinished))
  }

  /// On the root; nil on the others.
  private mutating func fetchOrigin() throws(JobFailure) -> JobOrigin? {
    guard group.isRoot else {
      try group.agree(nil)
      return nil
    }
    host.enter(.fetching)
    let found: JobOrigin
    do throws(TunerError) {
      try host.lead()
      if lease.assignment.mayHaveMidJobCheckpoint { unfinished = host.files.unfinished(of: job) }
      found = try host.origin(of: lease)
    } catch {
      let failure = JobFailure.fault(.storage(error))
      try group.agree(failure)
      throw failure
    }
    try group.agree(nil)
    return found
  }

  private static func opening(_ origin: JobOrigin, _ isAnyKept: Bool) -> Opening {
    guard case .found(let start) = origin else { return .lost }
    return .go(
      isRestored: start.state != nil, isReached: start.reached != nil,
      isRenewed: start.state != nil && isAnyKept)
  }

  /// The state was not one of this trainer.
  private func discard(because reason: String) -> Ending {
    guard group.isRoot else { return .stopped }
    if origin.isCopy { return .trial(reason: reason, unfinished: unfinished) }
    do throws(TunerError) {
      return try host.files.discard(origin, because: reason).map { .lost($0) } ?? .stopped
    } catch {
      return .fault(.storage(error))
    }
  }

  // MARK: Training

  private enum Pause { case reached, stopped, paused }

  /// Trains to the target, with mid-job checkpoints on the way.
  private mutating func train() throws(JobFailure) -> Pause {
    let host = host
    while true {
      let (clock, saving) = (clock, saving)
      // The disk may be slower than the clock: then one state is left out, and none waits in memory.
      func isCheckpointDue() -> Bool { clock.isDue && saving?.isUnderWay != true }
      let isReached = try runner!.advance {
        host.stepIsDone()
        return host.mustStop || host.isPaused || host.failure != nil || isCheckpointDue()
      } meanwhile: {
        do throws(TunerError) { try host.serve() } catch { host.fail(Fault(.defect, error)) }
        return host.mustStop || host.failure != nil
      }
      try runner!.assertAlike()
      if isReached { return .reached }
      try group.agree(host.failure.map { .fault($0) })
      switch try group.share(host.mustStop ? .stop : isCheckpointDue() ? .checkpoint : .proceed) {
      case .proceed: break
      case .checkpoint:
        try save()
        self.clock.restart()
      case .stop:
        try save()
        if let failure = host.failure { throw .fault(failure) }
        if let saving = self.saving { try wait(for: saving) }
        return .stopped
      }
      if host.isPaused { return .paused }
    }
  }

  /// Takes a snapshot on the way, and starts to write it. What fails on the root alone, all hear of when they next stop.
  private mutating func save() throws(JobFailure) {
    guard let snapshot = try runner!.snapshot() else { return }
    let path = CheckpointPaths.unfinished(of: job, in: lease.attempt)
    if !unfinished.contains(path) { unfinished.append(path) }
    do throws(JobFailure) {
      let saving = try write(snapshot, [], isComplete: false, to: path)
      self.saving = saving
      host.follow(.unfinished(saving, of: lease))
    } catch .fault(let fault) {
      host.fail(fault)
    } catch {
      throw error
    }
  }

  // MARK: The end

  /// - Returns: nil on ranks other than the root.
  private mutating func finish() throws(JobFailure) -> Reached? {
    host.enter(.measuring)
    let measurement = try runner!.measure()
    let effective = try runner!.effectiveConfiguration()
    guard let snapshot = try runner!.snapshot() else { return nil }
    // No more than one reached state waits for the disk.
    try serving { host.reachedStatesUnderWay == 0 }
    let path = CheckpointPaths.reached(by: job, step: snapshot.progress.step, in: lease.attempt)
    let saving = try write(snapshot, [measurement], isComplete: true, to: path)
    host.keep(snapshot, as: job.reachedState)
    let report = JobReport(
      reaching: snapshot, by: job, on: group.id, measurement, effective, at: path, since: start)
    return Reached(report: report, saving: saving, unfinished: unfinished)
  }

  private func write(
    _ snapshot: Snapshot, _ measurements: [Training.Measurement], isComplete: Bool, to path: String
  ) throws(JobFailure) -> Saving {
    let record = try runner!.record()
    do throws(TunerError) {
      return try host.files.startWriting(
        snapshot, record, of: job, measurements, isComplete: isComplete, to: path)
    } catch {
      throw .fault(.storage(error))
    }
  }

  /// Waits until a checkpoint is durable.
  private func wait(for saving: Saving) throws(JobFailure) {
    try serving { !saving.isUnderWay }
    do throws(TunerError) { _ = try saving.isDurable() } catch { throw .fault(.storage(error)) }
  }

  /// Waits for the disk, however long it takes, and answers others meanwhile.
  private func serving(until isOver: () -> Bool) throws(JobFailure) {
    if isOver() { return }
    host.enter(.saving)
    var backOff = BackOff()
    while !isOver() {
      do throws(TunerError) { try host.serve() } catch { throw .fault(Fault(.defect, error)) }
      backOff.pause()
    }
  }
}

/// When the next mid-job checkpoint is due.
struct CheckpointClock {
  /// Seconds; 0 means never.
  private let interval: Double
  private var next: Deadline

  init(interval: Double) {
    self.interval = interval
    next = .seconds(interval)
  }

  var isDue: Bool { interval > 0 && next.hasPassed }

  mutating func restart() { next = .seconds(interval) }
}
