import RealModule

extension GaussianProcess {
  /// With the least noise, tenfold at a time, for which the covariance is positive definite to rounding.
  init(
    regularizing hyperparameters: GaussianProcessHyperparameters, points: PointSet, noises: [Double?] = []
  ) {
    var (hyperparameters, noises) = (hyperparameters, noises)
    for _ in 0..<12 {
      if let process = GaussianProcess(hyperparameters: hyperparameters, points: points, noises: noises) {
        self = process
        return
      }
      hyperparameters.logNoise += Double.log(10)
      noises = noises.map { $0.map { 10 * $0 } }
    }
    preconditionFailure("a covariance whose diagonal dominates is positive definite")
  }

  /// Appends points, with more noise where rounding would have it so.
  mutating func extend(by features: [[Double]], noises added: [Double?] = []) {
    guard !append(features, noises: added) else { return }
    var points = points
    for point in features { points.append(point) }
    let learned = hyperparameters.noise
    let noises = noises + features.indices.map { $0 < added.count ? added[$0] ?? learned : learned }
    self = GaussianProcess(regularizing: hyperparameters, points: points, noises: noises)
  }
}
