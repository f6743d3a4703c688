import RealModule

/// Student's distribution with ν degrees of freedom, ν above 0.
struct StudentDistribution {
  var degrees: Double

  /// P(T ≤ t), by the incomplete beta function: P(|T| > t) = I_x(ν/2, 1/2) with x = ν / (ν + t²) (Abramowitz
  /// and Stegun, 26.7.1).
  func cumulative(_ t: Double) -> Double {
    let tails = incompleteBeta(degrees / 2, 0.5, at: degrees / (degrees + t * t))
    return t > 0 ? 1 - tails / 2 : tails / 2
  }
}

/// The regularized incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and Stegun,
/// 26.5.8, in Lentz's order of evaluation), to about 1e-14.
func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  // The fraction converges fast below the mean, and elsewhere by symmetry.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, at: 1 - x) }
  let front = Double.exp(
    Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b) + a * Double.log(x)
      + b * Double.log(onePlus: -x))
  return front / a * betaFraction(a, b, x)
}

private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
  var fraction = LentzFraction(first: 1 - (a + b) * x / (a + 1))
  for m in 1...500 {
    let m = Double(m)
    fraction.append(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)))
    let change = fraction.append(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)))
    if abs(change - 1) < 1e-15 { break }
  }
  return fraction.value
}

/// A continued fraction 1 / (1 + t₁ / (1 + t₂ / ...)) from its front (Lentz, "Generating Bessel functions in
/// Mie scattering calculations using continued fractions", Applied Optics 15 (1976)).
private struct LentzFraction {
  private(set) var value: Double
  private var numerator = 1.0
  private var denominator: Double

  init(first: Double) {
    denominator = 1 / Self.nonzero(first)
    value = denominator
  }

  /// - Returns: the factor by which the value changed.
  @discardableResult
  mutating func append(_ term: Double) -> Double {
    denominator = 1 / Self.nonzero(1 + term * denominator)
    numerator = Self.nonzero(1 + term / numerator)
    value *= denominator * numerator
    return denominator * numerator
  }

  private static func nonzero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
}
