/// What a sampler's model expects a configuration to cost at the full budget.
public struct Belief: Equatable, Sendable {
  /// Finite; lower is better.
  public var mean: Double
  /// One standard deviation of the mean, noise left out: finite, at least 0.
  public var deviation: Double

  public init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }
}

/// A sampler that has a model of the whole space, and can be asked about it.
public protocol BelievingSampler: Sampler {
  /// What the model expects of configurations, and of each one for every objective; nil while too little was
  /// measured for a model.
  ///
  /// A function of its arguments. What is at work or has failed says nothing here.
  ///
  /// - Parameter seed: the study's.
  mutating func beliefs(
    at configurations: [Configuration], in space: SearchSpace, given evidence: Evidence, seed: UInt64
  ) throws(SearchError) -> [[Belief]]?
}

// Models know costs as targets: what they believe of those is told as costs.
extension TargetScale {
  /// The cost of a target, the inverse of `target(of:)`; the greatest cost for what lies beyond it.
  func cost(of target: Double) -> Double {
    guard let least = targets.first, let greatest = targets.last else { return 0 }
    guard target > least else {
      let below = slope > 0 ? (least - target) / slope : 0
      return max(costs[0] - below, -.greatestFiniteMagnitude)
    }
    guard target < greatest else { return costs[costs.count - 1] }
    let upper = targets.firstIndex { $0 > target } ?? targets.count - 1
    let share = (target - targets[upper - 1]) / (targets[upper] - targets[upper - 1])
    // Summed so, because the difference of two costs may be infinite.
    return costs[upper - 1] * (1 - share) + costs[upper] * share
  }

  /// What a normal distribution of targets amounts to: the cost of its mean, and half of what lies between
  /// the costs one deviation to either side.
  func belief(mean: Double, variance: Double) -> Belief {
    let deviation = max(variance, 0).squareRoot()
    let spread = cost(of: mean + deviation) / 2 - cost(of: mean - deviation) / 2
    return Belief(mean: cost(of: mean), deviation: max(spread, 0))
  }
}

extension GaussianProcess {
  /// What a process that was conditioned on the targets of `costs` believes at queries, features of a point
  /// each.
  func beliefs(at queries: [[Double]], of costs: [Double], as targets: [Double]) -> [Belief] {
    let scale = TargetScale(of: costs, as: targets)
    let batch = PosteriorBatch(of: self, capacity: 128)
    return stride(from: 0, to: queries.count, by: 128).flatMap { start in
      let (means, variances) = batch.evaluate(
        Array(queries[start..<min(start + 128, queries.count)].joined()))
      return zip(means, variances).map { scale.belief(mean: $0, variance: $1) }
    }
  }
}
