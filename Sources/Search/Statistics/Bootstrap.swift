public import Randomness
import RealModule

/// An interval for a statistic of a sample, from the same statistic of samples drawn from it.
///
/// Efron and Tibshirani, "An introduction to the bootstrap" (1993), chapters 13 and 14.
public struct Bootstrap: Sendable {
  public enum Method: String, Codable, CaseIterable, Sendable {
    /// Between two quantiles of the resampled statistics.
    case percentile
    /// Bias-corrected and accelerated: quantiles moved for the statistic's bias and skewness.
    case accelerated
  }

  /// The statistic of the sample itself.
  public let estimate: Double
  /// The statistic of each resample, ascending.
  let distribution: [Double]
  /// The statistic of the sample without each of its values.
  private let jackknife: [Double]

  /// - Parameters:
  ///   - values: at least one.
  ///   - random: a stream of its own: equal streams give equal intervals.
  public init(
    _ values: [Double], resamples: Int = 2_000, using random: inout CounterGenerator,
    statistic: ([Double]) -> Double = Self.mean
  ) {
    precondition(!values.isEmpty && resamples > 0, "a sample and at least one resample")
    var resample = values
    let distribution = (0..<resamples).map { _ in
      for i in resample.indices { resample[i] = values[Int(random.nextUniform() * Double(values.count))] }
      return statistic(resample)
    }
    self.init(values, distribution: distribution, statistic: statistic)
  }

  init(_ values: [Double], distribution: [Double], statistic: ([Double]) -> Double = Self.mean) {
    estimate = statistic(values)
    self.distribution = distribution.sorted()
    jackknife =
      values.count < 2
      ? []
      : values.indices.map { i in
        var rest = values
        rest.remove(at: i)
        return statistic(rest)
      }
  }

  /// Finite for finite values, however large.
  public static func mean(_ values: [Double]) -> Double {
    let count = Double(values.count)
    return values.reduce(0) { $0 + $1 / count }
  }

  /// The interval that covers the statistic's true value with about this probability.
  public func interval(_ method: Method = .accelerated, confidence: Double = 0.95) -> ClosedRange<Double> {
    precondition(confidence > 0 && confidence < 1, "a probability strictly between 0 and 1")
    let tail = (1 - confidence) / 2
    var levels = (tail, 1 - tail)
    if method == .accelerated { levels = (accelerated(levels.0), accelerated(levels.1)) }
    let (low, high) = (quantile(levels.0), quantile(levels.1))
    return min(low, high)...max(low, high)
  }

  /// The level at which the accelerated interval takes its quantile (Efron and Tibshirani, equation 14.10).
  private func accelerated(_ level: Double) -> Double {
    let below = Double(distribution.count { $0 < estimate } + distribution.count { $0 <= estimate })
    let share = below / Double(2 * distribution.count)
    guard share > 0, share < 1 else { return level }
    let bias = NormalDistribution.quantile(share)
    let z = bias + NormalDistribution.quantile(level)
    let moved = Double.erfc(-(bias + z / (1 - acceleration * z)) / Double.sqrt(2)) / 2
    return moved.isFinite ? moved : level
  }

  /// A sixth of the jackknife's skewness (equation 14.15); 0 where the statistic does not vary.
  private var acceleration: Double {
    guard !jackknife.isEmpty else { return 0 }
    let center = Self.mean(jackknife)
    let squares = jackknife.reduce(0) { $0 + (center - $1) * (center - $1) }
    let cubes = jackknife.reduce(0) { $0 + (center - $1) * (center - $1) * (center - $1) }
    let acceleration = cubes / (6 * squares * squares.squareRoot())
    return acceleration.isFinite ? acceleration : 0
  }

  /// Linear between the resampled statistics.
  private func quantile(_ level: Double) -> Double {
    let place = level * Double(distribution.count - 1)
    let index = min(max(Int(place), 0), distribution.count - 1)
    let next = min(index + 1, distribution.count - 1)
    let share = place - Double(index)
    return (1 - share) * distribution[index] + share * distribution[next]
  }
}
