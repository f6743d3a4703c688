import Foundation
import Randomness
import Testing

@testable import Search

@Suite struct TransferTests {
  /// A shifted bowl on two numbers and a choice; `scale` is that of its costs.
  static func cost(_ configuration: Configuration, shift: Double, scale: Double) -> Double {
    let (x, y) = (configuration.number("x") - 0.6 - shift, configuration.number("y") - 0.3 + shift)
    return scale * (x * x + y * y + (configuration["kind"] == .text("b") ? 0 : 0.2))
  }

  static let space = SearchSpace([
    Parameter(name: "x", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "y", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "kind", domain: .categorical([.text("a"), .text("b"), .text("c")])),
  ])

  static func study(_ name: String, shift: Double, scale: Double, misleads: Bool = false) -> PriorStudy {
    var random = CounterGenerator(seed: 2, purpose: .simulation, index: name.count)
    let configurations = (0..<40).map { _ in space.randomConfiguration(using: &random) }
    let costs = configurations.map { (misleads ? -1 : 1) * cost($0, shift: shift, scale: scale) }
    return PriorStudy(name: name, space: space, configurations: configurations, costs: costs)
  }

  static func propose(
    _ trial: Int, by sampler: inout TransferSampler, in space: SearchSpace = space,
    given evidence: Evidence
  ) throws -> Configuration {
    var random = SamplerConformance.stream(trial)
    return try sampler.propose(TrialID(trial), in: space, given: evidence, using: &random)
  }

  static func options(_ studies: [PriorStudy]) -> TransferOptions {
    TransferOptions(studies: studies, candidates: 64, starts: 2)
  }

  /// The least cost after each of `trials` trials.
  static func curve(_ studies: [PriorStudy], trials: Int) throws -> [Double] {
    var sampler = TransferSampler(options(studies))
    var evidence = Evidence()
    var least: [Double] = []
    for trial in 0..<trials {
      let configuration = try propose(trial, by: &sampler, given: evidence)
      let cost = cost(configuration, shift: 0.03, scale: 7)
      evidence.append(.init(trial: TrialID(trial), configuration: configuration, budget: 1, cost: cost))
      least.append(min(least.last ?? .infinity, cost))
    }
    return least
  }

  @Test func `studies of like functions in other scales save trials, and misleading ones cost few`() throws {
    let helpful = try Self.curve(
      [Self.study("near", shift: 0, scale: 1e3), Self.study("far", shift: 0.15, scale: 1e-3)], trials: 10)
    let alone = try Self.curve([], trials: 10)
    let misled = try Self.curve([Self.study("bad", shift: 0, scale: 1, misleads: true)], trials: 24)
    #expect(helpful[3] < alone[3], "\(helpful) with, \(alone) without")
    #expect(helpful[9] < 0.1)
    #expect(misled[23] < 0.5, "\(misled)")
  }

  @Test func `weights go to the model that ranks like the measurements`() {
    var random = CounterGenerator(seed: 1, purpose: .surrogate)
    let costs: [Double] = [5, 1, 4, 2, 3, 8, 7, 6]
    let right = costs.map { 100 * $0 - 3 }
    let wrong = costs.map { -$0 }
    let own: [Double] = [4, 4, 4, 4, 4, 4, 4, 4]
    let ranking = RankingWeights(predictions: [right, wrong], own: own, costs: costs, using: &random)
    #expect(ranking.weights[0] > 0.95 && ranking.weights[1] == 0)
    #expect(isClose(ranking.weights.reduce(0, +), 1))
    // Its own model takes ties.
    let even = RankingWeights(predictions: [right], own: costs, costs: costs, using: &random)
    #expect(even.weights == [0, 1])
    #expect(RankingWeights(predictions: [], own: own, costs: costs, using: &random).weights == [1])
    #expect(
      RankingWeights(predictions: [[1], [1]], own: [1], costs: [1], using: &random).weights == [0.5, 0.5, 0])
  }

  @Test func `predictions without oneself are those of a process without that point`() throws {
    var random = CounterGenerator(seed: 3, purpose: .simulation)
    let xs = (0..<7).map { _ in random.nextUniform() }
    let targets = xs.map { sin(5 * $0) }
    let hyperparameters = GaussianProcessHyperparameters(logLengthScales: [-1], logVariance: 0, logNoise: -4)
    func process(_ places: [Int]) throws -> GaussianProcess {
      var points = PointSet(categorical: [false])
      for i in places { points.append([xs[i]]) }
      var process = try #require(GaussianProcess(hyperparameters: hyperparameters, points: points))
      process.condition(on: places.map { targets[$0] })
      return process
    }
    let without = try process(Array(xs.indices)).meansWithoutSelf(targets)
    for i in xs.indices {
      let rest = try process(xs.indices.filter { $0 != i })
      let expected = PosteriorBatch(of: rest, capacity: 1).evaluate([xs[i]]).means[0]
      #expect(isClose(without[i], expected, relative: 1e-8))
    }
  }

  @Test func `the ensemble's gradient is that of differences`() throws {
    var random = CounterGenerator(seed: 5, purpose: .simulation)
    let processes = try (0..<2).map { (k: Int) throws -> GaussianProcess in
      var points = PointSet(categorical: [false, false])
      for _ in 0..<6 { points.append([random.nextUniform(), random.nextUniform()]) }
      let hyperparameters = GaussianProcessHyperparameters(
        logLengthScales: [-1, -0.5], logVariance: Double(k) / 2, logNoise: -3)
      var process = try #require(GaussianProcess(hyperparameters: hyperparameters, points: points))
      process.condition(on: (0..<6).map { sin(Double($0 + k)) })
      return process
    }
    let ensemble = ProcessEnsemble(processes, weights: [0.3, 0.7], measured: [[0.2, 0.9]])
    let point = [0.4, 0.7]
    let (values, gradients) = ensemble.ascent(at: point)
    #expect(isClose(values[0], ensemble.values(at: point)[0]))
    for j in 0..<2 {
      var (up, down) = (point, point)
      up[j] += 1e-5
      down[j] -= 1e-5
      let slope = (ensemble.values(at: up)[0] - ensemble.values(at: down)[0]) / 2e-5
      #expect(isClose(gradients[j], slope, relative: 1e-5))
    }
  }

  /// By scipy: norm.ppf of ranks 1.5, 1.5, 3 and 4 of four, kept off 1 by 1 / (4 · 4^¼ √(π ln 4)) = 0.084708.
  @Test func `quantiles have no scale, and no extremes`() {
    let targets = QuantileTransform.targets(of: [-3, -3, 8, 1e300])
    for (own, expected) in zip(targets, [-0.318639, -0.318639, 0.674490, 1.374085]) {
      #expect(isClose(own, expected, relative: 1e-4))
    }
    #expect(QuantileTransform.targets(of: [1e-3, 4, 2]) == QuantileTransform.targets(of: [1, 4e9, 2]))
    #expect(QuantileTransform.targets(of: [5]) == [0])
  }

  @Test func `the nearest data set is the most similar one`() {
    let rows = (0..<50).map { Double($0) }
    let own = MetaFeatures(columns: [rows, rows], classCounts: [25, 25])
    #expect(isClose(own.classEntropy, 1) && isClose(own.logRows, log(50)) && abs(own.meanSkewness) < 1e-12)
    #expect(isClose(own.meanKurtosis, -1.2, relative: 0.01), "a uniform distribution's")
    let skewed = MetaFeatures(columns: [rows.map { exp($0 / 10) }], classCounts: [49, 1])
    let like = MetaFeatures(columns: [rows, rows, rows], classCounts: [20, 30])
    #expect(own.nearest(of: [skewed, like]) == [1, 0])
    #expect(own.nearest(of: []).isEmpty)
  }

  @Test func `openings are the best of each study, the most similar data set's first`() throws {
    let rows = (0..<50).map { Double($0) }
    var (near, far) = (Self.study("near", shift: 0, scale: 1), Self.study("far", shift: 0.2, scale: 1))
    near.metaFeatures = MetaFeatures(columns: [rows, rows], classCounts: [25, 25])
    far.metaFeatures = MetaFeatures(columns: [rows], classCounts: [45, 5])
    var options = Self.options([far, near])
    options.metaFeatures = near.metaFeatures
    let openings = options.openings(in: Self.space)
    #expect(openings.count == 4)
    let places = [near.best(1)[0], far.best(1)[0]]
    for (opening, expected) in zip(openings, [near.configurations[places[0]], far.configurations[places[1]]])
    {
      #expect(opening["kind"] == expected["kind"])
      #expect(abs(opening.number("x") - expected.number("x")) < 1e-12)
    }
  }

  @Test func `proposals follow from their arguments, with trials at work and failed ones`() throws {
    var kept = TransferSampler(Self.options([Self.study("near", shift: 0, scale: 1)]))
    var evidence = Evidence()
    for trial in 0..<10 {
      let configuration = try Self.propose(trial, by: &kept, given: evidence)
      try Self.space.validate(configuration)
      var restored = try JSONDecoder().decode(TransferSampler.self, from: JSONEncoder().encode(kept))
      #expect(try Self.propose(trial, by: &restored, given: evidence) == configuration)
      switch trial % 4 {
      case 1: evidence.failed[TrialID(trial)] = configuration
      case 3: evidence.pending[TrialID(trial)] = configuration
      default:
        let cost = Self.cost(configuration, shift: 0, scale: 1)
        evidence.append(.init(trial: TrialID(trial), configuration: configuration, budget: 1, cost: cost))
      }
    }
  }

  @Test func `other spaces serve as far as their names and values agree`() throws {
    let other = SearchSpace([
      Parameter(name: "x", domain: .float(low: 0.5, high: 2, scale: .linear)),
      Parameter(name: "new", domain: .integer(low: 1, high: 9, scale: .linear)),
    ])
    var sampler = TransferSampler(Self.options([Self.study("near", shift: 0, scale: 1)]))
    var evidence = Evidence()
    for trial in 0..<6 {
      let configuration = try Self.propose(trial, by: &sampler, in: other, given: evidence)
      try other.validate(configuration)
      evidence.append(
        .init(trial: TrialID(trial), configuration: configuration, budget: 1, cost: configuration.number("x"))
      )
    }
  }

  @Test func `a prior study without a cost for each configuration is refused`() {
    let study = PriorStudy(name: "old", space: Self.space, configurations: [Configuration()], costs: [.nan])
    let error = #expect(throws: SearchError.self) { try Self.options([study]).validate() }
    #expect(
      error?.description
        == "prior study old: expected one finite cost for each of 1 configurations, found 0 of 1. Leave out failed "
        + "trials, and give every other one its cost.")
  }
}
