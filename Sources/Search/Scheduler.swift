/// Decides budgets, promotions, stops and clones: which job an idle group should do next. Knows no rank,
/// clock or file.
///
/// A scheduler is a value and a function of its initial value and the calls made since; the journal repeats
/// the calls. No decision depends on how many trials, iterations or generations the study has in all: the
/// calls of a finished study, repeated on a scheduler that allows more of them, give the same jobs, and then
/// it goes on. For that, `nextJob` is repeated where a job was issued, and not where the answer was nil.
public protocol Scheduler: Codable, Sendable {
  /// True when decisions wait for whole rungs or generations. The controller then issues every job as soon as
  /// it can be issued and delivers outcomes in the order of the jobs, so that a run does not depend on which
  /// rank was faster.
  var isSynchronous: Bool { get }

  /// True when no job will be issued any more, whatever is still observed.
  var isFinished: Bool { get }

  /// What the whole study amounts to, known before it starts.
  var plan: SchedulePlan { get }

  /// Where the study stands.
  var progress: ScheduleProgress { get }

  /// The newest complete generation; nil before the first one, and always for schedulers without a
  /// population.
  var population: Generation? { get }

  /// The next job, or nil when there is none before another outcome. `propose` asks the study's sampler for a
  /// configuration of a new trial.
  ///
  /// Jobs are numbered from 0 in the order of issue, trials from 0 in the order of their first jobs. A trial
  /// has at most one unfinished job.
  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job?

  /// As `nextJob(proposing:)`, for schedulers that leave it to the sampler whether a paused trial goes on or
  /// a new one begins: `choose` gets the new trial's number and those that may go on, and answers nil where
  /// it has no opinion.
  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?
  ) throws(SearchError) -> Job?

  /// As `nextJob(proposing:choosing:)`, for schedulers that make configurations themselves: each passes
  /// through `revise`, with the trial and the state that it starts from, before it is in force. What was
  /// recorded takes its place there, and for a new trial something that was not tried yet.
  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job?

  /// Takes the outcome of a job that this scheduler issued and that has not been observed yet.
  ///
  /// A failed trial counts as worse than any other and gets no further job from its own state.
  /// - Throws: `SearchError` when there is no such job, when the cost is not finite, and when the study
  ///   cannot go on, because a whole generation failed.
  mutating func observe(_ outcome: Outcome) throws(SearchError)

  /// Trials from which no later job will start, neither to go on nor to be copied, however the study goes on
  /// or is extended: their states need not be kept. Each is told once, after the outcome that decided it.
  mutating func takeAbandoned() -> [TrialID]
}

extension Scheduler {
  public var population: Generation? { nil }
  public mutating func takeAbandoned() -> [TrialID] { [] }

  /// Of a scheduler that decides alone.
  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?
  ) throws(SearchError) -> Job? {
    try nextJob(proposing: propose)
  }

  /// Of a scheduler that makes no configuration.
  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    try nextJob(proposing: propose, choosing: choose)
  }
}

/// A scheduler that makes configurations itself, and decides alone which trials go on.
public protocol BreedingScheduler: Scheduler {
  /// `nextJob(proposing:choosing:revising:)` without a choice.
  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job?
}

extension BreedingScheduler {
  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    try nextJob(proposing: propose) { _, _, configuration in configuration }
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    try nextJob(proposing: propose, revising: revise)
  }
}
