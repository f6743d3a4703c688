/// How much a measurement at a point is worth, as a function of the point's features: what is maximized to
/// propose one.
protocol AcquisitionFunction {
  /// How many points are evaluated at once, at most.
  var capacity: Int { get }

  /// The values at `queries`, `[count, d]` by row, of at most `capacity` points.
  func values(at queries: [Double]) -> [Double]

  /// The values at `queries` and their gradients, `[count, d]` by row.
  func ascent(at queries: [Double]) -> (values: [Double], gradients: [Double])
}

extension AcquisitionFunction {
  /// The values at any number of points, `[d]` each.
  func values(atEach points: [[Double]]) -> [Double] {
    stride(from: 0, to: points.count, by: capacity).flatMap { start in
      values(at: points[start..<min(start + capacity, points.count)].flatMap { $0 })
    }
  }

  /// With a user's prior of the optimum, if there is one; of a logarithm.
  func weighted(by prior: OptimumPrior?, dimension: Int) -> any AcquisitionFunction {
    prior.map { PriorWeightedAcquisition(self, by: $0, dimension: dimension) } ?? self
  }
}

/// A function of a Gaussian process's posterior at a point.
struct PosteriorAcquisition: AcquisitionFunction {
  /// What the posterior's mean and deviation at a point say of its worth; larger is better.
  enum Criterion: Hashable, Sendable {
    /// ln E[max(0, incumbent - f)].
    case logExpectedImprovement(incumbent: Double)
    /// -(mean - √beta deviation), to minimize (Srinivas et al., "Gaussian process optimization in the bandit
    /// setting", ICML 2010, equation 6).
    case lowerConfidenceBound(beta: Double)
    /// ln P[f ≤ bound].
    case logProbability(atMost: Double)
  }

  let capacity: Int
  private let criterion: Criterion
  private let batch: PosteriorBatch
  /// Coordinates of a query, d; the process has as many features and those of `trailing`.
  private let dimension: Int
  /// What every query is followed by, such as the budget that is asked about.
  private let trailing: [Double]
  /// How the process's points were bent.
  private let warping: InputWarping

  init(
    _ criterion: Criterion, of process: GaussianProcess, warpedBy warping: InputWarping? = nil,
    trailing: [Double] = [], capacity: Int = 128
  ) {
    self.criterion = criterion
    self.capacity = capacity
    self.trailing = trailing
    dimension = process.points.dimension - trailing.count
    self.warping = warping ?? InputWarping(dimension: dimension)
    batch = PosteriorBatch(of: process, capacity: capacity)
  }

  private func posterior(at queries: [Double]) -> (means: [Double], variances: [Double]) {
    guard !trailing.isEmpty || !warping.isIdentity else { return batch.evaluate(queries) }
    var features: [Double] = []
    for start in stride(from: 0, to: queries.count, by: dimension) {
      features += warping.warped(Array(queries[start..<start + dimension]))
      features += trailing
    }
    return batch.evaluate(features)
  }

  func values(at queries: [Double]) -> [Double] {
    let (means, variances) = posterior(at: queries)
    return zip(means, variances).map { criterion.value(mean: $0, deviation: $1.squareRoot()).value }
  }

  func ascent(at queries: [Double]) -> (values: [Double], gradients: [Double]) {
    let (means, variances) = posterior(at: queries)
    var values: [Double] = []
    var byMeans: [Double] = []
    var byVariances: [Double] = []
    for (mean, variance) in zip(means, variances) {
      let deviation = variance.squareRoot()
      let (value, byMean, byDeviation) = criterion.value(mean: mean, deviation: deviation)
      values.append(value)
      byMeans.append(byMean)
      byVariances.append(byDeviation / (2 * deviation))
    }
    let gradients = batch.gradients(byMeans: byMeans, byVariances: byVariances)
    guard !trailing.isEmpty || !warping.isIdentity else { return (values, gradients) }
    let features = dimension + trailing.count
    return (
      values,
      values.indices.flatMap { c in
        (0..<dimension).map { j in
          gradients[c * features + j] * warping.slope(queries[c * dimension + j], at: j)
        }
      }
    )
  }
}

extension PosteriorAcquisition.Criterion {
  /// The value, and its derivatives by mean and deviation.
  func value(mean: Double, deviation: Double) -> (value: Double, byMean: Double, byDeviation: Double) {
    switch self {
    case .logExpectedImprovement(let incumbent):
      return LogExpectedImprovement.value(mean: mean, deviation: deviation, incumbent: incumbent)
    case .lowerConfidenceBound(let beta):
      return (-(mean - beta.squareRoot() * deviation), -1, beta.squareRoot())
    case .logProbability(let bound):
      let z = (bound - mean) / deviation
      let (value, slope) = NormalDistribution.logDistribution(z)
      return (value, -slope / deviation, -slope * z / deviation)
    }
  }
}
