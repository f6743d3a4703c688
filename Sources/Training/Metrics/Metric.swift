/// A number that a trainee measures, and which way is better.
public struct Metric: Equatable, Sendable {
  public enum Goal: String, Codable, CaseIterable, Sendable {
    case maximize, minimize
  }

  /// As studies write it, such as `dev_loss`.
  public var name: String
  /// The natural goal: what a study means that names the metric and says no more; nil where the study must say
  /// it.
  public var goal: Goal?
  /// A sentence for people.
  public var summary: String
  /// Whether it is measured only for studies that ask for it, because that takes time, or differs from run to
  /// run.
  public var isOnRequest: Bool
  /// Whether some measurements have no value of it: it may be a curve, and nothing that decides.
  public var mayBeMissing: Bool

  public init(
    name: String, goal: Goal?, summary: String, isOnRequest: Bool = false, mayBeMissing: Bool = false
  ) {
    self.name = name
    self.goal = goal
    self.summary = summary
    self.isOnRequest = isOnRequest
    self.mayBeMissing = mayBeMissing
  }
}
