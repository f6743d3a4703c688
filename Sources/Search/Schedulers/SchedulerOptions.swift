/// The options of one scheduler, with their defaults, as plain data. Budgets are cumulative, in the study's
/// unit (steps or epochs); η of the papers is `reduction`.
public protocol SchedulerOptions: Hashable, Codable, Sendable {
  /// The option that makes a study longer, as files write it, and its value: a finished study goes on with a
  /// larger one.
  var extent: (option: String, value: Int) { get }

  /// The sampler that a study has when nobody names one.
  var usualSampler: SamplerConfiguration { get }

  /// What of a study the scheduler takes into account where it decides.
  var heeds: Heeding { get }

  /// Whether it changes hyperparameters while a trial trains, or copies states from trial to trial: then
  /// nothing is won by a trainee that must begin anew.
  var needsStates: Bool { get }

  /// Whether a trial may go on from another trial's state.
  var copiesStates: Bool { get }

  /// The scheduler at its start.
  /// - Throws: `SearchError`, whose subject names the option, such as `scheduler.reduction`.
  func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler
}

extension SchedulerOptions {
  public var usualSampler: SamplerConfiguration { SamplerConfiguration(.auto) }
  public var needsStates: Bool { false }
  public var copiesStates: Bool { false }
}

/// What a scheduler may know of its study.
public struct SchedulerContext: Sendable {
  public var space: SearchSpace
  /// The study's.
  public var seed: UInt64
  /// The names of the hyperparameters that may change while a trial trains; names that the space does not
  /// have are ignored.
  public var mutable: Set<String>
  /// True when every job begins with new weights, because a larger budget is another model or other data.
  public var trainsAnew: Bool

  public init(space: SearchSpace, seed: UInt64, mutable: Set<String>, trainsAnew: Bool = false) {
    self.space = space
    self.seed = seed
    self.mutable = mutable
    self.trainsAnew = trainsAnew
  }
}

/// Options beyond a thousand million are slips of the pen; refusing them keeps all sums far from overflow.
let largestOption = 1_000_000_000

/// Checks a whole number of the scheduler's options.
func check(
  _ option: String, _ value: Int, atLeast low: Int, atMost high: Int = largestOption, remedy: String
) throws(SearchError) {
  guard value >= low, value <= high else {
    throw SearchError(
      subject: "scheduler.\(option)",
      expected: value < low ? "a number at least \(low)" : "a number at most \(high)",
      found: "\(value)", remedy: remedy)
  }
}

/// Checks a real number of the scheduler's options; `expected` says which are valid.
func check(
  _ option: String, _ value: Double, _ expected: String, where isValid: Bool, remedy: String
) throws(SearchError) {
  guard value.isFinite, isValid else {
    throw SearchError(subject: "scheduler.\(option)", expected: expected, found: "\(value)", remedy: remedy)
  }
}
