/// Welch's t-test of two samples whose variances may differ (Welch, "The generalization of 'Student's'
/// problem when several different population variances are involved", Biometrika 34 (1947)).
struct WelchTest {
  /// t, below 0 when the first mean is less.
  var statistic: Double
  /// Of the Welch-Satterthwaite equation.
  var degrees: Double

  /// Nil when a sample has fewer than two values, or both are constant.
  init?(_ first: [Double], _ second: [Double]) {
    guard first.count > 1, second.count > 1 else { return nil }
    let (a, b) = (Self.meanAndError(first), Self.meanAndError(second))
    let error = a.error + b.error
    guard error > 0 else { return nil }
    statistic = (a.mean - b.mean) / error.squareRoot()
    degrees =
      error * error
      / (a.error * a.error / Double(first.count - 1) + b.error * b.error / Double(second.count - 1))
  }

  /// The probability of so low a statistic when the means are equal: small when the first mean is less.
  var probabilityOfLess: Double { StudentDistribution(degrees: degrees).cumulative(statistic) }

  /// The mean, and its squared standard error.
  private static func meanAndError(_ sample: [Double]) -> (mean: Double, error: Double) {
    let count = Double(sample.count)
    let mean = sample.reduce(0, +) / count
    let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / (count - 1) / count)
  }
}
