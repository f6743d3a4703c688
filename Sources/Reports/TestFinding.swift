public import Search

/// What the test split said of a model that the study chose.
public struct TestFinding: Sendable {
  public var trial: TrialID
  /// Cumulative, in the study's unit.
  public var budget: Int
  public var samples: Int
  /// By name, such as `test_accuracy`; the bounds are of the interval that covers it with 95 %.
  public var metrics: [String: (value: Double, interval: ClosedRange<Double>?)]
  /// How often the split has been opened.
  public var openings: Int

  public init(
    trial: TrialID, budget: Int, samples: Int,
    metrics: [String: (value: Double, interval: ClosedRange<Double>?)], openings: Int
  ) {
    self.trial = trial
    self.budget = budget
    self.samples = samples
    self.metrics = metrics
    self.openings = openings
  }
}
