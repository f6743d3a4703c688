import Randomness
public import Search

/// Any number of virtual groups on a virtual clock. It keeps what the real one keeps, by name alone, and
/// refuses every command that the real one could not carry out: a state that is in nobody's memory, a
/// checkpoint that was deleted.
public struct SimulatedCluster: Cluster {
  /// When something will happen; of two things at the same time, first the one that was caused first.
  private struct Pending: Comparable {
    var time: Double
    var order: Int

    static func < (left: Self, right: Self) -> Bool {
      (left.time, left.order) < (right.time, right.order)
    }
  }

  private struct Group {
    var residents: Set<StateKey> = []
    var assignment: Assignment?
    /// The order of what ends the job, which a stop or a loss takes back.
    var endOrder: Int?
    /// The orders of reports to come of jobs that have let the group go.
    var savingOrders: [JobID: Int] = [:]
  }

  public private(set) var now: Double
  /// The checkpoints that exist, relative to the run directory.
  public private(set) var checkpoints: Set<String>
  /// Checkpoints that somebody else deletes or damages: whoever reads one finds its state lost.
  public var purged: Set<String> = []
  /// The most checkpoints that ever existed at once.
  public private(set) var mostCheckpoints = 0
  /// The newest durable population.
  public private(set) var population: Population?
  /// How long a population is saved.
  public var secondsToSave = 0.0
  /// How long a reached state is saved, while its group goes on.
  public var secondsToSaveState = 0.0
  /// What a group comes upon at a job instead of doing it.
  public var fault: @Sendable (Job, GroupID) -> Fault? = { _, _ in nil }
  private let study: Study
  private let training: VirtualTraining
  private var groups: [GroupID: Group] = [:]
  private var pending = Heap<Pending>()
  /// What will happen, by its order; what was taken back is not there.
  private var events: [Int: Event] = [:]
  private var order = 0
  /// How many groups died at a job.
  private var deaths: [JobID: Int] = [:]

  /// - Parameters:
  ///   - checkpoints: files that an earlier session left.
  ///   - losses: groups that will be lost, and when.
  public init(
    _ study: Study, groups count: Int, training: VirtualTraining, startingAt time: Double = 0,
    checkpoints: Set<String> = [], losses: [(time: Double, group: GroupID)] = []
  ) {
    self.study = study
    self.training = training
    self.checkpoints = checkpoints
    now = time
    for number in 0..<count {
      let group = WorkerGroup(
        id: GroupID(number),
        ranks: Array(1 + number * study.ranksPerTrial..<1 + (number + 1) * study.ranksPerTrial),
        hosts: Array(repeating: "virtual \(number)", count: study.ranksPerTrial))
      groups[group.id] = Group()
      schedule(.groupReady(group), at: time)
    }
    for (time, group) in losses { schedule(.groupLost(group, why: "the simulation says so"), at: time) }
  }

  public mutating func nextEvents(within seconds: Double) throws(TunerError) -> [Event] {
    guard let time = pending.first?.time else {
      now += seconds
      return []
    }
    // A virtual wait costs nothing, so it lasts until something happens.
    now = max(now, time)
    var happened: [Event] = []
    while let next = pending.first, next.time <= now {
      _ = pending.popFirst()
      if let event = events.removeValue(forKey: next.order), apply(event) { happened.append(event) }
    }
    return happened
  }

  /// Changes the virtual world as the event says. False when the event can't happen any more.
  private mutating func apply(_ event: Event) -> Bool {
    switch event {
    case .released(let group, let job, _, _):
      guard let reached = groups[group]?.assignment?.job.reachedState else { return false }
      groups[group]!.savingOrders[job] = groups[group]!.endOrder
      groups[group]!.assignment = nil
      groups[group]!.endOrder = nil
      groups[group]!.residents.insert(reached)
    case .faulted(let group, _, _):
      groups[group]?.assignment = nil
      groups[group]?.endOrder = nil
    case .reported(let report):
      if groups[report.group]?.savingOrders.removeValue(forKey: report.job) == nil {
        groups[report.group]?.assignment = nil
        groups[report.group]?.endOrder = nil
      }
      guard case .reached(let checkpoint) = report.result, let job = reachedState(of: report) else {
        return true
      }
      groups[report.group]?.residents.insert(job)
      checkpoints.insert(checkpoint)
      mostCheckpoints = max(mostCheckpoints, checkpoints.count)
    case .groupLost(let group, _):
      guard let lost = groups.removeValue(forKey: group) else { return false }
      for order in lost.savingOrders.values { events[order] = nil }
      if let order = lost.endOrder { events[order] = nil }
      if let job = lost.assignment?.job.id { deaths[job, default: 0] += 1 }
    case .groupReady, .groupStopped, .midJobSaved, .stateLost, .populationSaved, .stopRequested, .stopOverdue:
      return true
    }
    return true
  }

  private func reachedState(of report: JobReport) -> StateKey? {
    report.measurements.last.map { StateKey(trial: report.trial, budget: $0.budget) }
  }

  private mutating func schedule(_ event: Event, at time: Double) {
    pending.insert(Pending(time: time, order: order))
    events[order] = event
    order += 1
  }
}

extension SimulatedCluster {
  public mutating func assign(_ assignment: Assignment) throws(TunerError) {
    guard let group = groups[assignment.group] else { return }  // lost a moment ago
    guard group.assignment == nil else {
      throw Self.refusal(assignment, expected: "an idle group", found: "a busy one")
    }
    try checkSource(of: assignment)
    if case .checkpoint(let state) = assignment.source, purged.contains(state.checkpoint) {
      return schedule(.stateLost(assignment.group, LostState(state, because: "no such file")), at: now)
    }
    let job = assignment.job
    let from = if case .resume(let budget) = job.origin { budget } else { job.originState?.budget ?? 0 }
    var random = CounterGenerator(seed: study.seed, purpose: .simulation, index: job.id.rawValue)
    let seconds = max(0, training.seconds(job, from, &random))
    let report = report(on: job, group: assignment.group, seconds: seconds, cost: training.cost(job, &random))
    groups[assignment.group]!.assignment = assignment
    groups[assignment.group]!.endOrder = order
    if let fault = fault(job, assignment.group) {
      schedule(.faulted(assignment.group, job.id, fault), at: now)
    } else if secondsToSaveState > 0, case .reached = report.result, death(at: job) == nil {
      schedule(.reported(report), at: now + seconds + secondsToSaveState)
      schedule(
        .released(assignment.group, job.id, stateBytes: report.stateBytes, seconds: seconds),
        at: now + seconds)
    } else if let share = death(at: job) {
      schedule(.groupLost(assignment.group, why: "the simulation says so"), at: now + share * seconds)
    } else {
      schedule(.reported(report), at: now + seconds)
    }
  }

  /// Each attempt at a job draws far from the others and from the job's own draws.
  private func death(at job: Job) -> Double? {
    let attempt = UInt64(1 + deaths[job.id, default: 0])
    var random = CounterGenerator(
      seed: study.seed, purpose: .simulation, index: job.id.rawValue, position: attempt << 32)
    return training.death(job, &random)
  }

  private func report(on job: Job, group: GroupID, seconds: Double, cost: Double) -> JobReport {
    let path = "checkpoints/trial-\(Self.padded(job.trial.rawValue))/budget-\(Self.padded(job.target)).h5"
    let isFinite = cost.isFinite
    var metrics = training.furtherMetrics(job)
    metrics[study.objective.metric] = study.objective.score(of: cost)
    return JobReport(
      job: job.id, trial: job.trial, group: group,
      result: isFinite ? .reached(checkpoint: path) : .failed(reason: "diverged"),
      measurements: isFinite ? [.init(budget: job.target, metrics: metrics)] : [],
      effective: job.configuration, step: job.target, stateBytes: 1, seconds: seconds)
  }

  private func checkSource(of assignment: Assignment) throws(TunerError) {
    switch assignment.source {
    case .fresh: return
    case .resident(let state):
      guard groups[assignment.group]!.residents.contains(state.key) else {
        throw Self.refusal(assignment, expected: "\(state.key) in its memory", found: "that it was released")
      }
    case .peer(let peer, let state):
      guard groups[peer]?.residents.contains(state.key) ?? true else {
        throw Self.refusal(
          assignment, expected: "\(state.key) in the memory of \(peer)", found: "that it was released")
      }
    case .checkpoint(let state):
      guard checkpoints.contains(state.checkpoint) else {
        throw Self.refusal(assignment, expected: state.checkpoint, found: "no such file")
      }
    }
  }

  public mutating func release(_ states: [StateKey], on group: GroupID) throws(TunerError) {
    groups[group]?.residents.subtract(states)
  }

  public mutating func stop(_ group: GroupID) throws(TunerError) {
    guard let order = groups[group]?.endOrder else { return }
    events[order] = nil
    groups[group]!.assignment = nil
    groups[group]!.endOrder = nil
    schedule(.groupStopped(group), at: now)
  }

  public mutating func save(_ population: Population) throws(TunerError) {
    for case let member in population.members {
      guard let checkpoint = member.checkpoint, !checkpoints.contains(checkpoint) else { continue }
      throw TunerError(
        .defect, subject: "generation \(population.generation)",
        expected: "the member's checkpoint \(checkpoint)",
        found: "no such file", remedy: "Report this as a bug.")
    }
    self.population = population
    schedule(.populationSaved(generation: population.generation), at: now + secondsToSave)
  }

  public mutating func deleteCheckpoint(_ path: String) throws(TunerError) {
    if population?.members.contains(where: { $0.checkpoint == path }) == true {
      throw TunerError(
        .defect, subject: path, expected: "a file that population.h5 does not name",
        found: "one of generation \(population!.generation)", remedy: "Report this as a bug.")
    }
    checkpoints.remove(path)
  }

  public mutating func sweepCheckpoints(keeping: [String], unfinished: [Job]) throws(TunerError) {
    checkpoints.formIntersection(keeping)
  }

  public mutating func shutDown() throws(TunerError) {}

  private static func refusal(_ assignment: Assignment, expected: String, found: String) -> TunerError {
    TunerError(
      .defect, subject: "\(assignment.job.id) on \(assignment.group)", expected: expected, found: found,
      remedy: "Report this as a bug.")
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
