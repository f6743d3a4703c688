import RealModule

/// What a test of "these come from the same distribution" has found.
public struct SignificanceTest: Hashable, Codable, Sendable {
  /// Student's or Welch's t; the lesser of the two rank sums, for signed ranks; Mann and Whitney's U of the first sample.
  public var statistic: Double
  /// The two-sided probability of a statistic at least as extreme if there were no difference.
  public var probability: Double

  public init(statistic: Double, probability: Double) {
    self.statistic = statistic
    self.probability = probability
  }
}

extension SignificanceTest {
  /// Welch's t-test of equal means of two independent samples, whose variances may differ (Welch, "The
  /// generalization of Student's problem when several different population variances are involved",
  /// Biometrika 34, 1947); nil for fewer than two values on a side, or where neither side varies.
  public static func welch(_ first: [Double], _ second: [Double]) -> SignificanceTest? {
    guard let difference = MeanDifference(first, second) else { return nil }
    let t = difference.estimate / difference.error
    return SignificanceTest(
      statistic: t, probability: StudentDistribution(degrees: difference.degrees).twoSided(t))
  }

  /// The corrected resampled t-test of two configurations' costs on the same k folds: the paired t, its variance
  /// taken 1/k + 1/(k - 1) of the differences' where independent pairs would have 1/k, because the folds share
  /// training samples (Nadeau and Bengio, "Inference for the generalization error", Machine Learning 52, 2003,
  /// equation 24, with n₂/n₁ = 1/(k - 1)). Nil for fewer than two folds, or where all differences are equal.
  public static func folds(_ first: [Double], _ second: [Double]) -> SignificanceTest? {
    precondition(first.count == second.count, "both are measured on every fold")
    let differences = Summary(zip(first, second).map { $0 - $1 })
    let k = Double(first.count)
    guard differences.variance > 0 else { return nil }
    let t = differences.mean / (differences.variance * (1 / k + 1 / (k - 1))).squareRoot()
    return SignificanceTest(statistic: t, probability: StudentDistribution(degrees: k - 1).twoSided(t))
  }

  /// Wilcoxon's signed-rank test of pairs, such as two configurations' costs under the same seeds (Wilcoxon,
  /// "Individual comparisons by ranking methods", 1945); nil if all pairs are equal.
  ///
  /// Equal pairs are left out. Exact up to 50 pairs without ties; else by the normal distribution, with
  /// corrections for ties and continuity.
  public static func signedRank(_ first: [Double], _ second: [Double]) -> SignificanceTest? {
    precondition(first.count == second.count, "pairs have two values each")
    let differences = zip(first, second).map { $0 - $1 }.filter { $0 != 0 }
    guard !differences.isEmpty else { return nil }
    let (ranks, ties) = Self.ranks(of: differences.map(abs))
    let n = differences.count
    let positive = zip(differences, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    let total = Double(n * (n + 1)) / 2
    let statistic = min(positive, total - positive)
    guard ties == 0, n <= 50 else {
      let variance = (Double(n * (n + 1)) * Double(2 * n + 1) - ties / 2) / 24
      return SignificanceTest(
        statistic: statistic, probability: normal(positive - total / 2, deviation: variance.squareRoot()))
    }
    // Of the 2ⁿ ways to sign the ranks 1 ... n, how many have each sum.
    var ways = [1.0]
    for rank in 1...n {
      ways += Array(repeating: 0, count: rank)
      for sum in stride(from: ways.count - 1, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
    }
    return SignificanceTest(statistic: statistic, probability: twoSided(ways, upTo: Int(statistic)))
  }

  /// The rank-sum test of two independent samples (Wilcoxon, 1945; Mann and Whitney, "On a test of whether
  /// one of two random variables is stochastically larger than the other", 1947); nil for an empty side, or
  /// where all values are equal.
  ///
  /// Exact for samples of at most 50 values together without ties; else by the normal distribution, with
  /// corrections for ties and continuity.
  public static func rankSum(_ first: [Double], _ second: [Double]) -> SignificanceTest? {
    let (m, n) = (first.count, second.count)
    guard m > 0, n > 0 else { return nil }
    let (ranks, ties) = Self.ranks(of: first + second)
    let statistic = ranks.prefix(m).reduce(0, +) - Double(m * (m + 1)) / 2
    guard ties == 0, m + n <= 50 else {
      let count = Double(m + n)
      let variance = Double(m * n) / 12 * (count + 1 - ties / (count * (count - 1)))
      guard variance > 0 else { return nil }
      return SignificanceTest(
        statistic: statistic,
        probability: normal(statistic - Double(m * n) / 2, deviation: variance.squareRoot()))
    }
    let lesser = min(statistic, Double(m * n) - statistic)
    return SignificanceTest(statistic: statistic, probability: twoSided(orders(m, n), upTo: Int(lesser)))
  }

  /// In how many orders of m and n values U is 0 ... m n: the coefficients of the Gaussian binomial
  /// ∏ (1 - qⁿ⁺ⁱ) / (1 - qⁱ), i from 1 to m.
  private static func orders(_ m: Int, _ n: Int) -> [Double] {
    var ways = Array(repeating: 0.0, count: m * n + 1)
    ways[0] = 1
    for i in 1...m {
      for u in stride(from: m * n, through: n + i, by: -1) { ways[u] -= ways[u - n - i] }
      for u in stride(from: i, through: m * n, by: 1) { ways[u] += ways[u - i] }
    }
    return ways
  }

  private static func twoSided(_ ways: [Double], upTo statistic: Int) -> Double {
    min(1, 2 * ways[...statistic].reduce(0, +) / ways.reduce(0, +))
  }

  /// With half a rank towards the middle, because ranks are whole numbers and the normal distribution is not.
  private static func normal(_ distance: Double, deviation: Double) -> Double {
    let z = max(0, abs(distance) - 0.5) / deviation
    return min(1, Double.erfc(z / Double.sqrt(2)))
  }

  /// Ranks from 1, equal values sharing the middle of theirs; and ∑ (t³ - t) over the groups of t equal
  /// values.
  static func ranks(of values: [Double]) -> (ranks: [Double], ties: Double) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = values
    var (start, ties) = (0, 0.0)
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for k in start..<end { ranks[order[k]] = Double(start + end + 1) / 2 }
      let group = Double(end - start)
      ties += group * group * group - group
      start = end
    }
    return (ranks, ties)
  }
}

/// The difference of two means, as Welch has it.
public struct MeanDifference: Hashable, Codable, Sendable {
  /// The first mean less the second.
  public var estimate: Double
  /// Its standard error, above 0.
  public var error: Double
  /// After Welch and Satterthwaite; need not be whole.
  public var degrees: Double

  /// Nil for fewer than two values on a side, or where neither side varies.
  public init?(_ first: [Double], _ second: [Double]) {
    guard first.count > 1, second.count > 1 else { return nil }
    let (a, b) = (Summary(first), Summary(second))
    let (u, v) = (a.variance / Double(first.count), b.variance / Double(second.count))
    guard u + v > 0 else { return nil }
    estimate = a.mean - b.mean
    error = (u + v).squareRoot()
    degrees = (u + v) * (u + v) / (u * u / Double(first.count - 1) + v * v / Double(second.count - 1))
  }

  /// The interval that covers the true difference with this probability.
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
    let reach = error * StudentDistribution(degrees: degrees).twoSidedQuantile(1 - confidence)
    return estimate - reach...estimate + reach
  }
}

/// The mean of a sample and its variance, with n - 1 in the denominator.
struct Summary {
  var mean: Double
  var variance: Double

  init(_ values: [Double]) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    self.mean = mean
    variance = n > 1 ? values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) : 0
  }
}
