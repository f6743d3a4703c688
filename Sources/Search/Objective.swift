/// What the study optimizes. Inside `Search` everything minimizes a `cost`; the metric keeps its own sign elsewhere.
public struct Objective: Hashable, Codable, Sendable {
  public enum Goal: String, Codable, CaseIterable, Sendable { case maximize, minimize }

  /// The metric's name, such as `dev_accuracy`.
  public var metric: String
  public var goal: Goal

  public init(metric: String, goal: Goal) {
    self.metric = metric
    self.goal = goal
  }

  /// The score as a cost, lower is better; its own inverse.
  public func cost(of score: Double) -> Double { goal == .maximize ? -score : score }
  public func score(of cost: Double) -> Double { goal == .maximize ? -cost : cost }
}
