import RealModule

/// The expected hypervolume improvement of a point whose objectives are independent normal variables, exact.
///
/// Notation: μⱼ, σⱼ the mean and deviation of objective j; ψⱼ(t) = E[max(0, t - Yⱼ)] = σⱼ (z Φ(z) + φ(z))
/// with z = (t - μⱼ) / σⱼ. In a box from l to u that the front does not dominate, the point dominates Πⱼ
/// (max(0, uⱼ - Yⱼ) - max(0, lⱼ - Yⱼ)); so the expectation is the sum over boxes of Πⱼ (ψⱼ(uⱼ) - ψⱼ(lⱼ))
/// (Emmerich, Yang, Deutz, Wang and Fonseca, "A multicriteria generalization of Bayesian global
/// optimization", 2016; Yang et al., Journal of Global Optimization 75, 2019).
package struct ExpectedHypervolumeImprovement {
  private let decomposition: BoxDecomposition
  private let objectives: Int

  /// - Parameters:
  ///   - front: costs, `[members][m]`.
  ///   - reference: `[m]`.
  package init(over front: [[Double]], below reference: [Double]) {
    decomposition = BoxDecomposition(of: front, below: reference)
    objectives = reference.count
  }

  /// The expectation and its derivatives by the means and by the deviations, `[m]` each.
  package func value(
    means: [Double], deviations: [Double]
  ) -> (value: Double, byMeans: [Double], byDeviations: [Double]) {
    var value = 0.0
    var byMeans = Array(repeating: 0.0, count: objectives)
    var byDeviations = byMeans
    var parts = Array(repeating: Partial(), count: objectives)
    for box in decomposition.boxes {
      for j in 0..<objectives {
        parts[j] = Partial(upTo: box.upper[j], means[j], deviations[j])
        parts[j].subtract(Partial(upTo: box.lower[j], means[j], deviations[j]))
      }
      value += parts.reduce(1) { $0 * $1.improvement }
      for j in 0..<objectives {
        var others = 1.0
        for k in 0..<objectives where k != j { others *= parts[k].improvement }
        byMeans[j] += others * parts[j].byMean
        byDeviations[j] += others * parts[j].byDeviation
      }
    }
    return (value, byMeans, byDeviations)
  }

  /// ψ and its derivatives: ∂ψ/∂μ = -Φ(z), ∂ψ/∂σ = φ(z).
  private struct Partial {
    var improvement = 0.0
    var byMean = 0.0
    var byDeviation = 0.0

    init() {}

    init(upTo end: Double, _ mean: Double, _ deviation: Double) {
      guard end > -.infinity else { return }
      let z = (end - mean) / deviation
      let density = Double.exp(-z * z / 2 - NormalDistribution.logSquareRootOf2Pi)
      let probability = Double.erfc(-z / Double.sqrt(2)) / 2
      improvement = max(0, deviation * (z * probability + density))
      byMean = -probability
      byDeviation = density
    }

    mutating func subtract(_ other: Partial) {
      improvement = max(0, improvement - other.improvement)
      byMean -= other.byMean
      byDeviation -= other.byDeviation
    }
  }
}
