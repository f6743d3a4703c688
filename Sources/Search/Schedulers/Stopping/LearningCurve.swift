import RealModule

/// Where a learning curve will end, from its beginning: a weighted combination of parametric families, as in
/// Domhan, Springenberg and Hutter, "Speeding up automatic hyperparameter optimization of deep neural
/// networks by extrapolation of learning curves", IJCAI 2015, with the posterior integrated on a grid where
/// the paper samples it.
///
/// Notation, for n costs y₁...y_n measured at x = 1...n and the end m:
///
///     y(x) = first ψ(x) + final (1 − ψ(x)) + ε,   ψ(x) = (φ(x) − φ(m)) / (φ(1) − φ(m)),   ε ~ N(0, σ²)
///
/// φ is a falling shape (`Shape`); `first` and `final` are the curve's values at 1 and m. They have a flat
/// prior with final ≤ first, so that the families' evidences can be compared. σ² has an inverse-gamma prior
/// of `priorDegrees` degrees of freedom around (`priorNoise` of the range of the costs)². Given a shape, the
/// posterior of `final` is Student's.
struct LearningCurve: Codable, Equatable, Sendable {
  /// Falling functions of x > 0 from the paper's families. h is where the shape has halved, δ how steeply.
  enum Shape {
    /// pow3: x^−α
    case power(Double)
    /// ilog2: 1 / log(x + 1)
    case inverseLogarithm
    /// Janoschek, and with δ = 1 an exponential: exp(−log 2 (x / h)^δ)
    case exponential(half: Double, steepness: Double)
    /// MMF: 1 / (1 + (x / h)^δ)
    case hill(half: Double, steepness: Double)

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .power(let alpha): Double.pow(x, -alpha)
      case .inverseLogarithm: 1 / Double.log(onePlus: x)
      case .exponential(let half, let steepness):
        Double.exp(-0.6931471805599453 * Double.pow(x / half, steepness))
      case .hill(let half, let steepness): 1 / (1 + Double.pow(x / half, steepness))
      }
    }
  }

  private static let priorDegrees = 1.0
  private static let priorNoise = 0.01

  /// Log-spaced exponents, and half-lives from half a stretch to twice the whole length.
  static func shapes(end: Double) -> [Shape] {
    var shapes: [Shape] = [.inverseLogarithm]
    for step in 0..<12 { shapes.append(.power(0.05 * Double.pow(80, Double(step) / 11))) }
    for step in 0..<8 {
      let half = 0.5 * Double.pow(4 * end, Double(step) / 7)
      for steepness in [0.5, 1, 2] {
        shapes.append(.exponential(half: half, steepness: steepness))
        shapes.append(.hill(half: half, steepness: 2 * steepness))
      }
    }
    return shapes
  }

  /// m, above 1.
  private let end: Double
  /// By shape: ψ(1), ψ(2), ..., as far as it was needed; none for a shape that hardly falls.
  private var weights: [[Double]]

  init(end: Double) {
    self.end = end
    weights = Array(repeating: [], count: Self.shapes(end: end).count)
  }

  /// Where a curve that was measured to be `costs`, at least 3, will end; nil where no family can say, because
  /// the costs rise, have not moved, or are too far apart for their squares.
  ///
  /// The shapes' values are kept, so that a further forecast of no more costs is cheaper. O(n) for each shape.
  mutating func forecast(of costs: [Double]) -> EndForecast? {
    let range = (costs.max() ?? 0) - (costs.min() ?? 0)
    guard range > 0 else { return nil }
    extend(to: costs.count)
    let degrees = Double(costs.count - 2) + Self.priorDegrees
    let prior = Self.priorDegrees * Self.priorNoise * Self.priorNoise * range * range
    let fits = weights.compactMap { Fit($0, costs, prior, degrees) }
    guard let best = fits.map(\.logEvidence).max(), best.isFinite else { return nil }
    return EndForecast(
      degrees: degrees,
      parts: fits.filter { $0.logEvidence > best - 12 }.map {
        EndForecast.Part(weight: Double.exp($0.logEvidence - best), final: $0.final, scale: $0.scale)
      })
  }

  private mutating func extend(to count: Int) {
    guard weights.allSatisfy({ $0.count < count }) else { return }
    for (place, shape) in Self.shapes(end: end).enumerated() {
      let (low, high) = (shape(end), shape(1))
      guard high - low > 1e-12 * high else { continue }
      weights[place] = (1...count).map { (shape(Double($0)) - low) / (high - low) }
    }
  }

  /// The regression on one shape.
  private struct Fit {
    var final: Double
    /// Of Student's distribution around `final`, a new measurement's noise included.
    var scale: Double
    var logEvidence: Double

    /// Nil when the shape cannot be told from a constant at these points, or the costs rise.
    ///
    /// - Parameter weights: ψ at the points, or at more of them.
    init?(_ weights: [Double], _ costs: [Double], _ prior: Double, _ degrees: Double) {
      guard weights.count >= costs.count else { return nil }
      // Normal equations in ψ and 1 − ψ: [a b; b c] [first; final] = [p; q].
      var (a, b, c, p, q) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (weight, y) in zip(weights, costs) {
        a += weight * weight
        b += weight * (1 - weight)
        c += (1 - weight) * (1 - weight)
        p += weight * y
        q += (1 - weight) * y
      }
      let determinant = a * c - b * b
      guard determinant > 1e-12 * a * c else { return nil }
      let first = (c * p - b * q) / determinant
      final = (a * q - b * p) / determinant
      guard final <= first else { return nil }
      var residual = prior
      for (weight, y) in zip(weights, costs) {
        let error = y - first * weight - final * (1 - weight)
        residual += error * error
      }
      scale = (residual / degrees * (1 + a / determinant)).squareRoot()
      logEvidence = -0.5 * Double.log(determinant) - degrees / 2 * Double.log(residual)
    }
  }
}

/// The distribution of a curve's end: a mixture of Student's.
struct EndForecast: Equatable, Sendable {
  struct Part: Equatable, Sendable {
    /// In any unit, above 0.
    var weight: Double
    var final: Double
    var scale: Double
  }

  var degrees: Double
  /// At least one.
  var parts: [Part]

  private var sum: Double { parts.reduce(0) { $0 + $1.weight } }

  /// The weighted median of the parts' centres: a family that hardly fits may foretell anything, and would carry
  /// the mean away.
  var middle: Double {
    let ordered = parts.sorted { $0.final < $1.final }
    var left = sum / 2
    for part in ordered {
      left -= part.weight
      if left <= 0 { return part.final }
    }
    return ordered[ordered.count - 1].final
  }

  /// P(final < `bound`).
  func probability(below bound: Double) -> Double {
    let student = StudentDistribution(degrees: degrees)
    return parts.reduce(0) { $0 + $1.weight * student.cumulative((bound - $1.final) / $1.scale) } / sum
  }
}
