import RealModule

/// What a Gaussian process learns from the data as a whole, in logarithms: they are positive, and vary by
/// factors.
///
/// Notation: θ = (ln ℓ₁ ... ln ℓ_d, ln σ_f², ln σ_n²) and ln v where there is a trend: length scales in units
/// of the cube's edge, the variance of the function, of the noise, of the trend; targets are standardized.
package struct GaussianProcessHyperparameters: Codable, Equatable, Sendable {
  package var logLengthScales: [Double]
  package var logVariance: Double
  package var logNoise: Double
  package var trend: QuadraticTrend?

  package init(logLengthScales: [Double], logVariance: Double, logNoise: Double, trend: QuadraticTrend? = nil)
  {
    self.logLengthScales = logLengthScales
    self.logVariance = logVariance
    self.logNoise = logNoise
    self.trend = trend
  }

  /// From θ, `[d + 2]`, and one more with a trend in `frame`.
  package init(vector: [Double], frame: QuadraticTrend.Frame? = nil) {
    let d = vector.count - (frame == nil ? 2 : 3)
    logLengthScales = Array(vector.prefix(d))
    logVariance = vector[d]
    logNoise = vector[d + 1]
    trend = frame.map { QuadraticTrend(frame: $0, variance: Double.exp(vector[d + 2])) }
  }

  package var vector: [Double] {
    logLengthScales + [logVariance, logNoise] + (trend.map { [Double.log($0.variance)] } ?? [])
  }

  package var kernel: CovarianceKernel {
    CovarianceKernel(
      inverseSquares: logLengthScales.map { Double.exp(-2 * $0) }, variance: Double.exp(logVariance),
      trend: trend)
  }

  package var noise: Double { Double.exp(logNoise) }
}

/// Independent normal priors and bounds on θ, so that few observations do not run to extremes.
package struct HyperparameterPrior: Equatable, Sendable {
  package var mean: [Double]
  package var deviation: [Double]
  package var lower: [Double]
  package var upper: [Double]
  /// Of the trend, if there is to be one.
  package let frame: QuadraticTrend.Frame?

  /// Length scales grow with √d, as distances do (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian
  /// optimization performs great in high dimensions", ICML 2024): ln ℓ ~ N(ln 0.3√d, 1), shorter and surer
  /// than theirs, which found the minima of Branin, Hartmann 6, Ackley 8 and mixed functions with fewer
  /// trials. The function's variance is near that of the standardized targets, ln σ_f² ~ N(0, 1). The noise
  /// is mostly far below it, but may be most of it: ln σ_n² ~ N(ln 10⁻⁴, 2). So may a trend, ln v ~ N(0, 2).
  package init(dimension d: Int, trend frame: QuadraticTrend.Frame? = nil) {
    self.frame = frame
    mean = Array(repeating: Double.log(0.3) + Double.log(Double(d)) / 2, count: d) + [0, Double.log(1e-4)]
    deviation = Array(repeating: 1, count: d) + [1, 2]
    lower = Array(repeating: Double.log(0.01), count: d) + [Double.log(0.05), Double.log(1e-6)]
    upper = Array(repeating: Double.log(1e3), count: d) + [Double.log(20), Double.log(2)]
    guard frame != nil else { return }
    mean.append(0)
    deviation.append(2)
    lower.append(Double.log(1e-6))
    upper.append(Double.log(1e3))
  }

  /// -ln p(θ) up to a constant; its gradient is added to `gradient`.
  package func penalty(_ theta: [Double], addingGradientTo gradient: inout [Double]) -> Double {
    var sum = 0.0
    for k in theta.indices {
      let z = (theta[k] - mean[k]) / deviation[k]
      sum += z * z / 2
      gradient[k] += z / deviation[k]
    }
    return sum
  }
}

extension HyperparameterPrior {
  /// A smooth function of everything, and a rough one with noise: θ's posterior may have a peak near each.
  package var starts: [[Double]] {
    let d = mean.count - (frame == nil ? 2 : 3)
    let root = Double.sqrt(Double(d))
    return [(0.5, 1e-3), (0.2, 1e-1)].map { scale, noise in
      Array(repeating: Double.log(scale * root), count: d) + [0, Double.log(noise)]
        + (frame == nil ? [] : [0])
    }
  }
}
