import Search

/// How the controller issues jobs and delivers outcomes.
extension Controller {
  /// Issues what the scheduler has: all of it when it is synchronous, else a job for each idle group, and all
  /// replicates of a job at once, because what the later ones start from must not be lost meanwhile.
  mutating func issue(_ commands: inout [Command]) throws(TunerError) {
    if !search.isSynchronous, phase != .running { return }
    while search.isSynchronous || placement.spareGroups > 0 || isAmongReplicates {
      guard let record = try search.nextJob() else { return }
      commands.append(.append(.job(record)))
      register(record.job)
      placement.enqueue(record.job, begun: false)
    }
  }

  /// Whether some replicates of a job have been issued, and others not.
  private var isAmongReplicates: Bool { (answered + unfinished.count) % standings.replicates.count != 0 }

  /// A job was issued, now or in an earlier session.
  mutating func register(_ job: Job) {
    unfinished[job.id] = job
    retention.issued(job)
  }

  /// Gives a job to a group, and records where it starts if that is not where it was planned to.
  mutating func assign(_ assignment: Assignment, _ commands: inout [Command]) {
    let given = assignment.job
    if let planned = unfinished[given.id], planned.origin != given.origin {
      commands.append(
        .append(
          .session(.originReplaced(given.id, of: given.trial, planned: planned.origin, by: given.origin))))
    }
    if launches.isRecording { commands.append(.append(.session(.assigned(given.id)))) }
    commands.append(.assign(assignment))
  }

  /// Takes a group's report. It is answered at once, or kept until it is its turn.
  mutating func accept(_ report: JobReport, _ commands: inout [Command]) throws(TunerError) {
    // A group that was given up may still speak; its job is another's by now.
    guard placement.isKnown(report.group) else { return }
    if placement.saved(report.job, on: report.group) == nil {
      let job = try jobAtWork(report.job, of: report.trial, on: report.group)
      let reached = if case .reached = report.result { true } else { false }
      if reached { suspicions.trainerWasMade(on: report.group, for: job.id) }
      let forgotten = placement.finished(
        job, on: report.group, stateBytes: reached ? report.stateBytes : nil, retention)
      if !forgotten.isEmpty { commands.append(.release(forgotten, group: report.group)) }
    }
    try streak.take(report)
    keep(report)
    if nextDelivery != report.job { commands.append(.append(.session(.arrived(report)))) }
  }

  /// A group has reached its job's target, and goes on while the state is being saved.
  mutating func release(
    _ group: GroupID, from job: JobID, _ stateBytes: Int, _ commands: inout [Command]
  ) throws(TunerError) {
    guard placement.isKnown(group) else { return }
    let job = try jobAtWork(job, of: nil, on: group)
    suspicions.trainerWasMade(on: group, for: job.id)
    let forgotten = placement.released(job, on: group, stateBytes: stateBytes, retention)
    if !forgotten.isEmpty { commands.append(.release(forgotten, group: group)) }
  }

  /// The job that a group says it has worked on.
  private func jobAtWork(
    _ id: JobID, of trial: TrialID?, on group: GroupID
  ) throws(TunerError) -> Job {
    let job = placement.job(of: group)
    if let job, job.id == id, trial == nil || job.trial == trial { return job }
    throw TunerError(
      .defect, subject: "a report of \(group)",
      expected: "\(job.map { "\($0.id) of \($0.trial)" } ?? "nothing"), which it was given",
      found: "\(id)\(trial.map { " of \($0)" } ?? "")", remedy: "Report this as a bug.")
  }

  /// Keeps a report until it is its turn.
  mutating func keep(_ report: JobReport) {
    launches.gotBack(report.job)
    arrived[report.job] = report
    arrivalOrder.append(report.job)
  }

  /// The job whose report is delivered next; nil when nothing can be delivered now.
  private var nextDelivery: JobID? {
    // The record of a saved population has its place in the sequence: before the next outcome.
    if comingPopulation != nil { return nil }
    let next = search.isSynchronous ? JobID(answered) : arrivalOrder.first
    return next.flatMap { arrived[$0] == nil ? nil : $0 }
  }

  /// Delivers one outcome to the scheduler.
  ///
  /// - Returns: false when none can be delivered now.
  mutating func deliverNext(_ commands: inout [Command]) throws(TunerError) -> Bool {
    guard let id = nextDelivery, let report = arrived[id], let job = unfinished[id] else { return false }
    let record = try OutcomeRecord(report, of: job, objective)
    commands.append(.append(.outcome(record)))
    if case .reached(let checkpoint) = report.result, record.checkpoint == nil {
      commands.append(.deleteCheckpoint(checkpoint))
    }
    try answer(job, record)
    if let comingPopulation { commands.append(.savePopulation(comingPopulation)) }
    return true
  }

  /// An outcome enters the state, now or on a replay.
  mutating func answer(_ job: Job, _ record: OutcomeRecord) throws(TunerError) {
    unfinished[job.id] = nil
    arrived[job.id] = nil
    losses[job.id] = nil
    launches.gotBack(job.id)
    launches.cleared(job.id)
    // In order for a synchronous scheduler; else whatever has been answered is dropped from the front.
    while let first = arrivalOrder.first, arrived[first] == nil { arrivalOrder.removeFirst() }
    answered += 1
    let completed = standings.take(record, of: job)
    var frontChange = StudyFront.Change()
    if let state = completed.state, !objective.further.isEmpty { frontChange = front.insert(state) }
    let reached = record.checkpoint.flatMap { path in record.outcome.costVector.map { (path, $0.costs[0]) } }
    retention.answered(
      job, reached: reached, contenders: standings.ranking.contenders.map(\.reached.reachedState),
      front: frontChange)
    retention.settled(completed.all?.map(\.trial) ?? [])
    try search.observe(record.outcome, of: job, mean: completed.mean?.costs.costs[0])
    for trial in search.takeAbandoned() { retention.abandoned(trial) }
    noteCompleteGeneration()
  }

  /// When the outcome completed a generation: describes it before the scheduler issues the next one's jobs.
  private mutating func noteCompleteGeneration() {
    guard let generation = search.scheduler.population, generation.number != newestGeneration else { return }
    newestGeneration = generation.number
    var states: [StateKey] = []
    let members = generation.members.map { member in
      let state = retention.newestState(of: member.trial)
      if let state { states.append(state) }
      return Population.Member(
        trial: member.trial, budget: state?.budget ?? member.budget,
        score: member.cost.map(objective.score(of:)),
        configuration: member.configuration, origin: member.origin,
        checkpoint: state.flatMap { retention.checkpoint(of: $0) })
    }
    comingPopulation = Population(generation: generation.number, members: members)
    retention.populationCompleted(states)
  }
}

extension OutcomeRecord {
  /// What a report means for the study.
  ///
  /// - Throws: `TunerError` when the objective was not measured, or a hyperparameter is not in force as
  ///   planned.
  init(_ report: JobReport, of job: Job, _ objective: Objective) throws(TunerError) {
    let work = Work(group: report.group, seconds: report.seconds.isFinite ? max(0, report.seconds) : 0)
    let result: Outcome.Result
    var costs = CostVector([])
    var checkpoint: String?
    switch report.result {
    case .failed(let reason):
      result = .failed(reason: reason)
    case .reached(let path):
      try Self.check(report, of: job)
      costs = try Self.costs(report, of: job, objective)
      if let wild = report.firstMetricThatIsNotFinite {
        result = .failed(reason: wild)
        costs = CostVector([])
      } else {
        result = .reached(cost: costs.costs[0])
        checkpoint = path
      }
    }
    self.init(
      outcome: Outcome(
        job: job.id, trial: job.trial, result: result, furtherCosts: Array(costs.costs.dropFirst()),
        violation: costs.violation, excesses: costs.excesses),
      measurements: report.measurements.map(\.finite), effective: report.effective, step: report.step,
      checkpoint: checkpoint, work: work)
  }

  /// The same outcome as `objective` sees it: costs are a view of what was measured, so that a study whose
  /// objective was changed does not mix two scales.
  ///
  /// - Throws: `TunerError` when a metric that the objective needs was not measured.
  func seen(by objective: Objective, _ place: String) throws(TunerError) -> OutcomeRecord {
    guard case .reached = outcome.result, let last = measurements.last else { return self }
    guard let costs = objective.costs(of: last.metrics) else {
      let missing = objective.metrics.filter { last.metrics[$0] == nil }
      throw TunerError(
        .usage, subject: "\(place): \(outcome.job) of \(outcome.trial)",
        expected: "a measurement of \(missing.joined(separator: ", ")), which the objective needs",
        found: "measurements of \(last.metrics.keys.sorted().joined(separator: ", "))",
        remedy: "Name what was measured, or choose another run directory.")
    }
    var seen = self
    seen.outcome.result = .reached(cost: costs.costs[0])
    seen.outcome.furtherCosts = Array(costs.costs.dropFirst())
    seen.outcome.violation = costs.violation
    seen.outcome.excesses = costs.excesses
    return seen
  }

  private static func costs(
    _ report: JobReport, of job: Job, _ objective: Objective
  ) throws(TunerError) -> CostVector {
    guard let last = report.measurements.last, last.budget == job.target,
      let costs = objective.costs(of: last.metrics)
    else {
      let last = report.measurements.last
      let metrics = last?.metrics ?? [:]
      let missing = objective.metrics.first { metrics[$0] == nil } ?? objective.metric
      throw TunerError(
        .usage, subject: "\(job.id) of \(job.trial)",
        expected: "the objective \(missing), measured at \(job.target)",
        found: last.map { "\($0.metrics.keys.sorted().joined(separator: ", ")) at \($0.budget)" }
          ?? "no measurement",
        remedy: "Choose an objective that this model measures.")
    }
    return costs
  }

  private static func check(_ report: JobReport, of job: Job) throws(TunerError) {
    let planned = job.configuration
    guard let (name, found) = HyperparameterCheck.mismatch(planned: planned, effective: report.effective)
    else {
      return
    }
    throw TunerError(
      .defect, subject: "\(name) of \(job.trial) in \(job.id)",
      expected: "\(planned[name]!.text), as planned",
      found: "\(found?.text ?? "nothing") in force in the trainer",
      remedy: "Report this as a bug: the trainer lost a hyperparameter.")
  }
}

extension JobReport {
  fileprivate var firstMetricThatIsNotFinite: String? {
    for measurement in measurements {
      for (name, value) in measurement.metrics.sorted(by: { $0.key < $1.key }) where !value.isFinite {
        return "\(name) is not finite at \(measurement.budget)"
      }
    }
    return nil
  }
}

extension JobReport.Measurement {
  /// JSON has no infinities; a failed trial may end on one.
  fileprivate var finite: Self { Self(budget: budget, metrics: metrics.filter(\.value.isFinite)) }
}
