import Foundation
import Randomness
import Testing

@testable import Search

/// What a Gaussian process is told of means over replicates.
@Suite struct ReplicateNoiseTests {
  @Test func `few readings that agree are not certain, and many say what they say`() throws {
    // Deviations of 1 and -1 of each mean, and one pair that agrees.
    let noise = ReplicateNoise(readings: [2, 2, 2, 2, 1], squares: [2, 2, 2, 0, 0])
    #expect(noise.variance(readings: 1, squares: 0) == nil)
    let agreeing = try #require(noise.variance(readings: 2, squares: 0))
    let usual = try #require(noise.variance(readings: 2, squares: 2))
    #expect(agreeing > usual / 3 && agreeing < usual)
    // A variance of 4 by a thousand readings.
    let many = try #require(noise.variance(readings: 1001, squares: 4000))
    #expect(isClose(many, 4.0 / 1001, relative: 0.02))
    #expect(ReplicateNoise(readings: [1, 1], squares: [0, 0]).variance(readings: 2, squares: 1) == nil)
  }

  @Test func `a wild configuration does not make the others unsure`() throws {
    let calm = ReplicateNoise(readings: [3, 3, 3, 3, 3], squares: [2, 2.1, 1.9, 2, 2])
    let wild = ReplicateNoise(readings: [3, 3, 3, 3, 3], squares: [2, 2.1, 1.9, 2, 1e12])
    let (own, beside) = (calm.variance(readings: 3, squares: 2), wild.variance(readings: 3, squares: 2))
    #expect(isClose(try #require(own), try #require(beside), relative: 0.1))
  }

  /// Costs fall and rise about 0.3; at 0.7 three readings lie wide apart, with a mean that is the lowest of all.
  private static func evidence(spread: Double) -> Evidence {
    var evidence = Evidence()
    for trial in 0..<11 {
      let x = Double(trial) / 10
      for replicate in 0..<3 {
        let mean = trial == 7 ? -0.4 : (x - 0.3) * (x - 0.3)
        let deviation = trial == 7 ? spread : 0.005
        evidence.append(
          .init(
            TrialID(3 * trial + replicate), Configuration(["x0": .number(x)]), at: 1,
            CostVector([mean + deviation * Double(replicate - 1)])))
      }
    }
    return evidence
  }

  @Test func `of a mean that may be chance the model believes less than of a sure one`() throws {
    let space = SampleSpaces.cube(1)
    let at = [Configuration(["x0": .number(0.7)])]
    func belief(_ spread: Double) throws -> Double {
      var sampler = GaussianProcessSampler()
      let beliefs = try sampler.beliefs(at: at, in: space, given: Self.evidence(spread: spread), seed: 1)
      return try #require(beliefs?.first?.first?.mean)
    }
    let (sure, doubtful) = (try belief(0.005), try belief(2))
    #expect(sure < -0.3, "\(sure)")
    #expect(doubtful > sure + 0.15, "\(doubtful) against \(sure)")
  }

  @Test(arguments: [SamplerTests.gp, SamplerTests.ehvi, SamplerTests.parego])
  func `readings that come one by one are modelled as those that were there`(_ sampler: SamplerConfiguration)
    throws
  {
    // Readings of all, in an order that reads earlier points again.
    let all = Self.evidence(spread: 0.1).completed
    var kept = sampler.makeSampler()
    var evidence = Evidence()
    for (step, place) in (0..<all.count).map({ ($0, $0 % 11 * 3 + $0 / 11) }) {
      evidence.append(all[place])
      guard step > 6, step % 3 == 0 else { continue }
      var fresh = sampler.makeSampler()
      let space = SampleSpaces.cube(1)
      let advanced = try SamplerConformance.propose(60 + step, by: &kept, in: space, given: evidence)
      let anew = try SamplerConformance.propose(60 + step, by: &fresh, in: space, given: evidence)
      #expect(advanced == anew, "after \(step + 1) readings")
    }
  }

  /// Noise about 4 (x - 0.3)², and at 0.8 one lucky reading.
  @Test func `the best of single readings is the model's, not the luckiest`() throws {
    var evidence = Evidence()
    for trial in 0..<60 {
      let x = (Double(trial) + 0.5) / 60
      var random = SamplerConformance.stream(trial)
      let cost = trial == 48 ? -2 : 4 * (x - 0.3) * (x - 0.3) + 0.5 * random.nextNormal()
      evidence.append(
        .init(TrialID(trial), Configuration(["x0": .number(x)]), at: 1, CostVector([cost])))
    }
    try LinearAlgebra.load()
    let table = try ObservationTable.advanced(nil, to: evidence, in: SampleSpaces.cube(1))
    #expect(table.costs.indices.min { table.costs[$0] < table.costs[$1] } == 48)
    var process = FittedProcess.advanced(nil, to: table, given: evidence, options: GaussianProcessOptions())
    let expected = process.expectedBest()
    let best = try #require(expected)
    #expect(abs(evidence.completed[best].configuration.number("x0") - 0.3) < 0.2, "row \(best)")
  }

  @Test func `the derivatives of the likelihood hold beside known noise`() throws {
    let (points, targets) = GaussianProcessTests.design(24)
    var set = PointSet(categorical: [false, false, false, false, true])
    for point in points { set.append(point) }
    let noises = (0..<24).map { place -> Double? in
      guard place % 3 == 0 else { return nil }
      return 0.01 * Double(place + 1)
    }
    var likelihood = MarginalLikelihood(points: set, targets: targets, noises: noises)
    try LinearAlgebra.load()
    let given = GaussianProcessTests.hyperparameters
    var (gradient, unused): ([Double], [Double]) = ([], [])
    _ = likelihood.negativeLog(at: given, gradient: &gradient)
    for k in given.vector.indices {
      var values: [Double] = []
      for shift in [1e-5, -1e-5] {
        var moved = given.vector
        moved[k] += shift
        let value = likelihood.negativeLog(
          at: GaussianProcessHyperparameters(vector: moved, frame: given.trend?.frame), gradient: &unused)
        values.append(try #require(value))
      }
      #expect(
        isClose(gradient[k], (values[0] - values[1]) / 2e-5, relative: 1e-6, absolute: 1e-6),
        "hyperparameter \(k)")
    }
  }

  @Test func `means at the points take each point's own noise`() throws {
    try LinearAlgebra.load()
    var set = PointSet(categorical: [false])
    for x in [0.1, 0.5, 0.9] { set.append([x]) }
    let hyperparameters = GaussianProcessHyperparameters(
      logLengthScales: [-1], logVariance: 0, logNoise: log(1e-4))
    var process = try #require(
      GaussianProcess(hyperparameters: hyperparameters, points: set, noises: [nil, 4, nil]))
    process.condition(on: [0, 3, 0])
    let batch = PosteriorBatch(of: process, capacity: 3)
    for (own, its) in zip(process.means, batch.evaluate([0.1, 0.5, 0.9]).means) {
      #expect(isClose(own, its, relative: 1e-9, absolute: 1e-9))
    }
    #expect(process.means[1] < 1 && process.means[1] > 0.2)
  }

  /// Folds of one configuration lie apart as those of another do, some of them being harder: that is no noise.
  @Test func `the spread of folds says nothing of a mean`() throws {
    let space = SampleSpaces.cube(1)
    var evidence = Evidence()
    evidence.readingsAreFolds = true
    for trial in 0..<11 {
      let x = Double(trial) / 10
      for (fold, hardness) in [5.0, 1, 2, 9].enumerated() {
        evidence.append(
          .init(
            TrialID(4 * trial + fold), Configuration(["x0": .number(x)]), at: 1,
            CostVector([hardness + (x - 0.3) * (x - 0.3)])))
      }
    }
    let table = try ObservationTable.advanced(nil, to: evidence, in: space)
    let noise = ReplicateNoise(0..<table.count, of: table)
    #expect(noise.variance(readings: 4, squares: table.squares[3]) == nil)
    #expect(evidence.estimate(ofRow: 3)?.error == nil)
    var sampler = GaussianProcessSampler()
    let at = [0.3, 0.9].map { Configuration(["x0": .number($0)]) }
    let beliefs = try #require(try sampler.beliefs(at: at, in: space, given: evidence, seed: 1))
    #expect(beliefs[1][0].mean > beliefs[0][0].mean + 0.2, "the configurations differ by 0.36")
  }
}
