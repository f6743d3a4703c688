public import Search

/// What a run needs beside its controller, cluster and journal.
public struct RunOptions {
  /// The program's version, for the journal.
  public var program: String
  /// Of the study's data, for the journal; nil where the program does not know it.
  public var samples: SampleCounts?
  /// Whether a function takes the place of training, for the journal.
  public var isSimulated = false
  /// Asked between events: whether a signal has come or a deadline is near.
  public var stopRequest: () -> StopReason?
  /// Asked before every write, and once a second: throws when the run directory is not the run's any more.
  public var checkPlace: () throws(TunerError) -> Void
  /// Told after every batch, with the records that have just been written.
  public var observe: (RunProgress) throws(TunerError) -> Void
  /// How long to wait for an event before `stopRequest` is asked again.
  public var secondsBetweenStopRequests: Double
  /// How long busy groups may take to save once they are told to stop.
  public var secondsToStop: Double

  public init(
    program: String, samples: SampleCounts? = nil, isSimulated: Bool = false,
    secondsBetweenStopRequests: Double = 0.25, secondsToStop: Double = 60,
    stopRequest: @escaping () -> StopReason? = { nil },
    checkPlace: @escaping () throws(TunerError) -> Void = {},
    observe: @escaping (RunProgress) throws(TunerError) -> Void = { _ in }
  ) {
    self.program = program
    self.samples = samples
    self.isSimulated = isSimulated
    self.stopRequest = stopRequest
    self.checkPlace = checkPlace
    self.observe = observe
    self.secondsBetweenStopRequests = secondsBetweenStopRequests
    self.secondsToStop = secondsToStop
  }
}

/// A run between two batches of events.
public struct RunProgress {
  /// Seconds since this session began.
  public var seconds: Double
  /// The cluster's clock, as in the journal.
  public var time: Double
  /// What has just been written to the journal.
  public var records: [Record]
  /// Which groups have begun and ended a job since the last batch, in this order.
  public var changes: [GroupChange]
  /// Of all sessions.
  public var jobsAnswered: Int
  public var groups: Int
  public var busyGroups: Int
  /// In [0, 1], of this session.
  public var utilization: Double
  /// Why the sampler proposed as it last did; nil where there is nothing to choose.
  public var rationale: String?
}

/// A group begins to work on a job, or is done with it.
public enum GroupChange: Equatable, Sendable {
  case began(GroupID, Job)
  /// Without a job, whatever it worked on.
  case ended(GroupID, JobID?)
}

/// How a session ended.
public struct RunResult: Equatable, Sendable {
  public var summary: RunSummary
  /// Seconds of this session.
  public var seconds: Double
  /// The share of the groups' time spent at work, in [0, 1], until the last job was handed out.
  public var utilization: Double
  /// The same until the last new trial began: with asynchronous halving the last promotions keep few groups
  /// busy.
  public var utilizationUntilLastTrial: Double
}

/// All that rank 0 does: the controller makes every choice, the cluster every wait. Records are written
/// before anything else happens about them, so that no end of the program makes a restart forget a decision.
/// Nobody waits for the disk but what could not be undone (`HeldCommands`).
public func run(
  _ controller: inout Controller, on cluster: inout some Cluster & ~Copyable,
  recording journal: inout Journal,
  _ options: RunOptions
) throws(TunerError) -> RunResult {
  let start = cluster.now
  var activity = GroupActivity()
  var stopDeadline: Double?
  var nextCheck = start
  var held = HeldCommands()
  var commands = try controller.start(
    program: options.program, samples: options.samples, isSimulated: options.isSimulated)
  while true {
    if !commands.isEmpty || cluster.now >= nextCheck {
      try options.checkPlace()
      nextCheck = cluster.now + 1
    }
    let records = commands.compactMap { if case .append(let record) = $0 { record } else { nil } }
    try journal.append(records, at: cluster.now)
    if commands.contains(where: \.isBarrier) { try journal.waitUntilDurable() }
    let due = held.due(with: commands, written: journal.count, durable: try journal.durableCount)
    if let summary = try carryOut(due, on: &cluster, &activity) {
      try options.observe(progress(controller, records, from: start, to: cluster.now, &activity))
      try cluster.shutDown()
      return RunResult(
        summary: summary, seconds: cluster.now - start, utilization: activity.utilization.value,
        utilizationUntilLastTrial: activity.utilization.valueAtLastTrial)
    }
    try options.observe(progress(controller, records, from: start, to: cluster.now, &activity))

    // What waits for the disk need not wait for an event.
    let patience = held.isEmpty ? .infinity : secondsBetweenLooksAtDisk
    var events = try cluster.nextEvents(within: min(patience, options.secondsBetweenStopRequests))
    if stopDeadline == nil, let reason = options.stopRequest() {
      events.append(.stopRequested(reason))
      stopDeadline = cluster.now + options.secondsToStop
    } else if let deadline = stopDeadline, cluster.now > deadline {
      events.append(.stopOverdue)
    }
    commands = []
    for event in events {
      activity.take(event, at: cluster.now)
      commands += try controller.handle(event)
    }
  }
}

/// How soon rank 0 sees that the disk has what commands wait for.
private let secondsBetweenLooksAtDisk = 0.005

/// - Returns: the summary when the run has come to its end.
private func carryOut(
  _ commands: [Command], on cluster: inout some Cluster & ~Copyable, _ activity: inout GroupActivity
) throws(TunerError) -> RunSummary? {
  var summary: RunSummary?
  for command in commands {
    switch command {
    case .append: continue
    case .assign(let assignment):
      activity.take(assignment, at: cluster.now)
      try cluster.assign(assignment)
    case .release(let states, let group): try cluster.release(states, on: group)
    case .savePopulation(let population): try cluster.save(population)
    case .deleteCheckpoint(let path): try cluster.deleteCheckpoint(path)
    case .sweepCheckpoints(let kept, let jobs): try cluster.sweepCheckpoints(keeping: kept, unfinished: jobs)
    case .stop(let group): try cluster.stop(group)
    case .finish(let result): summary = result
    }
  }
  return summary
}

private func progress(
  _ controller: Controller, _ records: [Record], from start: Double, to now: Double,
  _ activity: inout GroupActivity
) -> RunProgress {
  let counts = controller.groupCounts
  return RunProgress(
    seconds: now - start, time: now, records: records, changes: activity.takeChanges(),
    jobsAnswered: controller.answered, groups: counts.all, busyGroups: counts.busy,
    utilization: activity.utilization.value, rationale: controller.search.rationale)
}
