import Glibc
import Randomness

/// How long virtual jobs take, as a factor of their work, and which of them end with the death of their
/// group.
///
/// Real clusters differ from a constant in three ways: durations are skewed, a few jobs are many times slower
/// than the others (a node that throttles, a file system that stalls), and nodes fail.
public struct VirtualDurations: Equatable, Sendable {
  public enum Distribution: Equatable, Sendable {
    /// Every job takes its work.
    case constant
    /// exp(σ ε), ε standard normal: the median is 1.
    case logNormal(sigma: Double)
    /// At least 1, and with probability x^−α more than x: with α at most 1 the mean is infinite.
    case pareto(alpha: Double)
  }

  public var distribution: Distribution
  /// This share of the jobs takes `stragglerFactor` times as long.
  public var stragglerShare: Double
  public var stragglerFactor: Double
  /// This share of the jobs kills its group of ranks, at an even moment of its duration.
  public var deathShare: Double

  public init(
    _ distribution: Distribution = .logNormal(sigma: 0.25), stragglerShare: Double = 0,
    stragglerFactor: Double = 1,
    deathShare: Double = 0
  ) {
    self.distribution = distribution
    self.stragglerShare = stragglerShare
    self.stragglerFactor = stragglerFactor
    self.deathShare = deathShare
  }

  /// The factor of one job; finite and above 0.
  func factor(using random: inout CounterGenerator) -> Double {
    let skew =
      switch distribution {
      case .constant: 1.0
      case .logNormal(let sigma): exp(sigma * random.nextNormal())
      case .pareto(let alpha): pow(1 - random.nextUniform(), -1 / alpha)
      }
    let isStraggler = random.nextUniform() < stragglerShare
    // A sum of virtual seconds must stay finite.
    return min(max(skew * (isStraggler ? stragglerFactor : 1), 1e-9), 1e9)
  }

  /// The share of its duration after which the job's group dies; nil when it lives.
  func death(using random: inout CounterGenerator) -> Double? {
    let dies = random.nextUniform() < deathShare
    let moment = random.nextUniform()
    return dies ? moment : nil
  }
}
