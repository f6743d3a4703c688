/// Stopping by extrapolation of learning curves (Domhan, Springenberg and Hutter, IJCAI 2015: predictive
/// termination): a trial is stopped when the probability that it would end better than the best trial that
/// was trained to the end is below a threshold.
///
/// Until a trial has been trained to the end, none is stopped. `LearningCurve` makes the forecast, in
/// O(measurements) times some 60 shapes; the trials that were trained to the end correct it (`ForecastErrors`),
/// where the options say so.
struct ExtrapolationStopping: StoppingRule {
  private let options: ExtrapolationOptions
  /// The least cost at the whole budget of a trial that kept the limits.
  private var best: Double?
  /// Of each trial at work: its costs after each stretch.
  private var curves: [TrialID: [Double]] = [:]
  private var prediction: LearningCurve
  private var errors = ForecastErrors()

  init(_ options: ExtrapolationOptions) {
    self.options = options
    prediction = LearningCurve(end: Double(options.maximumBudget) / Double(options.interval))
  }

  func budget(after budget: Int) -> Int? { options.stretches.budget(after: budget) }
  func plan(trials: Int) -> SchedulePlan { options.stretches.plan(trials: trials) }

  mutating func goesOn(_ outcome: Outcome, at budget: Int) -> Bool {
    let trial = outcome.trial
    guard let vector = outcome.costVector else {
      curves[trial] = nil
      return false
    }
    let cost = vector.costs[0]
    guard self.budget(after: budget) != nil else {
      if vector.isFeasible { best = min(best ?? cost, cost) }
      learn(from: curves.removeValue(forKey: trial) ?? [], endingAt: cost)
      return false
    }
    curves[trial, default: []].append(cost)
    if isHopeless(curves[trial, default: []]) {
      curves[trial] = nil
      return false
    }
    return true
  }

  private mutating func isHopeless(_ costs: [Double]) -> Bool {
    guard let best, costs.count >= options.minimumMeasurements else { return false }
    let forecast = prediction.forecast(of: costs)
    let probability =
      switch options.forecast {
      case .families: forecast?.probability(below: best) ?? (costs[costs.count - 1] < best ? 1 : 0)
      case .corrected: errors.probability(thatEndOf: costs, isBelow: best, by: forecast)
      }
    return probability < options.threshold
  }

  /// What would have been foretold of a trial that was trained to the end, at each of its measurements.
  private mutating func learn(from costs: [Double], endingAt end: Double) {
    guard options.forecast == .corrected, costs.count >= options.minimumMeasurements else { return }
    for count in options.minimumMeasurements...costs.count {
      let known = Array(costs.prefix(count))
      errors.take(end: end, of: known, foretold: prediction.forecast(of: known)?.middle)
    }
  }
}

/// Options of stopping by extrapolation.
public struct ExtrapolationOptions: SchedulerOptions {
  /// Configurations to try, at least 1.
  public var trials: Int
  /// What a trial gets that is never stopped, at least 1.
  public var maximumBudget: Int
  /// A trial is judged whenever it has trained for so long, at least 1.
  public var interval: Int
  /// No trial is stopped that was measured less often, at least 3.
  public var minimumMeasurements: Int
  /// A trial is stopped that would be the best with a probability below this, above 0 and below 1.
  public var threshold: Double
  public var forecast: Forecast

  /// What a trial's end is foretold by.
  public enum Forecast: String, Codable, CaseIterable, Sendable {
    /// Families of falling curves alone: for costs that fall from the first on, and the sooner the steeper.
    case families
    /// The families, corrected by how the trials that were trained to the end went on from the same budget:
    /// also for costs that rise or stand first, as while the learning rate warms up, and for those that drop
    /// late, as when it decays at the end.
    case corrected
  }

  public init(
    trials: Int, maximumBudget: Int, interval: Int = 1, minimumMeasurements: Int = 4,
    threshold: Double = 0.05,
    forecast: Forecast = .corrected
  ) {
    self.forecast = forecast
    self.trials = trials
    self.maximumBudget = maximumBudget
    self.interval = interval
    self.minimumMeasurements = minimumMeasurements
    self.threshold = threshold
  }

  /// Those of a record that names no forecast are of an earlier version, which had the families alone.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      trials: try fields.decode(Int.self, forKey: .trials),
      maximumBudget: try fields.decode(Int.self, forKey: .maximumBudget),
      interval: try fields.decode(Int.self, forKey: .interval),
      minimumMeasurements: try fields.decode(Int.self, forKey: .minimumMeasurements),
      threshold: try fields.decode(Double.self, forKey: .threshold),
      forecast: try fields.decodeIfPresent(Forecast.self, forKey: .forecast) ?? .families)
  }

  var stretches: Stretches { Stretches(interval: interval, maximum: maximumBudget) }

  public var extent: (option: String, value: Int) { ("trials", trials) }

  public var heeds: Heeding { [.outcomes, .priors, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try validate()
    return EarlyStopping(ExtrapolationStopping(self), trials: trials)
  }

  public func validate() throws(SearchError) {
    try stretches.validate()
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to try.")
    try check(
      "minimum_measurements", minimumMeasurements, atLeast: 3, remedy: "Write 4: a curve needs a few points.")
    try check(
      "threshold", threshold, "a number above 0 and below 1", where: threshold > 0 && threshold < 1,
      remedy: "Write 0.05.")
  }
}
