/// Decides budgets, promotions, stops and clones: which job an idle group should do next. Knows no rank, clock or file.
///
/// A scheduler is a value and a function of its initial value and the calls made since; the journal repeats the calls.
public protocol Scheduler: Codable, Sendable {
  /// True when decisions wait for whole rungs or generations. The controller then issues every job as soon as it can
  /// be issued and delivers outcomes in the order of the jobs, so that a run does not depend on which rank was faster.
  var isSynchronous: Bool { get }

  /// True when no job will be issued any more, whatever is still observed.
  var isFinished: Bool { get }

  /// The next job, or nil when there is none before another outcome. `propose` asks the study's sampler for a
  /// configuration of a new trial.
  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job?

  /// Takes the outcome of a job that this scheduler issued and that has not been observed yet.
  mutating func observe(_ outcome: Outcome) throws(SearchError)
}
