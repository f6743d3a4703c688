import RealModule

/// The standard normal distribution, in forms that neither underflow nor cancel.
///
/// Notation: φ the density, Φ the distribution function, erfcx(x) = exp(x²) erfc(x).
package enum NormalDistribution {
  static let logSquareRootOf2Pi = 0.918_938_533_204_672_741_8

  /// exp(x²) erfc(x) for x ≥ 0.46875, to about 15 digits: the rational approximations of W. J. Cody,
  /// "Rational Chebyshev approximations for the error function", Math. Comp. 23, 631-637 (1969), coefficients
  /// as in his CALERF (netlib, specfun).
  package static func scaledComplementaryError(_ x: Double) -> Double {
    precondition(x >= 0.46875, "Cody's second and third intervals begin at 0.46875")
    if x <= 4 {
      var numerator = 2.15311535474403846e-8 * x
      var denominator = x
      for k in 0..<7 {
        numerator = (numerator + middleNumerator[k]) * x
        denominator = (denominator + middleDenominator[k]) * x
      }
      return (numerator + middleNumerator[7]) / (denominator + middleDenominator[7])
    }
    let square = 1 / (x * x)
    var numerator = 1.63153871373020978e-2 * square
    var denominator = square
    for k in 0..<4 {
      numerator = (numerator + tailNumerator[k]) * square
      denominator = (denominator + tailDenominator[k]) * square
    }
    let correction = square * (numerator + tailNumerator[4]) / (denominator + tailDenominator[4])
    return (inverseSquareRootOfPi - correction) / x
  }

  /// ln Φ(z) and its derivative φ(z) / Φ(z), neither of which underflows.
  static func logDistribution(_ z: Double) -> (value: Double, slope: Double) {
    guard z < -1 else {
      let distribution = Double.erfc(-z / Double.sqrt(2)) / 2
      return (Double.log(distribution), Double.exp(-z * z / 2 - logSquareRootOf2Pi) / distribution)
    }
    let scaled = scaledComplementaryError(-z / Double.sqrt(2)) / 2
    return (Double.log(scaled) - z * z / 2, Double.exp(-logSquareRootOf2Pi) / scaled)
  }

  private static let inverseSquareRootOfPi = 0.564_189_583_547_756_286_9
  private static let middleNumerator = [
    5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
    8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
  ]
  private static let middleDenominator = [
    1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
  ]
  private static let tailNumerator = [
    3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
    6.58749161529837803e-4,
  ]
  private static let tailDenominator = [
    2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
    2.33520497626869185e-3,
  ]

  /// Φ⁻¹(p) for p in (0, 1), to rounding, by Newton's method on ln Φ.
  package static func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a probability strictly between 0 and 1")
    if p > 0.5 { return -quantile(1 - p) }
    let target = Double.log(p)
    // Φ(-x) ≤ ½ exp(-x²/2), so this bounds the quantile from below; ln Φ is concave, so Newton climbs from
    // there.
    var x = -Double.sqrt(-2 * target)
    for _ in 0..<60 {
      let cumulative = Double.erfc(-x / Double.sqrt(2)) / 2
      let density = Double.exp(-x * x / 2 - logSquareRootOf2Pi)
      let change = (Double.log(cumulative) - target) * cumulative / density
      x -= change
      if abs(change) <= 1e-15 * max(1, abs(x)) { break }
    }
    return x
  }
}
