import Search

/// How the controller meets lost groups and states, saved populations and the end.
extension Controller {
  mutating func lose(_ group: GroupID, _ why: String, _ commands: inout [Command]) throws(TunerError) {
    guard let (job, saving) = placement.lose(group) else { return }
    commands.append(.append(.session(.groupLost(group, job: job?.id, why: why))))
    for job in saving { placement.enqueue(job, begun: true) }
    if let job {
      losses[job.id, default: 0] += 1
      if losses[job.id, default: 0] < Self.lossesPerJob {
        placement.enqueue(job, begun: true)
      } else {
        let reason = "\(Self.lossesPerJob) groups of ranks were lost at it, the last because \(why)"
        let report = Self.failure(of: job, on: group, reason)
        keep(report)
        commands.append(.append(.session(.arrived(report))))
      }
    }
    if !placement.isAnyGroupLeft { stop(because: .groupsLost(why: why), &commands) }
  }

  /// A group could not read what its job starts from: the job waits again, for another origin.
  mutating func lose(_ lost: LostState, on group: GroupID, _ commands: inout [Command]) {
    guard placement.isKnown(group) else { return }
    placement.stopped(group)
    if retention.isLost(lost.state.key) { return }
    retention.lost(lost.state.key)
    commands.append(.append(.session(.stateLost(lost))))
  }

  /// Jobs that ended one launch of the program after the other are not begun once more.
  mutating func failConvictedJobs(_ commands: inout [Command]) {
    for job in unfinishedJobs where arrived[job.id] == nil && launches.isConvicted(job.id) {
      let reason =
        "the program ended without a word at least \(Launches.endsPerJob) times before it was finished, and "
        + "at least once while nothing else was at work"
      let report = Self.failure(of: job, on: GroupID(0), reason)
      keep(report)
      commands.append(.append(.session(.arrived(report))))
    }
  }

  mutating func noteProgress(of job: JobID, _ commands: inout [Command]) {
    guard launches.isRecording, unfinished[job] != nil else { return }
    launches.cleared(job)
    commands.append(.append(.session(.saved(job))))
  }

  static func failure(of job: Job, on group: GroupID, _ reason: String) -> JobReport {
    JobReport(
      job: job.id, trial: job.trial, group: group, result: .failed(reason: reason), measurements: [],
      effective: Configuration(), step: 0, stateBytes: 0, seconds: 0)
  }

  mutating func stop(because reason: StopReason, _ commands: inout [Command]) {
    guard phase == .running else { return }
    phase = .stopping(reason)
    commands.append(.append(.session(.stopRequested(reason))))
    for group in placement.busyGroups { commands.append(.stop(group)) }
  }

  mutating func populationSaved(_ generation: Int, _ commands: inout [Command]) throws(TunerError) {
    guard let population = comingPopulation, population.generation == generation else {
      throw TunerError(
        .defect, subject: "generation \(generation)",
        expected: comingPopulation.map { "generation \($0.generation) to be saved" }
          ?? "no population to be saved",
        found: "generation \(generation) saved", remedy: "Report this as a bug.")
    }
    commands.append(
      .append(.population(PopulationRecord(generation: generation, members: population.members))))
    settlePopulation()
  }

  /// The coming population is durable, now or on a replay.
  mutating func settlePopulation() {
    comingPopulation = nil
    retention.populationSaved()
  }

  mutating func endIfPossible(_ commands: inout [Command]) throws(TunerError) {
    if case .ended = phase { return }
    if comingPopulation != nil { return }
    if unfinished.isEmpty, search.isFinished {
      let summary = summary(.finished)
      commands.append(.append(.finished(summary)))
      commands.append(.finish(summary))
      phase = .ended(summary)
    } else if case .stopping(let reason) = phase {
      if !placement.isAnyGroupBusy { end(because: reason, &commands) }
    } else if unfinished.isEmpty, search.isSynchronous || placement.spareGroups > 0 {
      throw TunerError(
        .defect, subject: "the scheduler",
        expected: "a job, or that it is finished, when every job is answered",
        found: "neither after \(answered) jobs", remedy: "Report this as a bug of the scheduler.")
    }
  }

  /// Ends an unfinished run.
  mutating func end(because reason: StopReason, _ commands: inout [Command]) {
    let summary = summary(.unfinished(reason))
    commands.append(.append(.session(.stopped(reason))))
    commands.append(.finish(summary))
    phase = .ended(summary)
  }
}
