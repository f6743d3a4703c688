import Randomness
import RealModule

/// A Gaussian process fitted to measurements, ready to grow by the next ones.
///
/// It is a function of the measurements: hyperparameters and the first factorization are those of the
/// measurements up to the last refit, and the later ones are appended one by one. Advancing a kept process by
/// one measurement or making a new one from all of them is the same arithmetic.
struct FittedProcess {
  private let space: FeatureSpace
  private let options: GaussianProcessOptions
  /// The measurements that are in the process, and more that were left out of it at the refit.
  private var measurements: [Observations.Completed]
  /// How many measurements there were at the last refit.
  private let fittedCount: Int
  /// Which measurement each of the process's points is.
  private var indices: [Int]
  private var process: GaussianProcess

  /// How many measurements the hyperparameters are fitted to: enough to find them, and few enough for O(n³)
  /// times the steps of the search.
  private static let fitSize = 200

  /// The process for `measurements`, from `kept` where that is a beginning of it.
  static func advanced(
    _ kept: FittedProcess?, to measurements: [Observations.Completed], in space: SearchSpace,
    options: GaussianProcessOptions
  ) throws(SearchError) -> FittedProcess {
    let refit = lastRefit(upTo: measurements.count)
    var model: FittedProcess
    if let kept, kept.isBeginning(of: measurements, in: space, options: options), kept.fittedCount == refit {
      model = kept
    } else {
      model = try FittedProcess(fittedTo: Array(measurements.prefix(refit)), in: space, options: options)
    }
    for measurement in measurements.dropFirst(model.measurements.count) { try model.append(measurement) }
    return model
  }

  /// At every count up to 20, and then whenever there is a tenth more.
  static func lastRefit(upTo count: Int) -> Int {
    var refit = min(count, 20)
    while refit + max(1, refit / 10) <= count { refit += max(1, refit / 10) }
    return refit
  }

  private func isBeginning(
    of measurements: [Observations.Completed], in space: SearchSpace, options: GaussianProcessOptions
  ) -> Bool {
    // Equal dictionaries are most often the same storage, which `==` sees at once.
    self.space.space == space && self.options == options && self.measurements.count <= measurements.count
      && self.measurements.elementsEqual(measurements.prefix(self.measurements.count))
  }

  private init(
    fittedTo measurements: [Observations.Completed], in space: SearchSpace, options: GaussianProcessOptions
  ) throws(SearchError) {
    self.space = FeatureSpace(space)
    self.options = options
    self.measurements = measurements
    fittedCount = measurements.count
    indices = TrainingSet.representatives(of: measurements.map(\.cost), count: options.maximumObservations)
    var points = PointSet(categorical: self.space.categorical, capacity: indices.count)
    for index in indices { points.append(try self.space.features(of: measurements[index].configuration)) }
    let targets = TargetTransform.targets(of: indices.map { measurements[$0].cost })
    let sample = TrainingSet.representatives(of: targets, count: Self.fitSize)
    let prior = HyperparameterPrior(dimension: space.dimension)
    let hyperparameters = GaussianProcessHyperparameters.fitted(
      to: points.subset(sample), sample.map { targets[$0] }, prior: prior, from: prior.starts)
    process = GaussianProcess(regularizing: hyperparameters, points: points)
  }

  private mutating func append(_ measurement: Observations.Completed) throws(SearchError) {
    try extend(by: [space.features(of: measurement.configuration)])
    indices.append(measurements.count)
    measurements.append(measurement)
  }

  /// Appends points, with more noise where rounding would have it so.
  private mutating func extend(by features: [[Double]]) {
    guard !process.append(features) else { return }
    var points = process.points
    for point in features { points.append(point) }
    process = GaussianProcess(regularizing: process.hyperparameters, points: points)
  }

  /// The point of the cube to try next.
  mutating func proposal(
    given data: TrainingSet, options: GaussianProcessOptions, using random: inout CounterGenerator
  ) throws(SearchError) -> [Double] {
    let known = process.points.count
    var others: [[Double]] = []
    for configuration in data.failed + data.pending { others.append(try space.features(of: configuration)) }
    if !others.isEmpty { extend(by: others) }
    let targets = TargetTransform.targets(of: indices.map { measurements[$0].cost })
    let worst = targets.max() ?? 0
    process.condition(on: targets + data.failed.map { _ in worst })
    let improvement = PosteriorAcquisition(
      .logExpectedImprovement(incumbent: process.incumbent), of: process, capacity: max(128, options.starts))
    let search = AcquisitionSearch(
      of: improvement, in: space, avoiding: process.points, pool: options.candidates, starts: options.starts)
    let point = search.best(around: try promising(targets: targets), using: &random)
    process.truncate(to: known)
    return point
  }

  /// The points of the five best measurements.
  private func promising(targets: [Double]) throws(SearchError) -> [[Double]] {
    var points: [[Double]] = []
    for place in targets.indices.sorted(by: { targets[$0] < targets[$1] }).prefix(5) {
      points.append(try space.space.point(of: measurements[indices[place]].configuration))
    }
    return points
  }
}

extension FeatureSpace {
  func features(of configuration: Configuration) throws(SearchError) -> [Double] {
    features(of: snapped(try space.point(of: configuration)))
  }
}

extension HyperparameterPrior {
  /// A smooth function of everything, and a rough one with noise: θ's posterior may have a peak near each.
  package var starts: [[Double]] {
    let d = mean.count - 2
    let root = Double.sqrt(Double(d))
    return [(0.5, 1e-3), (0.2, 1e-1)].map { scale, noise in
      Array(repeating: Double.log(scale * root), count: d) + [0, Double.log(noise)]
    }
  }
}

extension GaussianProcess {
  /// With the least noise, tenfold at a time, for which the covariance is positive definite to rounding.
  init(regularizing hyperparameters: GaussianProcessHyperparameters, points: PointSet) {
    var hyperparameters = hyperparameters
    for _ in 0..<12 {
      if let process = GaussianProcess(hyperparameters: hyperparameters, points: points) {
        self = process
        return
      }
      hyperparameters.logNoise += Double.log(10)
    }
    preconditionFailure("a covariance whose diagonal dominates is positive definite")
  }
}
