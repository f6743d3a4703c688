import Randomness

/// How much each model of an ensemble counts: how often it ranks the new study's measurements best.
///
/// Feurer, Letham and Bakshy, "Scalable meta-learning for Bayesian optimization using ranking-weighted
/// Gaussian process ensembles", AutoML workshop at ICML 2018. A model's loss is the number of pairs of
/// measurements that its predictions put in the wrong order; the new study's own model is judged by
/// predictions that leave out the measurement itself. The losses are of bootstrap samples of the
/// measurements; the weight of a model is the share of the samples in which its loss is the least.
struct RankingWeights {
  /// Of the earlier studies, then of the new one; at least 0, and 1 together.
  let weights: [Double]

  /// - Parameters:
  ///   - predictions: of each earlier study's model at the n measurements, `[studies, n]`.
  ///   - own: the new model's, each without the measurement itself, `[n]`.
  ///   - costs: `[n]`.
  init(
    predictions: [[Double]], own: [Double], costs: [Double], samples: Int = 256,
    using random: inout CounterGenerator
  ) {
    let n = costs.count
    let models = predictions + [own]
    guard n > 1, models.count > 1 else {
      // One measurement ranks nothing: all that is known are the earlier studies, all alike.
      let share = predictions.isEmpty ? 0 : 1 / Double(predictions.count)
      weights = predictions.map { _ in share } + [predictions.isEmpty ? 1 : 0]
      return
    }
    let wrong = models.enumerated().map { place, values in
      Self.wrongPairs(values, costs, isOwn: place == predictions.count)
    }
    var losses = models.map { _ in [Int]() }
    for _ in 0..<samples {
      var counts = Array(repeating: 0, count: n)
      for _ in 0..<n { counts[Int(random.nextUniform() * Double(n))] += 1 }
      for m in models.indices {
        losses[m].append(wrong[m].reduce(0) { $0 + counts[$1.0] * counts[$1.1] })
      }
    }
    weights = Self.shares(of: losses)
  }

  /// The pairs, both ways, that the values put in another order than the costs.
  ///
  /// A prediction that leaves its own measurement out is compared with the other cost, as in the paper's
  /// equation for the target's loss: two such predictions come from two models.
  private static func wrongPairs(_ values: [Double], _ costs: [Double], isOwn: Bool) -> [(Int, Int)] {
    var pairs: [(Int, Int)] = []
    for j in costs.indices {
      for k in costs.indices where j != k {
        let other = isOwn ? costs[k] : values[k]
        if (values[j] < other) != (costs[j] < costs[k]) { pairs.append((j, k)) }
      }
    }
    return pairs
  }

  /// Of the models whose median loss is no worse than the own model's 95th percentile, so that the weights do
  /// not thin out among many useless ones; the own model takes ties.
  private static func shares(of losses: [[Int]]) -> [Double] {
    let own = losses.count - 1
    let samples = losses[own].count
    let bound = losses[own].sorted()[min(samples - 1, samples * 95 / 100)]
    let kept = losses.indices.filter { $0 == own || losses[$0].sorted()[samples / 2] <= bound }
    var shares = losses.map { _ in 0.0 }
    for s in 0..<samples {
      let least = kept.map { losses[$0][s] }.min() ?? 0
      let winners = kept.filter { losses[$0][s] == least }
      if winners.contains(own) {
        shares[own] += 1
      } else {
        for winner in winners { shares[winner] += 1 / Double(winners.count) }
      }
    }
    return shares.map { $0 / Double(samples) }
  }
}
