public import Search

/// Where a study stands, folded from its journal record by record: what `run` and `watch` draw.
///
/// A record costs O(1), apart from the ranking's own work, and every property O(1) but for those that say otherwise.
public struct StudyView: Sendable {
  public let outline: StudyOutline
  /// Begun.
  public private(set) var trials = 0
  /// Jobs.
  public private(set) var answered = 0
  /// Jobs that were given out, or wait for it.
  public private(set) var unanswered: [JobID: Job] = [:]
  /// Budget units of the answered jobs.
  public private(set) var budget = 0
  /// The newest one that is complete, from 0; nil without a population.
  public private(set) var generation: Int?
  /// How many trials have reached which budget, the smallest first.
  public private(set) var reached: [(budget: Int, trials: Int)] = []
  /// What the newest session began with; nil before the first.
  public private(set) var session: Session?
  /// How the newest session has ended; nil while it has not said so.
  public private(set) var ending: RunSummary.Ending?
  /// Groups that are there, by the newest session's records.
  public private(set) var groups: [GroupID: WorkerGroup] = [:]
  /// What they are at work on, as far as the view was told.
  public private(set) var work: [GroupID: Work] = [:]
  /// Of the study's data; nil where nobody said.
  public private(set) var samples: SampleCounts?
  private var failed: Set<TrialID> = []
  private var standings: Standings

  /// What a session began with.
  public struct Session: Sendable {
    /// Seconds, by the journal's clock.
    public var start: Double
    /// From 1.
    public var number: Int
    public var trials = 0
    public var answered = 0
    var budget = 0
    public var best: Standing?
  }

  /// A job at work.
  public struct Work: Sendable {
    public var job: Job
    /// When it was given out, by the journal's clock.
    public var start: Double
  }

  /// One of the first, by the one rule (`Ranking`).
  public struct Standing: Equatable, Sendable {
    public var trial: TrialID
    /// Cumulative, in the study's unit.
    public var budget: Int
    /// Of replicates the mean.
    public var score: MeasuredScore
    /// Nil in a study without limits.
    public var brokenLimits: [BrokenLimit]?
  }

  /// A study that has not begun.
  public init(_ outline: StudyOutline) {
    self.outline = outline
    standings = Standings(outline.objective, outline.replication)
  }

  /// A study as its journal left it. O(lines).
  ///
  /// - Throws: as `take`.
  public init(_ outline: StudyOutline, after contents: JournalContents) throws(TunerError) {
    self.init(outline)
    for line in contents.lines { try take(line.record, at: line.time) }
  }

  /// Trials whose newest answered job failed.
  public var failedTrials: Int { failed.count }

  /// The first three, the best first.
  public var leaders: [Standing] {
    standings.ranking.places.map { state in
      Standing(
        trial: state.reached.trial, budget: state.budget,
        score: MeasuredScore(
          outline.objective.score(of: state.costs.costs[0]),
          error: state.standardError ?? state.samplingError),
        brokenLimits: state.brokenLimits)
    }
  }

  /// Rank 0 and those of the groups; 0 before there are groups. O(groups).
  public var ranks: Int {
    let working = groups.values.map(\.ranks)
    let isLocal = working.contains { $0.contains(0) }
    return working.reduce(0) { $0 + $1.count } + (working.isEmpty || isLocal ? 0 : 1)
  }

  /// In (0, 1]; nil where nobody knows how many jobs there will be.
  public var share: Double? {
    guard let plan = outline.plan, plan.isExact, plan.jobs > 0 else { return nil }
    return ending == .finished ? 1 : min(1, Double(answered) / Double(plan.jobs))
  }

  /// About how long the study still takes at the pace of this session; nil where nobody knows how much is left, and
  /// before every group has answered.
  ///
  /// - Parameter seconds: how long the session has lasted.
  public func secondsLeft(after seconds: Double) -> Double? {
    guard let plan = outline.plan, plan.isExact, let session, ending == nil, seconds > 0 else { return nil }
    let done = budget - session.budget
    guard done > 0, answered - session.answered >= max(2, groups.count) else { return nil }
    return seconds * Double(max(0, plan.budget - budget)) / Double(done)
  }
}

extension StudyView {
  /// Takes a record, in the order of the journal.
  ///
  /// - Throws: `TunerError` when a metric that the objective needs was not measured.
  public mutating func take(_ record: Record, at time: Double) throws(TunerError) {
    switch record {
    case .job(let record):
      trials = max(trials, record.job.trial.rawValue + 1)
      unanswered[record.job.id] = record.job
    case .outcome(let record): try take(record)
    case .population(let record): generation = record.generation
    case .finished: ending = .finished
    case .session(let record): take(record, at: time)
    case .header: return
    }
  }

  /// Takes what groups have begun and ended, at this time by the journal's clock.
  public mutating func take(_ change: GroupChange, at time: Double) {
    switch change {
    case .began(let group, let job): work[group] = Work(job: job, start: time)
    case .ended(let group, let job):
      if job == nil || work[group]?.job.id == job { work[group] = nil }
    }
  }

  private mutating func take(_ record: OutcomeRecord) throws(TunerError) {
    guard let job = unanswered.removeValue(forKey: record.outcome.job) else { return }
    let record = try record.seen(by: outline.objective, "\(record.outcome.job)")
    answered += 1
    budget += job.work
    if case .failed = record.outcome.result {
      failed.insert(job.trial)
    } else {
      failed.remove(job.trial)
      note(job.target)
    }
    _ = standings.take(record, of: job)
  }

  private mutating func note(_ budget: Int) {
    let place = reached.firstIndex { $0.budget >= budget } ?? reached.count
    if place < reached.count, reached[place].budget == budget {
      reached[place].trials += 1
    } else {
      reached.insert((budget, 1), at: place)
    }
  }

  private mutating func take(_ record: SessionRecord, at time: Double) {
    switch record {
    case .started:
      session = Session(
        start: time, number: (session?.number ?? 0) + 1, trials: trials, answered: answered, budget: budget,
        best: leaders.first)
      (groups, work, ending) = ([:], [:], nil)
    case .data(let counts): samples = counts
    case .groupReady(let group): groups[group.id] = group
    case .groupLost(let group, _, _): groups[group] = nil
    case .stopped(let reason): ending = .unfinished(reason)
    case .originReplaced(let job, _, _, let origin): unanswered[job]?.origin = origin
    case .arrived, .groupSetAside, .groupCleared, .assigned, .saved, .stateLost, .stopRequested,
      .studyChanged:
      return
    }
  }
}
