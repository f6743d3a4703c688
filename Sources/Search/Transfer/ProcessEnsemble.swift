/// The expected improvement under a weighted ensemble of Gaussian processes.
///
/// Notation: wᵢ, μᵢ, σᵢ² the weight, mean and variance of process i. The ensemble's mean is ∑ wᵢ μᵢ and its
/// variance ∑ wᵢ² σᵢ², as of independent processes (Feurer, Letham and Bakshy, 2018).
struct ProcessEnsemble: AcquisitionFunction {
  let capacity: Int
  private let weights: [Double]
  private let batches: [PosteriorBatch]
  /// The least mean at what the new study measured.
  private var incumbent = 0.0

  /// - Parameter measured: features of the new study's measurements, at least one.
  init(_ processes: [GaussianProcess], weights: [Double], measured: [[Double]], capacity: Int = 128) {
    self.capacity = capacity
    let counted = processes.indices.filter { weights[$0] > 0 }
    self.weights = counted.map { weights[$0] }
    batches = counted.map { PosteriorBatch(of: processes[$0], capacity: capacity) }
    var least = Double.infinity
    for start in stride(from: 0, to: measured.count, by: capacity) {
      let queries = measured[start..<min(start + capacity, measured.count)].flatMap { $0 }
      least = min(least, moments(at: queries).means.min() ?? .infinity)
    }
    incumbent = least
  }

  func moments(at queries: [Double]) -> (means: [Double], variances: [Double]) {
    var (means, variances): ([Double], [Double]) = ([], [])
    for (weight, batch) in zip(weights, batches) {
      let (own, spread) = batch.evaluate(queries)
      if means.isEmpty { (means, variances) = (own.map { _ in 0 }, own.map { _ in 0 }) }
      for i in own.indices {
        means[i] += weight * own[i]
        variances[i] += weight * weight * spread[i]
      }
    }
    return (means, variances)
  }

  func values(at queries: [Double]) -> [Double] {
    let (means, variances) = moments(at: queries)
    return zip(means, variances).map {
      LogExpectedImprovement.value(mean: $0, deviation: $1.squareRoot(), incumbent: incumbent).value
    }
  }

  func ascent(at queries: [Double]) -> (values: [Double], gradients: [Double]) {
    let (means, variances) = moments(at: queries)
    let improvements = zip(means, variances).map {
      LogExpectedImprovement.value(mean: $0, deviation: $1.squareRoot(), incumbent: incumbent)
    }
    var gradients = Array(repeating: 0.0, count: queries.count)
    for (weight, batch) in zip(weights, batches) {
      let byVariances = zip(improvements, variances).map { $0.byDeviation / (2 * $1.squareRoot()) }
      let own = batch.gradients(
        byMeans: improvements.map { weight * $0.byMean },
        byVariances: byVariances.map { weight * weight * $0 })
      for i in own.indices { gradients[i] += own[i] }
    }
    return (improvements.map(\.value), gradients)
  }
}

extension GaussianProcess {
  /// What the process expects at each of its points if that one's target were not known, `[targets]`
  /// (Rasmussen and Williams, 2006, equation 5.12). O(n³).
  func meansWithoutSelf(_ targets: [Double]) -> [Double] {
    let n = targets.count
    precondition(n == alpha.count, "a process of as many targets")
    let column = AlignedStorage(capacity: n)
    return targets.indices.map { i in
      for k in 0..<n { column.start[k] = k == i ? 1 : 0 }
      factor.solve(transposed: false, column.start, columns: 1, stride: n)
      let inverse = (0..<n).reduce(0.0) { $0 + column.start[$1] * column.start[$1] }
      return targets[i] - alpha[i] / inverse
    }
  }
}
