import MPI
import Search
import Training

/// The work of a group, on its root: takes assignments, leads the members through them, reports.
struct GroupWork<T: Trainee & ~Copyable> {
  let root: GroupRoot
  let group: TrialGroup
  /// The group's ranks without the control traffic: orders from the root to its members.
  let orders: Mailbox
  let files: JobFiles
  let search: StateSearch
  let make: MakeTrainee<T>

  /// Seconds between two signs of life for members that wait: well within their patience.
  private var secondsBetweenOrders: Double { min(10, root.options.secondsWithoutWord / 4) }

  /// Works until rank 0 lets the group go.
  func run() throws(TunerError) {
    try root.enter(.idle, nil)
    var backOff = BackOff.sleeping(upTo: 1000)
    var nextOrder = Deadline.seconds(0)
    while true {
      try root.serve()
      if let (assignment, peer) = root.nextAssignment() {
        try perform(assignment, peer: peer)
        try root.enter(.idle, nil)
        backOff = .sleeping(upTo: 1000)
        continue
      }
      if root.isLeaving { return try order(.leave) }
      // Asked to stop while idle: the report was faster.
      if root.isStopRequested { root.stopWasAnswered() }
      if nextOrder.hasPassed {
        try order(.wait)
        nextOrder = .seconds(secondsBetweenOrders)
      }
      try search.discardLateStates()
      backOff.pause()
    }
  }

  private func order(_ order: GroupOrder) throws(TunerError) {
    try orders.sendToMembers(of: group, order)
  }

  /// Does one job and reports it, unless it is stopped.
  private func perform(_ assignment: Assignment, peer: Rank?) throws(TunerError) {
    let start = ContinuousClock.now
    let job = assignment.job
    let origin: JobStart
    switch try search.start(of: assignment, peer: peer) {
    case .found(let start): origin = start
    case .lost(let state): return try root.send(.stateLost(group.id, state))
    }
    try order(.work(job, isRestored: origin.state != nil, isReached: origin.reached != nil))
    var report: JobReport?
    do throws(JobFailure) {
      report = try complete(job, from: origin, since: start)
    } catch {
      switch error {
      case .run(let error): throw error
      case .state(let reason):
        let lost = try files.discard(origin, because: reason)
        return try root.send(lost.map { .stateLost(group.id, $0) } ?? .stopped(group.id))
      case .trial(let reason):
        try files.deleteUnfinished(of: job)
        report = JobReport(failureOf: job, on: group.id, because: reason, since: start)
      }
    }
    if report == nil { root.stopWasAnswered() }
    try root.send(report.map { .reported($0) } ?? .stopped(group.id))
  }

  /// - Returns: nil when the job was stopped, and its state saved.
  private func complete(
    _ job: Job, from origin: JobStart, since start: ContinuousClock.Instant
  ) throws(JobFailure) -> JobReport? {
    try enter(.starting, job)
    var runner = try JobRunner(
      job, length: root.options.trainingLength,
      isRestored: origin.state != nil, from: origin.state, on: group, making: make)
    if let (measurement, path) = origin.reached, let state = origin.state {
      let effective = try runner.effectiveConfiguration()
      root.residents[job.reachedState] = state
      return JobReport(
        reaching: state, by: job, on: group.id, measurement, effective, at: path, since: start)
    }
    guard try train(&runner) else { return nil }
    try enter(.measuring, job)
    let measurement = try runner.measure()
    let effective = try runner.effectiveConfiguration()
    guard let snapshot = try runner.snapshot() else { throw .run(Self.noSnapshot(of: job)) }
    return try run { () throws(TunerError) in
      let path = CheckpointPaths.reached(by: job, step: snapshot.progress.step)
      let saving = try files.startWriting(snapshot, of: job, [measurement], isComplete: true, to: path)
      root.residents[job.reachedState] = snapshot
      try wait(for: saving, of: job)
      try files.deleteUnfinished(of: job)
      return JobReport(
        reaching: snapshot, by: job, on: group.id, measurement, effective, at: path, since: start)
    }
  }

  /// Trains to the target, with mid-job checkpoints on the way.
  ///
  /// - Returns: false when the job was stopped, and its state saved.
  private func train(_ runner: inout JobRunner<T>) throws(JobFailure) -> Bool {
    let job = runner.job
    try enter(.training, job)
    var saving: Saving?
    var clock = CheckpointClock(interval: root.options.secondsBetweenMidJobCheckpoints)
    let root = self.root
    while true {
      let isReached = try runner.advance {
        root.serveAfterStep()
        return root.mustStop || root.failure != nil || clock.isDue
      }
      if isReached { break }
      if let failure = root.failure { throw .run(failure) }
      let decision = try group.share(root.mustStop ? .stop : clock.isDue ? .checkpoint : .proceed)
      guard decision != .proceed else { continue }
      guard let snapshot = try runner.snapshot() else { throw .run(Self.noSnapshot(of: job)) }
      try run { () throws(TunerError) in
        // One at a time: the newer one must not be overtaken by the older.
        if let saving {
          try wait(for: saving, of: job)
          try root.send(.saved(group.id))
        }
        let path = CheckpointPaths.unfinished(of: job)
        let started = try files.startWriting(snapshot, of: job, [], isComplete: false, to: path)
        saving = started
        if decision == .stop { try wait(for: started, of: job) }
      }
      if decision == .stop { return false }
      clock.restart()
    }
    if let saving { try run { () throws(TunerError) in try wait(for: saving, of: job) } }
    return true
  }

  /// Waits until a checkpoint is durable, and serves meanwhile.
  private func wait(for saving: Saving, of job: Job) throws(TunerError) {
    if try saving.isDurable() { return }
    let phase = root.heartbeat.phase
    try root.enter(.saving, job)
    let deadline = Deadline.seconds(root.options.patience)
    var backOff = BackOff()
    while try !saving.isDurable() {
      if deadline.hasPassed {
        throw TunerError(
          .system, subject: saving.path, expected: "it to be durable within \(Int(deadline.seconds)) s",
          found: "a write that does not end", remedy: "Check the file system of the run directory.")
      }
      try root.serve()
      backOff.pause()
    }
    try root.enter(phase, job)
  }

  private func enter(_ phase: Heartbeat.Phase, _ job: Job) throws(JobFailure) {
    try run { () throws(TunerError) in try root.enter(phase, job) }
  }

  private func run<Result>(_ body: () throws(TunerError) -> Result) throws(JobFailure) -> Result {
    do throws(TunerError) { return try body() } catch { throw .run(error) }
  }

  private static func noSnapshot(of job: Job) -> TunerError {
    TunerError(
      .defect, subject: "\(job.id)", expected: "a snapshot on the group's root", found: "none",
      remedy: "Report this as a bug of the model.")
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

extension JobReport {
  init(failureOf job: Job, on group: GroupID, because reason: String, since start: ContinuousClock.Instant) {
    self.init(
      job: job.id, trial: job.trial, group: group, result: .failed(reason: reason), measurements: [],
      effective: Configuration(), step: 0, stateBytes: 0, seconds: start.secondsUntilNow)
  }

  init(
    reaching snapshot: Snapshot, by job: Job, on group: GroupID, _ measurement: Training.Measurement,
    _ effective: Configuration, at checkpoint: String, since start: ContinuousClock.Instant
  ) {
    self.init(
      job: job.id, trial: job.trial, group: group, result: .reached(checkpoint: checkpoint),
      measurements: [Measurement(budget: measurement.budget, metrics: measurement.metrics)],
      effective: effective,
      step: snapshot.progress.step, stateBytes: snapshot.byteCount, seconds: start.secondsUntilNow)
  }
}
