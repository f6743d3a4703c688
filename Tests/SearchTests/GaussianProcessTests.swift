import Foundation
import Search
import Testing

@Suite struct GaussianProcessTests {
  struct Golden: Decodable {
    var points, queries: [[Double]]
    var targets: [Double]
    var scales: [Double]
    var variance, noise: Double
    var logLikelihood, byLogVariance, byLogNoise: Double
    var byLogScales, means, variances: [Double]
    var trend, byLogTrend: Double?

    var hyperparameters: GaussianProcessHyperparameters {
      GaussianProcessHyperparameters(
        logLengthScales: scales.map { log($0) }, logVariance: log(variance), logNoise: log(noise),
        trend: trend.map {
          QuadraticTrend(frame: GaussianProcessTests.frame(dimension: scales.count), variance: $0)
        })
    }

    func pointSet(categorical: [Bool]) -> PointSet {
      var set = PointSet(categorical: categorical)
      for point in points { set.append(point) }
      return set
    }
  }

  static func cases() throws -> [(Golden, categorical: [Bool])] {
    let all = try golden("gaussian-process.json", as: [String: Golden].self)
    return [
      (try #require(all["numeric"]), [false, false, false]), (try #require(all["mixed"]), [false, true]),
      (try #require(all["trend"]), [false, false, false]),
    ]
  }

  @Test func `the posterior is that of scikit-learn`() throws {
    for (golden, categorical) in try Self.cases() {
      var process = try #require(
        GaussianProcess(
          hyperparameters: golden.hyperparameters, points: golden.pointSet(categorical: categorical)))
      process.condition(on: golden.targets)
      let batch = PosteriorBatch(of: process, capacity: golden.queries.count)
      let (means, variances) = batch.evaluate(golden.queries.flatMap { $0 })
      for k in golden.queries.indices {
        #expect(isClose(means[k], golden.means[k], relative: 1e-9))
        #expect(isClose(variances[k], golden.variances[k], relative: 1e-8))
      }
    }
  }

  @Test func `the marginal likelihood and its gradient are those of scikit-learn`() throws {
    for (golden, categorical) in try Self.cases() {
      var likelihood = MarginalLikelihood(
        points: golden.pointSet(categorical: categorical), targets: golden.targets)
      var gradient: [Double] = []
      let value = try #require(likelihood.negativeLog(at: golden.hyperparameters, gradient: &gradient))
      #expect(isClose(-value, golden.logLikelihood, relative: 1e-10))
      let expected =
        golden.byLogScales + [golden.byLogVariance, golden.byLogNoise]
        + (golden.byLogTrend.map { [$0] } ?? [])
      #expect(gradient.count == expected.count)
      for (own, theirs) in zip(gradient, expected) {
        #expect(isClose(-own, theirs, relative: 1e-8, absolute: 1e-9))
      }
    }
  }

  /// Points of a small design in four numbers and a choice, by a fixed rule.
  static func design(_ count: Int) -> (points: [[Double]], targets: [Double]) {
    let sequence = SobolSequence(dimension: 5)
    let points = (0..<count).map { i in
      var point = sequence.scrambledPoint(at: i, seed: 4)
      point[4] = (point[4] * 3).rounded(.down)
      return point
    }
    return (points, points.map { sin(4 * $0[0]) + $0[1] * $0[2] - 0.3 * $0[4] + 0.1 * cos(40 * $0[3]) })
  }

  static let hyperparameters = GaussianProcessHyperparameters(
    logLengthScales: [-0.5, 0.2, 0, 0.7, 0.1], logVariance: 0.2, logNoise: -5,
    trend: QuadraticTrend(frame: frame(dimension: 5, categorical: [4]), variance: 0.8))

  /// Over the unit cube.
  static func frame(dimension d: Int, categorical: Set<Int> = []) -> QuadraticTrend.Frame {
    QuadraticTrend.Frame(
      center: Array(repeating: 0.5, count: d), reaches: Array(repeating: 0.5, count: d),
      categorical: (0..<d).map(categorical.contains))
  }

  static func process(_ points: [[Double]]) throws -> GaussianProcess {
    var set = PointSet(categorical: [false, false, false, false, true])
    for point in points { set.append(point) }
    return try #require(GaussianProcess(hyperparameters: hyperparameters, points: set))
  }

  @Test func `the gradient of the likelihood is that of finite differences`() throws {
    let (points, targets) = Self.design(40)
    var set = PointSet(categorical: [false, false, false, false, true])
    for point in points { set.append(point) }
    var likelihood = MarginalLikelihood(points: set, targets: targets)
    var gradient: [Double] = []
    var unused: [Double] = []
    let theta = Self.hyperparameters.vector
    _ = likelihood.negativeLog(at: Self.hyperparameters, gradient: &gradient)
    for k in theta.indices {
      func value(_ shift: Double) throws -> Double {
        var moved = theta
        moved[k] += shift
        return try #require(
          likelihood.negativeLog(
            at: GaussianProcessHyperparameters(vector: moved, frame: Self.hyperparameters.trend?.frame),
            gradient: &unused))
      }
      let difference = (try value(1e-5) - value(-1e-5)) / 2e-5
      #expect(isClose(gradient[k], difference, relative: 1e-6, absolute: 1e-6), "hyperparameter \(k)")
    }
  }

  @Test func `the gradient by a query is that of finite differences`() throws {
    let (points, targets) = Self.design(30)
    var process = try Self.process(points)
    process.condition(on: targets)
    let batch = PosteriorBatch(of: process, capacity: 4)
    // f = 2 μ + 3 σ², at two queries at once.
    let queries = [0.3, 0.6, 0.1, 0.9, 1.0, 0.8, 0.2, 0.5, 0.4, 2.0]
    func values(_ queries: [Double]) -> [Double] {
      let (means, variances) = batch.evaluate(queries)
      return zip(means, variances).map { 2 * $0 + 3 * $1 }
    }
    _ = values(queries)
    let gradients = batch.gradients(byMeans: [2, 2], byVariances: [3, 3])
    for k in queries.indices where k % 5 != 4 {
      var (up, down) = (queries, queries)
      up[k] += 1e-6
      down[k] -= 1e-6
      let difference = (values(up)[k / 5] - values(down)[k / 5]) / 2e-6
      #expect(isClose(gradients[k], difference, relative: 1e-6, absolute: 1e-7), "coordinate \(k)")
    }
    #expect(gradients[4] == 0 && gradients[9] == 0, "a choice has no gradient")
  }

  @Test func `points appended later count as if they had been there from the start`() throws {
    let (points, targets) = Self.design(50)
    var whole = try Self.process(points)
    var grown = try Self.process(Array(points.prefix(20)))
    var appended = points[20..<30].map { grown.append([$0]) }
    appended.append(grown.append(Array(points[30...])))
    // What was appended and forgotten leaves no trace.
    appended.append(grown.append([[0.1, 0.2, 0.3, 0.4, 0]]))
    #expect(!appended.contains(false))
    grown.truncate(to: 50)
    whole.condition(on: targets)
    grown.condition(on: targets)
    for (a, b) in zip(whole.alpha, grown.alpha) { #expect(isClose(a, b, relative: 1e-9, absolute: 1e-9)) }
    #expect(isClose(whole.incumbent, grown.incumbent))
  }

  @Test func `a factor is shared until one of its owners changes it`() throws {
    let (points, targets) = Self.design(12)
    var first = try Self.process(points)
    var second = first
    second.truncate(to: 6)
    let appended = second.append([[0.9, 0.9, 0.9, 0.9, 2]])
    #expect(appended)
    first.condition(on: targets)
    var fresh = try Self.process(points)
    fresh.condition(on: targets)
    #expect(first.alpha == fresh.alpha)
  }

  @Test func `a pending point leaves the mean and takes away variance`() throws {
    let (points, targets) = Self.design(25)
    let query = [0.5, 0.5, 0.5, 0.5, 1]
    var before = try Self.process(points)
    before.condition(on: targets)
    var after = try Self.process(points)
    let appended = after.append([query, [0.52, 0.5, 0.5, 0.5, 1]])
    #expect(appended)
    after.condition(on: targets)
    let queries = query + [0.1, 0.9, 0.3, 0.2, 0]
    let old = PosteriorBatch(of: before, capacity: 2).evaluate(queries)
    let new = PosteriorBatch(of: after, capacity: 2).evaluate(queries)
    for k in 0..<2 { #expect(isClose(new.means[k], old.means[k], relative: 1e-9)) }
    #expect(new.variances[0] < 0.1 * old.variances[0])
    #expect(new.variances[1] <= old.variances[1])
    #expect(after.incumbent <= before.incumbent + 1e-12)
  }

  @Test func `a covariance that is singular to rounding is refused`() {
    let noiseless = GaussianProcessHyperparameters(
      logLengthScales: [0], logVariance: 0, logNoise: -100)
    var set = PointSet(categorical: [false])
    for _ in 0..<3 { set.append([0.5]) }
    #expect(GaussianProcess(hyperparameters: noiseless, points: set) == nil)
  }

  @Test func `fitted hyperparameters find what matters and how noisy it is`() {
    // Only the first of three features matters; the noise has a standard deviation of 0.1, the function one
    // of 0.7.
    let sequence = SobolSequence(dimension: 4)
    var set = PointSet(categorical: [false, false, false])
    var targets: [Double] = []
    for i in 0..<60 {
      let point = sequence.scrambledPoint(at: i, seed: 2)
      set.append(Array(point.prefix(3)))
      targets.append(sin(6 * point[0]) + 0.1 * NormalDistribution.quantile(point[3]))
    }
    let prior = HyperparameterPrior(dimension: 3)
    let fitted = GaussianProcessHyperparameters.fitted(to: set, targets, prior: prior, from: prior.starts)
    let scales = fitted.logLengthScales.map { exp($0) }
    #expect(scales[0] < 1)
    #expect(scales[1] > 3 * scales[0] && scales[2] > 3 * scales[0])
    // The estimate of a variance from 60 samples is good to a factor of 2.
    let noise = exp(fitted.logNoise)
    #expect(noise > 0.005 && noise < 0.02)
  }
}
