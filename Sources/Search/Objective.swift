/// What the study optimizes. Inside `Search` everything minimizes costs; metrics keep their own signs
/// elsewhere.
///
/// The first objective has a name of its own here, because most studies have no other: curves, rungs and the
/// one best trial are about it. With further ones a study looks for the trials that nothing dominates.
public struct Objective: Hashable, Sendable {
  public enum Goal: String, Codable, CaseIterable, Sendable {
    case maximize, minimize

    /// The score as a cost, lower is better; its own inverse.
    public func cost(of score: Double) -> Double { self == .maximize ? -score : score }
  }

  /// One of several objectives.
  public struct Part: Hashable, Codable, Sendable {
    public var metric: String
    public var goal: Goal

    public init(metric: String, goal: Goal) {
      self.metric = metric
      self.goal = goal
    }

    public func cost(of score: Double) -> Double { goal.cost(of: score) }
    public func score(of cost: Double) -> Double { goal.cost(of: cost) }
  }

  /// The metric's name, such as `dev_accuracy`.
  public var metric: String
  public var goal: Goal
  /// The other objectives; mostly none.
  public var further: [Part]
  /// What metrics must keep to; a trial that does not is worse than any that does.
  public var limits: [MetricLimit]

  public init(metric: String, goal: Goal, further: [Part] = [], limits: [MetricLimit] = []) {
    self.metric = metric
    self.goal = goal
    self.further = further
    self.limits = limits
  }

  /// All objectives, the first one first.
  public var parts: [Part] { [Part(metric: metric, goal: goal)] + further }

  /// Every metric that a trial must measure, each once: those of the objectives, then those of the limits.
  public var metrics: [String] {
    var names: [String] = []
    for name in parts.map(\.metric) + limits.map(\.metric) where !names.contains(name) { names.append(name) }
    return names
  }

  /// The first objective's score as a cost, lower is better; its own inverse.
  public func cost(of score: Double) -> Double { goal.cost(of: score) }
  public func score(of cost: Double) -> Double { goal.cost(of: cost) }

  /// The costs of all objectives and the violation of all limits; nil where one of the metrics is missing.
  public func costs(of metrics: [String: Double]) -> CostVector? {
    var costs: [Double] = []
    for part in parts {
      guard let score = metrics[part.metric] else { return nil }
      costs.append(part.cost(of: score))
    }
    var (violation, excesses) = (0.0, [] as [Double])
    for limit in limits {
      guard let value = metrics[limit.metric] else { return nil }
      violation += limit.violation(of: value)
      excesses.append(limit.excess(of: value))
    }
    return CostVector(costs, violation: min(violation, .greatestFiniteMagnitude), excesses: excesses)
  }
}

/// The range that a metric must lie in, such as a latency of at most 5 ms.
public struct MetricLimit: Hashable, Codable, Sendable {
  public var metric: String
  public var atLeast: Double?
  public var atMost: Double?

  public init(metric: String, atLeast: Double? = nil, atMost: Double? = nil) {
    self.metric = metric
    self.atLeast = atLeast
    self.atMost = atMost
  }

  /// By how much `value` lies outside, as a share of the bound that it breaks (of 1, where the bound is 0):
  /// so that limits in milliseconds and in millions of parameters add up. 0 within.
  public func violation(of value: Double) -> Double {
    var violation = 0.0
    if let atLeast, value < atLeast { violation += (atLeast - value) / (atLeast == 0 ? 1 : abs(atLeast)) }
    if let atMost, value > atMost { violation += (value - atMost) / (atMost == 0 ? 1 : abs(atMost)) }
    return min(violation, .greatestFiniteMagnitude)
  }

  /// By how much `value` lies beyond the nearest bound, in shares as `violation(of:)` has them; below 0 within, where
  /// it says how much is left. Finite.
  public func excess(of value: Double) -> Double {
    let below = atLeast.map { ($0 - value) / ($0 == 0 ? 1 : abs($0)) } ?? -.infinity
    let above = atMost.map { (value - $0) / ($0 == 0 ? 1 : abs($0)) } ?? -.infinity
    return min(max(below, above, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }

  /// Such as `latency_ms at most 5.0`.
  public var text: String {
    let bounds = [atLeast.map { "at least \($0)" }, atMost.map { "at most \($0)" }].compactMap { $0 }
    return "\(metric) \(bounds.joined(separator: " and "))"
  }
}

extension Objective: Codable {
  private enum CodingKeys: CodingKey { case metric, goal, further, limits }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    metric = try container.decode(String.self, forKey: .metric)
    goal = try container.decode(Goal.self, forKey: .goal)
    further = try container.decodeIfPresent([Part].self, forKey: .further) ?? []
    limits = try container.decodeIfPresent([MetricLimit].self, forKey: .limits) ?? []
  }

  /// What there is none of is left out, so that a study with one objective is written as it always was.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(metric, forKey: .metric)
    try container.encode(goal, forKey: .goal)
    if !further.isEmpty { try container.encode(further, forKey: .further) }
    if !limits.isEmpty { try container.encode(limits, forKey: .limits) }
  }
}
