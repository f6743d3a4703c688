import Foundation
import Randomness
import Testing

@testable import Search

/// Densities of the tree-structured Parzen estimator.
@Suite struct ParzenEstimatorTests {
  /// Made by Golden/parzen.py.
  private struct Golden: Decodable {
    var good, bad, queries: [[Double]]
    var goodWeights, mixtureWeights, dropoutBandwidths, logRatios: [Double]
  }

  private static let space = SearchSpace([
    Parameter(name: "rate", domain: .float(low: 1e-5, high: 0.1, scale: .log)),
    Parameter(name: "dropout", domain: .float(low: 0, high: 0.5, scale: .linear)),
    Parameter(name: "layers", domain: .integer(low: 1, high: 4, scale: .linear)),
    Parameter(name: "width", domain: .integer(low: 8, high: 200, scale: .log)),
    Parameter(name: "activation", domain: .categorical([.number(0), .number(1), .number(2)])),
  ])
  private static let coordinates = space.parameters.map { CellCoordinate($0.domain) }

  private static func points(_ rows: [[Double]]) throws -> [Double] {
    try rows.flatMap { row in
      try zip(space.parameters, row).map { try #require($0.domain.unit(of: .number($1))) }
    }
  }

  @Test func `the ratio of densities is Optuna's`() throws {
    let golden: Golden = try golden("parzen.json")
    // Optuna's kernels are as wide as their neighbours are far in both sets.
    let good = ParzenEstimator(
      Self.coordinates, points: try Self.points(golden.good), weights: golden.goodWeights + [1],
      rule: .neighbours)
    let bad = ParzenEstimator(
      Self.coordinates, points: try Self.points(golden.bad), weights: golden.bad.map { _ in 1 } + [1],
      rule: .neighbours)
    #expect(zip(good.weights, golden.mixtureWeights).allSatisfy { isClose($0, $1) })
    let dropout = golden.bad.map { $0[1] / 0.5 }
    #expect(
      zip(BandwidthRule.neighbours.bandwidths(of: dropout), golden.dropoutBandwidths).allSatisfy {
        isClose($0, $1)
      })
    let queries = try Self.points(golden.queries)
    let ratios = zip(good.logDensities(at: queries), bad.logDensities(at: queries)).map { $0 - $1 }
    for (ratio, expected) in zip(ratios, golden.logRatios) {
      #expect(isClose(ratio, expected, relative: 1e-9, absolute: 1e-9), "\(ratio), Optuna \(expected)")
    }
  }

  @Test func `masses and densities sum to one`() {
    let points = [0.1, 0.125, 0.5, 0.9, 0.625, 0.17, 0.4, 0.875, 0.83]
    let coordinates: [CellCoordinate] = [
      .continuous, .ordered(borders: [0, 0.25, 0.5, 0.75, 1]), .choices(3),
    ]
    for rule in [BandwidthRule.scott(numbers: 1), .neighbours] {
      let estimator = ParzenEstimator(coordinates, points: points, weights: [3, 2, 1, 1], rule: rule)
      let steps = 400
      var sum = 0.0
      for ordered in [0.125, 0.375, 0.625, 0.875] {
        for choice in [0.1, 0.5, 0.9] {
          let line = (0..<steps).flatMap { [(Double($0) + 0.5) / Double(steps), ordered, choice] }
          sum += estimator.logDensities(at: line).reduce(0) { $0 + exp($1) } / Double(steps)
        }
      }
      #expect(abs(sum - 1) < 1e-4, "\(rule): \(sum)")
    }
  }

  @Test func `draws follow the density`() {
    let coordinates: [CellCoordinate] = [.continuous, .choices(3)]
    let estimator = ParzenEstimator(
      coordinates, points: [0.05, 0.17, 0.6, 0.83], weights: [2, 1, 1], rule: .scott(numbers: 2))
    var random = CounterGenerator(seed: 3, purpose: .proposal)
    var counts = Array(repeating: 0, count: 12)
    let draws = 20_000
    for _ in 0..<draws {
      let point = estimator.draw(using: &random)
      counts[Int(point[0] * 4) * 3 + coordinates[1].cell(of: point[1])] += 1
    }
    for cell in counts.indices {
      var line: [Double] = []
      for step in 0..<100 {
        let quarter = (Double(step) + 0.5) / 100
        line += [(Double(cell / 3) + quarter) / 4, (Double(cell % 3) + 0.5) / 3]
      }
      let mass = estimator.logDensities(at: line).reduce(0) { $0 + exp($1) } / 400
      let deviation = (mass * (1 - mass) / Double(draws)).squareRoot()
      #expect(abs(Double(counts[cell]) / Double(draws) - mass) < 4 * deviation, "cell \(cell)")
    }
  }

  @Test(arguments: [
    Domain.integer(low: 1, high: 9, scale: .linear), .integer(low: 1, high: 200, scale: .log),
    .integer(low: -3, high: 3, scale: .linear),
  ])
  func `each value of a discrete domain has a cell of its own`(domain: Domain) throws {
    let coordinate = CellCoordinate(domain)
    guard case .integer(let low, let high, _) = domain else { return }
    for value in low...high {
      let unit = try #require(domain.unit(of: .number(Double(value))))
      #expect(coordinate.cell(of: unit) == value - low)
    }
  }

  @Test func `masses of Gaussians are differences of the error function`() {
    let centers = stride(from: 0.0, through: 1, by: 1.0 / 64).map { $0 }
    for bandwidth in [0.01, 0.05, 0.3, 1] {
      let kernels = KernelColumn.Kernels(
        centers: centers, bandwidths: Array(repeating: bandwidth, count: centers.count))
      for (low, high) in [(0.0, 1.0), (0, 0.25), (0.25, 0.375), (0.5, 0.515625), (0.9375, 1)] {
        for (center, logMass) in zip(centers, kernels.logMasses(from: low, to: high)) {
          let scale = 0.5.squareRoot() / bandwidth
          var (from, to) = ((low - center) * scale, (high - center) * scale)
          if from > 0 { (from, to) = (-to, -from) }
          let expected = (erfc(-to) - erfc(-from)) / 2
          // Where erfc underflows, what is left is the first term of its continued fraction.
          guard expected > 1e-290 else {
            let tail = -to * to - log(-2 * to * Double.pi.squareRoot())
            #expect(isClose(logMass, tail, relative: 1e-3))
            continue
          }
          #expect(
            isClose(logMass, log(expected), relative: 1e-11, absolute: 1e-11), "\(center) ± \(bandwidth)")
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2, 7, 300])
  func `centres are ordered, equal ones as they were`(count: Int) {
    var random = CounterGenerator(seed: 5, purpose: .simulation)
    // Twice the same number now and then, and numbers that agree in their first 32 bits.
    let centers = (0..<count).map { i in
      let draw = random.nextUniform()
      return i % 5 == 0 ? 0.25 : i % 5 == 1 ? 0.5 + 1e-13 * draw : i % 7 == 0 ? 1 : draw
    }
    let expected = centers.indices.sorted { (centers[$0], $0) < (centers[$1], $1) }
    #expect(BandwidthRule.order(of: centers).map(Int.init) == expected)
  }

  @Test func `kernels of the good narrow as they gather, to a twentieth at least`() {
    // The deviation of five numbers 0.1 apart is 0.1581, and 5^(-1/5) is 0.7248.
    let spread = BandwidthRule.scott(numbers: 1).bandwidths(of: [0.3, 0.4, 0.5, 0.6, 0.7])
    #expect(spread.count == 5 && isClose(spread[0], 0.15811388 * 0.72477966, relative: 1e-6))
    #expect(BandwidthRule.scott(numbers: 1).bandwidths(of: [0.5, 0.5]) == [0.05, 0.05])
    #expect(BandwidthRule.neighbours.bandwidths(of: [0.2]) == [0.8])
  }
}
