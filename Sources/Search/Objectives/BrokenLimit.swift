/// A limit that a trial does not keep, and by how much.
public struct BrokenLimit: Codable, Hashable, Sendable {
  public var limit: MetricLimit
  /// As a share of the bound that is broken, or of 1 where that is 0; of replicates the mean. Above 0.
  public var violation: Double

  public init(limit: MetricLimit, violation: Double) {
    self.limit = limit
    self.violation = violation
  }

  /// Such as `parameters <= 1 (by 840 times)`, `dev_accuracy >= 0.9 (by 3.1%)`.
  public var text: String { "\(limit.inequality) (by \(amount))" }

  private var amount: String {
    let bounds = [limit.atLeast, limit.atMost].compactMap { $0 }
    if bounds.allSatisfy({ $0 == 0 }) { return Self.threeDigits(violation) }
    // Beyond that a percentage is harder to read than a factor.
    return violation < 10 ? Self.threeDigits(100 * violation) + "%" : Self.threeDigits(violation) + " times"
  }

  /// About three significant digits, of a number that is not negative.
  private static func threeDigits(_ number: Double) -> String {
    let places: Double = number >= 100 ? 1 : number >= 10 ? 10 : number >= 1 ? 100 : 1000
    let rounded = (number * places).rounded() / places
    return (rounded == 0 || rounded > 1e15 ? number : rounded).shortest
  }
}

extension [BrokenLimit] {
  /// `parameters <= 1 (by 840 times), latency_ms <= 5 (by 20%)`.
  public var text: String { map(\.text).joined(separator: ", ") }
}

extension MetricLimit {
  /// Such as `latency_ms >= 1 and <= 5`.
  public var inequality: String {
    let bounds = [atLeast.map { ">= \($0.shortest)" }, atMost.map { "<= \($0.shortest)" }].compactMap { $0 }
    return "\(metric) \(bounds.joined(separator: " and "))"
  }
}

extension Double {
  /// Without the fraction that a whole number does not have: `1`, `0.25`.
  fileprivate var shortest: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}

extension Objective {
  /// The limits that these measurements break on average, in the study's order.
  ///
  /// - Parameter measurements: metrics by name, a dictionary for each replicate.
  public func brokenLimits(by measurements: [[String: Double]]) -> [BrokenLimit] {
    limits.compactMap { limit in
      let violations = measurements.compactMap { $0[limit.metric].map(limit.violation) }
      let mean = violations.reduce(0) { $0 + $1 / Double(violations.count) }
      return mean > 0 ? BrokenLimit(limit: limit, violation: mean) : nil
    }
  }
}

extension History {
  /// The limits that a job's state breaks; nil in a study without limits, and where nothing was measured.
  public func brokenLimits(of segment: TrialHistory.Segment) -> [BrokenLimit]? {
    guard !objective.limits.isEmpty, segment.cost != nil else { return nil }
    return segment.measurements.last.map { objective.brokenLimits(by: [$0.metrics]) }
  }

  /// The limits that a trial broke at a budget, on average over its replicates; nil in a study without
  /// limits. O(jobs of these trials).
  public func brokenLimits(of trial: TrialID, at budget: Int) -> [BrokenLimit]? {
    guard !objective.limits.isEmpty else { return nil }
    let first = replication.original(of: trial).rawValue * replication.count
    let replicates = trials.dropFirst(first).prefix(replication.count)
    return objective.brokenLimits(
      by: replicates.compactMap { replicate in
        replicate.segments.last { $0.job.target == budget && $0.cost != nil }?.measurements.last?.metrics
      })
  }
}
