/// What is known when a configuration is proposed.
///
/// Measurements are only ever added. Each has a mark, a fingerprint of itself and all before it, so that a
/// sampler sees in constant time whether what it learned from n measurements is still about the first n of
/// these.
public struct Observations: Sendable {
  public struct Completed: Hashable, Codable, Sendable {
    public var trial: TrialID
    public var configuration: Configuration
    /// The cumulative budget at which the cost was measured.
    public var budget: Int
    /// Finite; lower is better.
    public var cost: Double
    /// The costs of the study's further objectives, in its order: finite, lower is better. Empty for one
    /// objective.
    public var furtherCosts: [Double]
    /// By how much the measured constraints are violated, summed, each in its own scale; 0 when they hold.
    public var violation: Double

    public init(
      trial: TrialID, configuration: Configuration, budget: Int, cost: Double, furtherCosts: [Double] = [],
      violation: Double = 0
    ) {
      self.trial = trial
      self.configuration = configuration
      self.budget = budget
      self.cost = cost
      self.furtherCosts = furtherCosts
      self.violation = violation
    }
  }

  /// Every measurement, in the order in which it was reported; a trial appears once for each budget it
  /// reached.
  public private(set) var completed: [Completed] = []
  /// `marks[i]` tells `completed[0...i]` from any other measurements. Of this process alone: hashes are
  /// seeded anew in each.
  private var marks: [Int] = []
  /// Trials at work, by trial.
  public var pending: [TrialID: Configuration] = [:]
  /// Trials that failed, by trial.
  public var failed: [TrialID: Configuration] = [:]
  /// The budget of a complete trial, where trials are also measured at smaller ones; nil where nobody said.
  public var fullBudget: Int?
  /// How many trials the study is planned to have; nil where nobody said.
  public var plannedTrials: Int?
  /// How many objectives the measurements have, at least 1.
  public private(set) var objectiveCount = 1
  /// Whether any measurement broke a limit.
  public private(set) var hasViolations = false

  public init() {}

  /// Adds a measurement.
  public mutating func append(_ measurement: Completed) {
    var hasher = Hasher()
    hasher.combine(marks.last)
    hasher.combine(measurement)
    completed.append(measurement)
    hasViolations = hasViolations || measurement.violation > 0
    objectiveCount = max(objectiveCount, 1 + measurement.furtherCosts.count)
    marks.append(hasher.finalize())
  }

  /// The mark of the first `count` measurements; nil for none of them, or if there are fewer.
  func mark(of count: Int) -> Int? { count > 0 && count <= marks.count ? marks[count - 1] : nil }
}

extension Observations: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    left.completed == right.completed && left.pending == right.pending && left.failed == right.failed
      && left.fullBudget == right.fullBudget && left.plannedTrials == right.plannedTrials
  }
}

extension Observations: Codable {
  private enum CodingKeys: CodingKey { case completed, pending, failed, fullBudget, plannedTrials }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    for measurement in try container.decode([Completed].self, forKey: .completed) { append(measurement) }
    pending = try container.decode([TrialID: Configuration].self, forKey: .pending)
    failed = try container.decode([TrialID: Configuration].self, forKey: .failed)
    fullBudget = try container.decodeIfPresent(Int.self, forKey: .fullBudget)
    plannedTrials = try container.decodeIfPresent(Int.self, forKey: .plannedTrials)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(completed, forKey: .completed)
    try container.encode(pending, forKey: .pending)
    try container.encode(failed, forKey: .failed)
    try container.encodeIfPresent(fullBudget, forKey: .fullBudget)
    try container.encodeIfPresent(plannedTrials, forKey: .plannedTrials)
  }
}
