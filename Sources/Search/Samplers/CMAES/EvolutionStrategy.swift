import RealModule

/// The distribution N(m, σ² C) of CMA-ES, and its update by one generation (Hansen, "The CMA evolution
/// strategy: a tutorial", arXiv 1604.00772, appendix A; with negative weights).
struct EvolutionStrategy: Sendable {
  let parameters: CMAParameters
  private(set) var mean: [Double]
  private(set) var sigma: Double
  /// C, `[n, n]`.
  private(set) var covariance: [Double]
  private(set) var eigen: SymmetricEigendecomposition
  private(set) var generation = 0
  private var sigmaPath: [Double]
  private var path: [Double]

  init(_ parameters: CMAParameters, mean: [Double], sigma: Double) {
    let n = parameters.dimension
    self.parameters = parameters
    self.mean = mean
    self.sigma = sigma
    covariance = (0..<n * n).map { $0 % (n + 1) == 0 ? 1 : 0 }
    eigen = SymmetricEigendecomposition(ofIdentity: n)
    sigmaPath = Array(repeating: 0, count: n)
    path = sigmaPath
  }

  /// σ √C_jj.
  func deviation(_ j: Int) -> Double { sigma * Double.sqrt(covariance[j * (parameters.dimension + 1)]) }

  /// The point m + σ C^½ z.
  func point(_ z: [Double]) -> [Double] {
    zip(mean, eigen.applying({ Double.sqrt(max($0, 0)) }, to: z)).map { $0 + sigma * $1 }
  }

  /// Learns from λ points, best first.
  ///
  /// Points need not be drawn from the distribution: steps longer than a draw would make are shortened
  /// (Hansen, "Injecting external solutions into CMA-ES", arXiv 1110.4181, to √n + 2n / (n + 2); here to
  /// twice that, which no draw of its own reaches).
  mutating func update(by points: [[Double]]) {
    let (p, n) = (parameters, Double(parameters.dimension))
    precondition(points.count == p.population, "a whole generation")
    generation += 1
    let longest = 2 * (Double.sqrt(n) + 2 * n / (n + 2))
    var steps: [[Double]] = []
    var lengths: [Double] = []
    for point in points {
      var step = zip(point, mean).map { ($0 - $1) / sigma }
      let length = Self.length(whitened(step))
      if length > longest { step = step.map { $0 * longest / length } }
      steps.append(step)
      lengths.append(min(length, longest))
    }
    let move = Self.combination(steps, p.weights.prefix(p.parents))
    mean = zip(mean, move).map { $0 + sigma * $1 }
    let isSteady = adaptSigma(to: move)
    adaptCovariance(to: move, steps, lengths, isSteady: isSteady)
  }

  /// C^(-½) y.
  private func whitened(_ step: [Double]) -> [Double] {
    eigen.applying({ 1 / Double.sqrt(max($0, 1e-300)) }, to: step)
  }

  /// - Returns: h_σ, whether the path is not much longer than under random selection.
  private mutating func adaptSigma(to move: [Double]) -> Bool {
    let p = parameters
    let gain = Double.sqrt(p.sigmaRate * (2 - p.sigmaRate) * p.parentsEffective)
    sigmaPath = zip(sigmaPath, whitened(move)).map { (1 - p.sigmaRate) * $0 + gain * $1 }
    let length = Self.length(sigmaPath)
    sigma *= Double.exp(p.sigmaRate / p.sigmaDamping * (length / p.expectedLength - 1))
    let memory = Double.sqrt(1 - Double.pow(1 - p.sigmaRate, 2 * Double(generation + 1)))
    return length / memory < (1.4 + 2 / (Double(p.dimension) + 1)) * p.expectedLength
  }

  private mutating func adaptCovariance(
    to move: [Double], _ steps: [[Double]], _ lengths: [Double], isSteady: Bool
  ) {
    let p = parameters
    let n = p.dimension
    let gain = isSteady ? Double.sqrt(p.pathRate * (2 - p.pathRate) * p.parentsEffective) : 0
    path = zip(path, move).map { (1 - p.pathRate) * $0 + gain * $1 }
    let correction = isSteady ? 0 : p.rankOneRate * p.pathRate * (2 - p.pathRate)
    let kept = 1 + correction - p.rankOneRate - p.rankMuRate * p.weights.reduce(0, +)
    // Of a bad step only the direction counts, so that C stays positive definite.
    let weights = zip(p.weights, lengths).map { weight, length in
      p.rankMuRate * (weight >= 0 ? weight : weight * Double(n) / (length * length + 1e-8))
    }
    for i in 0..<n {
      for j in 0...i {
        var value = kept * covariance[i * n + j] + p.rankOneRate * path[i] * path[j]
        for (weight, step) in zip(weights, steps) { value += weight * step[i] * step[j] }
        covariance[i * n + j] = value
        covariance[j * n + i] = value
      }
    }
    eigen = SymmetricEigendecomposition(covariance, order: n)
  }

  private static func length(_ vector: [Double]) -> Double {
    Double.sqrt(vector.reduce(0) { $0 + $1 * $1 })
  }

  private static func combination(_ steps: [[Double]], _ weights: ArraySlice<Double>) -> [Double] {
    var sum = steps[0].map { _ in 0.0 }
    for (weight, step) in zip(weights, steps) {
      for j in sum.indices { sum[j] += weight * step[j] }
    }
    return sum
  }
}
