import Search

/// What a study is of, whether a line or an experiment file says so.
struct StudyTerms: Sendable {
  var space: SpokenSpace
  /// What is tried before the sampler is asked.
  var starting: StartingConfigurations
  var seed: UInt64
  var objective: Objective
  /// Nil when every trial is one full evaluation.
  var fidelity: SpokenFidelity?
  /// How many trials are planned; nil where nobody said.
  var plannedTrials: Int?

  /// What a full evaluation counts; 1 where there are no others.
  var fullBudget: Int { fidelity?.full ?? 1 }
}
