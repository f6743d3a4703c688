/// What is known when a configuration is proposed: one value, which every sampler is handed.
///
/// What samplers ask of it is decided here, once: which budget counts (`budget(atLeast:)`), what several readings of
/// a configuration say together (`Estimate`), and which trials have no outcome yet, or a bad one (`outstanding`).
///
/// Measurements are only ever added. Each has a mark, a fingerprint of itself and all before it, so that a
/// sampler sees in constant time whether what it learned from n measurements is still about the first n of
/// these.
public struct Evidence: Sendable {
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
    /// By how much the study's limits are broken, summed; 0 when they hold.
    public var violation: Double
    /// For each of the study's limits by how much it is broken, below 0 what is left to it (`MetricLimit.excess`);
    /// empty where that is not known.
    public var excesses: [Double]

    public init(
      trial: TrialID, configuration: Configuration, budget: Int, cost: Double, furtherCosts: [Double] = [],
      violation: Double = 0, excesses: [Double] = []
    ) {
      self.trial = trial
      self.configuration = configuration
      self.budget = budget
      self.cost = cost
      self.furtherCosts = furtherCosts
      self.violation = violation
      self.excesses = excesses
    }

    public init(_ trial: TrialID, _ configuration: Configuration, at budget: Int, _ costs: CostVector) {
      self.init(
        trial: trial, configuration: configuration, budget: budget, cost: costs.costs[0],
        furtherCosts: Array(costs.costs.dropFirst()), violation: costs.violation, excesses: costs.excesses)
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
  /// On the way to which budget they failed, where that was said.
  private var failureTargets: [TrialID: Int] = [:]
  /// How many trials had begun when each measurement was reported, as far as their numbers tell, `[n]`.
  private var begun: [Int] = []
  /// By budget.
  private(set) var levels: [Int: Level] = [:]
  /// Of each measurement among its level's estimates, `[n]`.
  private(set) var estimatePlaces: [Int] = []
  /// The budget of a complete trial, where trials are also measured at smaller ones; nil where nobody said.
  public var fullBudget: Int?
  /// How many trials the study is planned to have; nil where nobody said.
  public var plannedTrials: Int?
  /// Whether the readings of one configuration are of folds of the data. Some are harder than others, for all
  /// configurations alike, so that their spread says nothing of how sure the mean is. Said before anything is measured.
  public var readingsAreFolds = false
  /// How many objectives the measurements have, at least 1.
  public private(set) var objectiveCount = 1
  /// Whether any measurement broke a limit.
  public private(set) var hasViolations = false

  public init() {}

  /// Adds a measurement. O(d + pending), and O(readings) for a configuration that was measured before at this budget.
  public mutating func append(_ measurement: Completed) {
    let newest = max(measurement.trial, pending.keys.max() ?? measurement.trial)
    append(measurement, begun: max(newest.rawValue + 1, begun.last ?? 0))
  }

  /// Adds a measurement, when so many trials had begun as its number tells.
  mutating func append(_ measurement: Completed, begun count: Int) {
    var hasher = Hasher()
    hasher.combine(marks.last)
    hasher.combine(measurement)
    estimatePlaces.append(
      levels[measurement.budget, default: Level(readingsAreFolds: readingsAreFolds)]
        .append(measurement, at: completed.count))
    completed.append(measurement)
    begun.append(count)
    if failed[measurement.trial] != nil, measurement.budget > failureTargets[measurement.trial] ?? 0 {
      failed[measurement.trial] = nil
    }
    hasViolations = hasViolations || measurement.violation > 0
    objectiveCount = max(objectiveCount, 1 + measurement.furtherCosts.count)
    marks.append(hasher.finalize())
  }

  /// A trial failed on the way to a budget. It counts as failed until it has come farther: another replicate that
  /// reaches the same budget does not mend it.
  public mutating func fail(_ trial: TrialID, _ configuration: Configuration, at target: Int) {
    failed[trial] = configuration
    failureTargets[trial] = target
  }

  /// Takes over which trials are at work and which failed on the way where, and what is planned: after the measurements,
  /// which are other ones than `other` has.
  ///
  /// - Parameter expressed: a trial's configuration here; nil for one that is left out.
  mutating func adoptTrials(
    of other: Evidence, as expressed: (Configuration) -> Configuration? = { $0 }
  ) {
    pending = other.pending.compactMapValues(expressed)
    failed = other.failed.compactMapValues(expressed)
    failureTargets = other.failureTargets
    (fullBudget, plannedTrials) = (other.fullBudget, other.plannedTrials)
  }

  /// The mark of the first `count` measurements; nil for none of them, or if there are fewer.
  func mark(of count: Int) -> Int? { count > 0 && count <= marks.count ? marks[count - 1] : nil }
}

// Which budget counts.
extension Evidence {
  /// The largest budget at which at least `minimum` trials were measured; nil if there is none.
  ///
  /// Costs at different budgets are different functions, and one of them is learned from, as in BOHB (Falkner, Klein
  /// and Hutter, "BOHB: robust and efficient hyperparameter optimization at scale", ICML 2018).
  func budget(atLeast minimum: Int) -> Int? { levels.filter { $0.value.trials.count >= minimum }.keys.max() }

  /// The rows at `budget(atLeast:)`; at the least budget where none has as many.
  func rows(preferring minimum: Int) -> [Int] {
    (budget(atLeast: minimum) ?? levels.keys.min()).map { rows(at: $0) } ?? []
  }

  /// The largest budget at which anything was measured.
  var largestBudget: Int? { levels.keys.max() }

  /// Whether measurements are of more than one budget.
  var hasSeveralBudgets: Bool { levels.count > 1 }

  /// Places among `completed` of the measurements at a budget, in the order of reports.
  func rows(at budget: Int) -> [Int] { levels[budget]?.rows ?? [] }

  /// What all readings of a configuration at a budget say together; nil for none.
  func estimate(of configuration: Configuration, at budget: Int) -> Estimate? {
    levels[budget]?.estimate(of: configuration)
  }

  /// The first measurement of each configuration that was measured at a budget, as places among `completed`, in the
  /// order of reports.
  func firstRows(at budget: Int) -> [Int] { levels[budget]?.estimates.map { $0.rows[0] } ?? [] }

  /// Whether a configuration was measured at any budget. O(budgets).
  func hasMeasured(_ configuration: Configuration) -> Bool {
    levels.values.contains { $0.estimate(of: configuration) != nil }
  }

  /// The first trial that could know of measurement `row`: all before it had begun when it was reported.
  func firstTrial(after row: Int) -> TrialID { TrialID(begun[row]) }

  /// Whether `trial` has a measurement at a budget.
  func isMeasured(_ trial: TrialID, at budget: Int) -> Bool {
    levels[budget]?.trials.contains(trial) ?? false
  }

  /// How many trials are known, at work and failed ones included; counted to `limit`.
  func trialCount(upTo limit: Int) -> Int {
    var trials = Set(pending.keys).union(failed.keys)
    for measurement in completed where trials.count < limit { trials.insert(measurement.trial) }
    return min(trials.count, limit)
  }
}

// Trials that no measurement speaks of.
extension Evidence {
  /// Trials at work and failed ones.
  struct Outstanding: Sendable {
    /// By trial.
    var failed: [(trial: TrialID, configuration: Configuration)]
    /// By trial.
    var pending: [(trial: TrialID, configuration: Configuration)]

    /// At most `count` of each kind, those with the greatest numbers.
    func newest(_ count: Int) -> Outstanding {
      Outstanding(failed: failed.suffix(count), pending: pending.suffix(count))
    }
  }

  /// Trials at work and failed ones, in an order of their own, because a dictionary's changes from run to run. A
  /// trial that is at work again after a failure is at work.
  ///
  /// - Parameter budget: where given, trials that have a measurement at it are left out.
  func outstanding(unmeasuredAt budget: Int? = nil) -> Outstanding {
    func open(_ trials: [TrialID: Configuration]) -> [(trial: TrialID, configuration: Configuration)] {
      trials.filter { trial, _ in budget.map { !isMeasured(trial, at: $0) } ?? true }
        .map { (trial: $0.key, configuration: $0.value) }.sorted { $0.trial < $1.trial }
    }
    return Outstanding(failed: open(failed.filter { pending[$0.key] == nil }), pending: open(pending))
  }
}

extension Evidence: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    left.completed == right.completed && left.pending == right.pending && left.failed == right.failed
      && left.fullBudget == right.fullBudget && left.plannedTrials == right.plannedTrials
  }
}
