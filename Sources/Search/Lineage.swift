extension History {
  /// The jobs that made a state, the one from new weights first: back from the trial's newest job that
  /// reached its target (at `budget`, if that is given) over resumes and forks. Empty when there is no such
  /// job.
  public func lineage(of trial: TrialID, at budget: Int? = nil) -> [TrialHistory.Segment] {
    var lineage: [TrialHistory.Segment] = []
    var next = segment(of: trial, reaching: budget, before: nil)
    while let segment = next {
      lineage.append(segment)
      next =
        switch segment.job.origin {
        case .fresh: nil
        case .resume(let budget):
          self.segment(of: segment.job.trial, reaching: budget, before: segment.job.id)
        case .fork(let parent, let budget): self.segment(of: parent, reaching: budget, before: segment.job.id)
        }
    }
    return lineage.reversed()
  }

  /// The hyperparameters that made a state, as a function of its budget: what to train again with.
  public func schedule(of trial: TrialID, at budget: Int? = nil) -> [ScheduledConfiguration] {
    var schedule: [ScheduledConfiguration] = []
    for segment in lineage(of: trial, at: budget) {
      if let last = schedule.indices.last, schedule[last].configuration == segment.job.configuration {
        schedule[last].end = segment.job.target
      } else {
        schedule.append(
          ScheduledConfiguration(
            start: segment.job.origin.budget, end: segment.job.target,
            configuration: segment.job.configuration))
      }
    }
    return schedule
  }

  /// The newest job of the trial that reached its target, among those before `limit`. Job numbers fall with
  /// every step back, so that a walk always ends.
  private func segment(of trial: TrialID, reaching budget: Int?, before limit: JobID?) -> TrialHistory
    .Segment?
  {
    guard trials.indices.contains(trial.rawValue) else { return nil }
    return trials[trial.rawValue].segments.last { segment in
      segment.cost != nil && (budget.map { segment.job.target == $0 } ?? true)
        && (limit.map { segment.job.id < $0 } ?? true)
    }
  }
}

/// One configuration, and the stretch of training in which it was in force.
public struct ScheduledConfiguration: Hashable, Codable, Sendable {
  /// Cumulative budgets, in the study's unit.
  public var start: Int
  public var end: Int
  public var configuration: Configuration

  public init(start: Int, end: Int, configuration: Configuration) {
    self.start = start
    self.end = end
    self.configuration = configuration
  }
}
