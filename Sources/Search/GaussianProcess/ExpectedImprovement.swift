import RealModule

/// The logarithm of expected improvement: it keeps a gradient where the improvement itself rounds to 0.
///
/// Notation: μ, σ the posterior mean and standard deviation; b the incumbent's value, lower is better;
/// z = (b - μ) / σ; h(z) = φ(z) + z Φ(z), so that EI = σ h(z) and h′ = Φ.
///
/// Ament, Daulton, Eriksson, Balandat and Bakshy, "Unexpected improvements to expected improvement for
/// Bayesian optimization" (NeurIPS 2023, arXiv 2310.20708), equation 9. Where their form cancels, below
/// z = -30, the asymptotic series of Mills' ratio takes over (Abramowitz and Stegun, 26.2.12).
package enum LogExpectedImprovement {
  /// ln(σ h(z)), and its derivatives by μ and σ.
  package static func value(mean: Double, deviation: Double, incumbent: Double) -> (
    value: Double, byMean: Double, byDeviation: Double
  ) {
    let z = (incumbent - mean) / deviation
    let (logH, slope) = logH(z)
    return (logH + Double.log(deviation), -slope / deviation, (1 - slope * z) / deviation)
  }

  /// ln h(z) and its derivative Φ(z) / h(z).
  package static func logH(_ z: Double) -> (value: Double, slope: Double) {
    if z > -1 {
      let distribution = Double.erfc(-z / Double.sqrt(2)) / 2
      let h = Double.exp(-z * z / 2 - NormalDistribution.logSquareRootOf2Pi) + z * distribution
      return (Double.log(h), distribution / h)
    }
    let x = -z
    let mills: Double  // Φ(z) / φ(z)
    let rest: Double  // h(z) / φ(z) = 1 - x · mills
    if z > -30 {
      mills = (Double.pi / 2).squareRoot() * NormalDistribution.scaledComplementaryError(x / Double.sqrt(2))
      rest = 1 - x * mills
    } else {
      let u = 1 / (x * x)
      rest = u * (1 - u * (3 - u * (15 - u * (105 - u * 945))))
      mills = (1 - rest) / x
    }
    return (-z * z / 2 - NormalDistribution.logSquareRootOf2Pi + Double.log(rest), mills / rest)
  }
}
