/// Who led a study from some moment on.
public struct Incumbent: Hashable, Codable, Sendable {
  public var job: JobID
  public var trial: TrialID
  /// Cumulative budget at which the cost was measured, in the study's unit.
  public var budget: Int
  /// Lower is better.
  public var cost: Double
  public var configuration: Configuration
  /// Seconds since the study began, when it was recorded; nil if the history has no times.
  public var finishedAt: Double?

  public init(
    job: JobID, trial: TrialID, budget: Int, cost: Double, configuration: Configuration, finishedAt: Double?
  ) {
    self.job = job
    self.trial = trial
    self.budget = budget
    self.cost = cost
    self.configuration = configuration
    self.finishedAt = finishedAt
  }
}

/// How many of each there were.
public struct HistoryCounts: Hashable, Codable, Sendable {
  public var trials = 0
  /// Trials whose newest answered job failed.
  public var failedTrials = 0
  public var jobs = 0
  public var failedJobs = 0
  public var unfinishedJobs = 0
  /// Jobs that started from another trial's state.
  public var forks = 0
  /// Budget units of the answered jobs.
  public var budget = 0

  public init(
    trials: Int = 0, failedTrials: Int = 0, jobs: Int = 0, failedJobs: Int = 0, unfinishedJobs: Int = 0,
    forks: Int = 0, budget: Int = 0
  ) {
    self.trials = trials
    self.failedTrials = failedTrials
    self.jobs = jobs
    self.failedJobs = failedJobs
    self.unfinishedJobs = unfinishedJobs
    self.forks = forks
    self.budget = budget
  }
}

extension History {
  /// Who led the study from when on, by the one rule (`Ranking`), in the order in which it was recorded; the last one
  /// is its winner. A leader that goes on training leads by its newest reading, so a score may fall. With several
  /// objectives the cost is the first one's. Of replicates the mean counts, when the last one was recorded.
  /// O(n log n) for n jobs, where the budget at which trials are compared moves seldom.
  public var incumbents: [Incumbent] {
    var leaders: [Incumbent] = []
    rank { ranking in
      guard let leader = ranking.winner?.incumbent, leader.job != leaders.last?.job else { return }
      leaders.append(leader)
    }
    return leaders
  }

  /// Who is ahead of whom.
  public var ranking: Ranking<RankedState> { rank { _ in } }

  /// The winner; nil when no job has reached its target. O(n log n) for n jobs.
  public var best: Incumbent? { ranking.winner?.incumbent }

  /// The winner's score, with its error over seeds where it has replicates, else over samples where it was measured.
  public var measuredBest: MeasuredScore? { measured(ranking.winner) }

  /// A state's score, as above.
  package func measured(_ state: RankedState?) -> MeasuredScore? {
    guard let winner = state else { return nil }
    // A cost of 0 becomes a score of 0, not of -0.
    let cost = winner.costs.costs[0]
    return MeasuredScore(cost == 0 ? 0 : objective.score(of: cost), error: winner.standardError)
  }

  /// - Parameter look: after every reading.
  @discardableResult
  private func rank(_ look: (Ranking<RankedState>) -> Void) -> Ranking<RankedState> {
    var ranking = Ranking<RankedState>()
    var answers = ReplicateAnswers(replication)
    var metrics: [JobID: [String: Double]] = [:]
    let error = MeasuredScore.errorName(of: objective.metric)
    for (segment, cost) in measuredSegments {
      let costs = CostVector([cost], violation: costVector(of: segment)?.violation ?? 0)
      metrics[segment.job.id] = segment.measurements.last?.metrics
      guard let all = answers.take(Outcome(of: segment.job.id, segment.job.trial, costs)),
        let mean = ReplicateAnswers.Mean(all)
      else { continue }
      let measured = all.compactMap { metrics.removeValue(forKey: $0.job) }
      let losses = measured.compactMap { $0[TieBreaker.metric] }
      ranking.take(
        RankedState(
          incumbent: Incumbent(segment, mean.costs.costs[0]),
          ranked: replication.original(of: segment.job.trial), costs: mean.costs,
          devLoss: losses.count == all.count ? losses.reduce(0, +) / Double(losses.count) : nil,
          standardError: mean.standardError ?? measured.first?[error]))
      look(ranking)
    }
    return ranking
  }

  /// Segments with a cost, in the order in which they were recorded; by job where there are no times.
  private var measuredSegments: [(TrialHistory.Segment, Double)] {
    var measured: [(time: Double, segment: TrialHistory.Segment, cost: Double)] = []
    for trial in trials {
      for segment in trial.segments {
        if let cost = segment.cost { measured.append((segment.finishedAt ?? 0, segment, cost)) }
      }
    }
    measured.sort { ($0.time, $0.segment.job.id) < ($1.time, $1.segment.job.id) }
    return measured.map { ($0.segment, $0.cost) }
  }

  public var counts: HistoryCounts {
    var counts = HistoryCounts(trials: trials.count)
    for trial in trials {
      for segment in trial.segments {
        counts.jobs += 1
        if case .fork = segment.job.origin { counts.forks += 1 }
        switch segment.outcome {
        case .reached: counts.budget += segment.job.work
        case .failed:
          counts.budget += segment.job.work
          counts.failedJobs += 1
        case nil: counts.unfinishedJobs += 1
        }
      }
      if case .failed = trial.segments.last(where: { $0.outcome != nil })?.outcome {
        counts.failedTrials += 1
      }
    }
    return counts
  }
}

extension Incumbent {
  init(_ segment: TrialHistory.Segment, _ cost: Double) {
    self.init(
      job: segment.job.id, trial: segment.job.trial, budget: segment.job.target, cost: cost,
      configuration: segment.job.configuration, finishedAt: segment.finishedAt)
  }
}

/// A state of a history, as the rule sees it.
public struct RankedState: Rankable {
  public let incumbent: Incumbent
  public let ranked: TrialID
  public let costs: CostVector
  public let devLoss: Double?
  /// Of the first objective: over the replicates, or else over samples; nil where neither is known.
  public let standardError: Double?

  public var job: JobID { incumbent.job }
  public var budget: Int { incumbent.budget }
}
