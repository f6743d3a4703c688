import Search

/// Who is ahead of whom among all that a study has measured. A trial's replicates count once all have answered.
///
/// O(1) an answer, apart from the ranking's own work.
struct Standings: Sendable {
  private let objective: Objective
  /// Of jobs some of whose replicates are still at work.
  private var answers: ReplicateAnswers
  /// What those have measured.
  private var measured: [JobID: [String: Double]] = [:]
  private(set) var ranking = Ranking<Controller.Best>()

  init(_ objective: Objective, _ replicates: Replicates) {
    self.objective = objective
    answers = ReplicateAnswers(replicates)
  }

  var replicates: Replicates { answers.replicates }

  /// What an outcome completes.
  struct Completed {
    /// The outcomes of all replicates; nil while some are missing.
    var all: [Outcome]?
    /// Nil too when one of them has failed.
    var mean: ReplicateAnswers.Mean?
    /// The state that was ranked.
    var state: Controller.Best?
  }

  mutating func take(_ record: OutcomeRecord, of job: Job) -> Completed {
    let all = answers.take(record.outcome)
    var completed = Completed(all: all, mean: all.flatMap(ReplicateAnswers.Mean.init))
    let measured = takeMeasured(record, of: all)
    guard let mean = completed.mean, let checkpoint = record.checkpoint else { return completed }
    let losses = measured.compactMap { $0[TieBreaker.metric] }
    let state = Controller.Best(
      reached: job, ranked: replicates.original(of: job.trial), costs: mean.costs,
      standardError: mean.standardError, checkpoint: checkpoint,
      brokenLimits: objective.limits.isEmpty ? nil : objective.brokenLimits(by: measured),
      devLoss: losses.count == all?.count ? losses.reduce(0, +) / Double(losses.count) : nil,
      samplingError: measured.first?[MeasuredScore.errorName(of: objective.metric)])
    ranking.take(state)
    completed.state = state
    return completed
  }

  /// What a job's replicates have measured once all have answered; nothing before.
  private mutating func takeMeasured(_ record: OutcomeRecord, of all: [Outcome]?) -> [[String: Double]] {
    measured[record.outcome.job] = record.measurements.last?.metrics
    return (all ?? []).compactMap { measured.removeValue(forKey: $0.job) }
  }
}
