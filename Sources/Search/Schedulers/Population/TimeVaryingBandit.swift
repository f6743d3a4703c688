import RealModule

/// A Gaussian process over hyperparameters and time, and its upper confidence bound (Parker-Holder, Nguyen
/// and Roberts, NeurIPS 2020; the kernel is that of Bogunovic, Scarlett and Cevher, "Time-varying Gaussian
/// process bandit optimization", AISTATS 2016):
///
///     k((x, t), (x', t')) = exp(−‖x − x'‖² / (2 ℓ²)) · (1 − ω)^(|t − t'| / 2)
///
/// Improvements are standardized. ℓ, ω and the noise's variance are those of a grid that make them most
/// likely. Hyperparameters that others train with now lower the uncertainty near them, whatever comes of
/// them.
struct TimeVaryingBandit {
  private struct Hyperparameters {
    var length: Double
    var forgetting: Double
    var noise: Double

    static let grid: [Hyperparameters] = [0.1, 0.2, 0.4, 0.8, 1.6].flatMap { length in
      [0.0, 0.03, 0.1, 0.3].flatMap { forgetting in
        [0.05, 0.2, 0.6].map { Hyperparameters(length: length, forgetting: forgetting, noise: $0) }
      }
    }

    func covariance(_ squaredDistance: Double, _ lag: Int) -> Double {
      Double.exp(-squaredDistance / (2 * length * length)) * Double.pow(1 - forgetting, Double(lag) / 2)
    }
  }

  private let points: [[Double]]
  private let turns: [Int]
  private let turn: Int
  private let hyperparameters: Hyperparameters
  /// Of the measured points, and of these and the pending ones.
  private let measured: CholeskyFactor
  private let all: CholeskyFactor
  /// K⁻¹ y over the measured points.
  private let weights: [Double]
  private let confidence: Double

  /// - Parameters:
  ///   - pending: points whose improvement in `turn` is not known.
  ///   - turn: the one to choose for.
  init(_ steps: [Experience.Step], pending: [[Double]], turn: Int) {
    let count = steps.count
    let mean = steps.map(\.improvement).reduce(0, +) / Double(max(1, count))
    let squares = steps.map { ($0.improvement - mean) * ($0.improvement - mean) }.reduce(0, +)
    let deviation = squares > 0 ? (squares / Double(count)).squareRoot() : 1
    let targets = steps.map { ($0.improvement - mean) / deviation }
    points = steps.map(\.point) + pending
    turns = steps.map(\.turn) + pending.map { _ in turn }
    self.turn = turn
    let (points, turns) = (points, turns)
    func factor(_ hyperparameters: Hyperparameters, _ rows: Int) -> CholeskyFactor {
      var factor = CholeskyFactor(capacity: rows)
      let isDefinite = factor.append(rows: rows) { r, row in
        for i in 0...r {
          let distance = squaredDistance(points[i], points[r])
          row[i] = hyperparameters.covariance(distance, abs(turns[i] - turns[r]))
        }
        row[r] += hyperparameters.noise
      }
      precondition(isDefinite, "a covariance with noise is positive definite")
      return factor
    }
    var best: (likelihood: Double, Hyperparameters, CholeskyFactor, [Double])?
    for hyperparameters in Hyperparameters.grid {
      let candidate = factor(hyperparameters, count)
      let weights = candidate.solution(targets)
      let fit = zip(targets, weights).map { $0 * $1 }.reduce(0, +)
      let logDeterminant = (0..<count).map { 2 * Double.log(candidate.diagonal($0)) }.reduce(0, +)
      let likelihood = -0.5 * (fit + logDeterminant)
      if best.map({ likelihood > $0.likelihood }) ?? true {
        best = (likelihood, hyperparameters, candidate, weights)
      }
    }
    guard let best else { preconditionFailure("the grid is not empty") }
    (hyperparameters, measured, weights) = (best.1, best.2, best.3)
    all = factor(best.1, points.count)
    // β of the authors' implementation, which grows with the logarithm of what was measured.
    confidence = (0.2 + max(0, Double.log(0.4 * Double(max(1, count))))).squareRoot()
  }

  /// Mean plus so many standard deviations, in units of the improvements' deviation; the mean from what was
  /// measured, the deviation from that and from what is pending.
  func upperBound(at point: [Double]) -> Double {
    var covariances = zip(points, turns).map { other, time in
      hyperparameters.covariance(squaredDistance(other, point), abs(turn - time))
    }
    let mean = zip(covariances, weights).map { $0 * $1 }.reduce(0, +)
    let count = covariances.count
    covariances.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      all.solve(transposed: false, start, columns: 1, stride: count)
    }
    let variance = 1 - covariances.map { $0 * $0 }.reduce(0, +)
    return mean + confidence * max(0, variance).squareRoot()
  }
}

private func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
}

extension CholeskyFactor {
  /// A⁻¹ b.
  fileprivate func solution(_ b: [Double]) -> [Double] {
    var x = b
    x.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      solve(transposed: false, start, columns: 1, stride: b.count)
      solve(transposed: true, start, columns: 1, stride: b.count)
    }
    return x
  }
}
