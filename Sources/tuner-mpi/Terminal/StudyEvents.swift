import Search
import Tuner

/// What is worth a line when it happens.
struct StudyEvents {
  struct Event: Equatable {
    var text: String
    /// Whether a picture shows it anyway.
    var isInPicture = false
  }

  var glyphs: Glyphs
  /// What the text of an exploit may take.
  var columns: Int
  /// Copies that have not been answered yet.
  private var forks: [JobID: JobRecord] = [:]
  /// Who led when that was last said.
  private var leader: StudyView.Standing?

  init(glyphs: Glyphs, columns: Int) {
    self.glyphs = glyphs
    self.columns = columns
  }

  /// A record of an earlier session, of whose events nothing is said again. O(1).
  mutating func recall(_ record: Record) {
    switch record {
    case .job(let record): if case .fork = record.job.origin { forks[record.job.id] = record }
    case .outcome(let record): forks[record.outcome.job] = nil
    case .header, .population, .finished, .session: return
    }
  }

  /// Earlier sessions are recalled: who leads now was said.
  mutating func goOn(from view: StudyView) { leader = view.leaders.first }

  /// What a record tells; the view takes it.
  mutating func take(_ record: Record, at time: Double, into view: inout StudyView) throws(TunerError)
    -> [Event]
  {
    let job: Job? = if case .outcome(let record) = record { view.unanswered[record.outcome.job] } else { nil }
    try view.take(record, at: time)
    let unit = view.outline.budgetName
    switch record {
    case .job(let record):
      if case .fork = record.job.origin { forks[record.job.id] = record }
      return []
    case .outcome(let record): return outcome(record, of: job, view)
    case .population(let record):
      return [Event(text: "generation \(record.generation + 1)", isInPicture: true)]
    case .session(.started): return [Event(text: beginning(view), isInPicture: true)]
    case .session(let record): return event(record, unit).map { [Event(text: $0)] } ?? []
    case .header, .finished: return []
    }
  }

  private func beginning(_ view: StudyView) -> String {
    let outline = view.outline
    if let resumption = view.resumption { return "\(outline.name) \(resumption)" }
    let jobs = outline.plan.map {
      $0.isExact ? ", \(counted($0.jobs, "job"))" : ", \(counted($0.trials, "trial"))"
    }
    return "\(outline.name) begins\(outline.method.map { ": \($0)" } ?? "")\(jobs ?? "")"
  }

  private mutating func outcome(_ record: OutcomeRecord, of job: Job?, _ view: StudyView) -> [Event] {
    var events: [Event] = []
    let unit = view.outline.budgetName
    if var fork = forks.removeValue(forKey: record.outcome.job) {
      // Where the job really started: its origin may have been lost.
      if let job { fork.job.origin = job.origin }
      switch record.outcome.result {
      case .reached:
        let text = fork.exploit(effective: record.effective, unit: unit, glyphs, columns: columns)
        events += text.map { [Event(text: $0)] } ?? []
      case .failed: break
      }
    }
    if case .failed(let reason) = record.outcome.result {
      let place = job.map { " before \($0.target) \(unit)" } ?? ""
      events.append(Event(text: "failed: \(record.outcome.trial)\(place): \(reason)"))
    }
    if let best = view.leaders.first, best != leader {
      leader = best
      events.append(
        Event(
          text: "\((best.brokenLimits ?? []).titleOfBest) \(view.outline.objective.metric) "
            + "\(best.score.text(plusMinus: glyphs.plusMinus))  \(best.trial) at \(best.budget) \(unit)",
          isInPicture: true))
    }
    return events
  }

  private func event(_ record: SessionRecord, _ unit: String) -> String? {
    switch record {
    case .groupLost(let group, let job, let why): "lost: \(group)\(job.map { " with \($0)" } ?? ""): \(why)"
    case .groupSetAside(let group, let job, let why):
      "set aside: \(group), which gets no more jobs; \(job) goes to another: \(why)"
    case .groupCleared(let group): "cleared: \(group) gets jobs again"
    case .stateLost(let lost): "lost: \(lost.state.checkpoint) (\(lost.state.key)): \(lost.why)"
    case .originReplaced(_, let trial, let planned, let origin):
      "replaced: \(trial) starts \(words(origin, unit)) instead of \(words(planned, unit)), which is lost"
    case .stopRequested(let reason): "saving: \(reason)"
    case .stopped(let reason): "saved, unfinished: \(reason)"
    case .started, .data, .groupReady, .arrived, .assigned, .saved, .studyChanged: nil
    }
  }

  private func words(_ origin: Origin, _ unit: String) -> String {
    switch origin {
    case .fresh: "from new weights"
    case .resume(let budget): "from its own state at \(budget) \(unit)"
    case .fork(let parent, let budget): "from the state of \(parent) at \(budget) \(unit)"
    }
  }
}
