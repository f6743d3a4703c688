import Foundation
import Randomness
import Testing

@testable import Search

/// Models of limits: what they are told, and what they say of configurations.
@Suite struct LimitProcessesTests {
  private static let space = SampleSpaces.cube(2)

  /// x0 of at most 0.6 and 1000 · x1 of at most 700, at 40 points.
  private static func table() throws -> ObservationTable {
    var evidence = Evidence()
    for trial in 0..<40 {
      var random = SamplerConformance.stream(trial)
      let configuration = try SobolSampler().propose(
        TrialID(trial), in: space, given: evidence, using: &random)
      let (x, y) = (configuration.number("x0"), configuration.number("x1"))
      let excesses = [x / 0.6 - 1, 1000 * y / 700 - 1]
      let violation = excesses.reduce(0) { $0 + max(0, $1) }
      evidence.append(
        .init(TrialID(trial), configuration, at: 1, CostVector([x], violation: violation, excesses: excesses))
      )
    }
    return try ObservationTable.advanced(nil, to: evidence, in: space)
  }

  private static func processes(_ table: ObservationTable, and others: [[Double]] = []) throws
    -> LimitProcesses
  {
    try LinearAlgebra.load()
    let rows = Array(0..<table.count)
    let limits = try #require(BrokenLimitSet(rows, of: table))
    var points = PointSet(categorical: [false, false])
    for row in rows { points.append(Array(table.point(row))) }
    var processes = LimitProcesses(
      limits, LimitProcesses.fitted(limits, to: points, rows, of: table), points: points)
    processes.extend(by: others)
    processes.condition(on: rows, of: table)
    return processes
  }

  @Test func `each limit has a probability of its own`() throws {
    let terms = try Self.processes(Self.table()).probabilities(capacity: 8)
    #expect(terms.count == 2)
    let logs = terms.map { $0.values(at: [0.3, 0.3, 0.95, 0.3, 0.3, 0.95]) }
    // Both hold, the first is broken, the second is.
    #expect(logs[0][0] > log(0.9) && logs[1][0] > log(0.9))
    #expect(logs[0][1] < log(0.1) && logs[1][1] > log(0.9))
    #expect(logs[0][2] > log(0.9) && logs[1][2] < log(0.1))
  }

  @Test func `a trial at work keeps the limits where that is expected, and not elsewhere`() throws {
    let table = try Self.table()
    let kept = try Self.processes(table, and: [[0.2, 0.2], [0.9, 0.2], [0.2, 0.95]])
      .kept(measured: table.meanViolations, failed: 0)
    #expect(kept.filter { $0 >= 40 } == [40])
    #expect(kept.filter { $0 < 40 } == (0..<40).filter { table.meanViolations[$0] == 0 })
    // What failed, first among the others, keeps none.
    #expect(
      try Self.processes(table, and: [[0.2, 0.2], [0.2, 0.3]])
        .kept(measured: table.meanViolations, failed: 1).filter { $0 >= 40 } == [41])
  }

  /// After 1 unit every trial keeps the limit; after 9 those beyond 0.5 break it, and cost least.
  @Test func `a limit that holds after a little training does not make an incumbent of the full run`() throws
  {
    var evidence = Evidence()
    evidence.fullBudget = 9
    for trial in 0..<24 {
      let x = (Double(trial) + 0.5) / 24
      let configuration = Configuration(["x0": .number(x), "x1": .number(0.5)])
      evidence.append(
        .init(TrialID(trial), configuration, at: 1, CostVector([2 - x], violation: 0, excesses: [-0.2])))
      guard trial % 2 == 0 else { continue }
      let excess = x - 0.5
      evidence.append(
        .init(
          TrialID(trial), configuration, at: 9,
          CostVector([1 - x], violation: max(0, excess), excesses: [excess])))
    }
    try LinearAlgebra.load()
    let table = try ObservationTable.advanced(nil, to: evidence, in: Self.space)
    var process = FittedProcess.advanced(nil, to: table, given: evidence, options: GaussianProcessOptions())
    var random = SamplerConformance.stream(60)
    _ = try process.proposal(beside: evidence.outstanding(), expecting: nil, using: &random)
    let kept = try #require(process.kept)
    let beyond = kept.filter { Double(table.trials[process.data.rows[$0]].rawValue) > 14 }
    #expect(beyond.isEmpty, "\(beyond)")
    #expect(kept.contains { table.budgets[process.data.rows[$0]] == 1 }, "what is expected to keep it counts")
  }

  @Test func `the size of an excess counts, and an enormous one flattens nothing`() {
    let plain = LimitTargets.targets(of: [-0.2, -0.1, 0.1, 0.2])
    #expect(plain == plain.sorted() && Set(plain).count == 4 && plain[0] == -plain[3])
    let wild = LimitTargets.targets(of: [-0.2, -0.1, 0.1, 0.2, 1e6])
    #expect(wild[1] < 0 && wild[2] > 0)
    #expect(wild[3] - wild[0] > 0.1)
    #expect(LimitTargets.targets(of: [0.5, 0.5]) == [1, 1] && LimitTargets.targets(of: [0, 0]) == [0, 0])
  }

  @Test func `the derivatives of the probability are those of its values`() throws {
    let term = try #require(try Self.processes(Self.table()).probabilities(capacity: 8).first)
    for point in [[0.55, 0.4], [0.7, 0.2], [0.99, 0.9]] {
      let slope = term.ascent(at: point).gradients
      for j in 0..<2 {
        func value(_ step: Double) -> Double {
          var moved = point
          moved[j] += step
          return term.values(at: moved)[0]
        }
        let expected = (value(1e-5) - value(-1e-5)) / 2e-5
        #expect(abs(slope[j] - expected) <= 1e-3 * max(1, abs(expected)), "\(point), \(j)")
      }
    }
  }

  @Test func `ln Φ neither underflows nor jumps where its form changes`() {
    #expect(abs(NormalDistribution.logDistribution(0).value - log(0.5)) < 1e-12)
    // ln Φ(-10) = -53.23128515051247, by ln(erfc(10 / √2) / 2).
    #expect(abs(NormalDistribution.logDistribution(-10).value + 53.231_285_150_512_47) < 1e-9)
    #expect(NormalDistribution.logDistribution(-100).value.isFinite)
    let (left, right) = (
      NormalDistribution.logDistribution(-1.0000001), NormalDistribution.logDistribution(-1)
    )
    #expect(abs(left.value - right.value) < 1e-6 && abs(left.slope - right.slope) < 1e-6)
  }

  @Test(arguments: [(0.5, 0.5), (1.0, 0.0), (2.0, -0.2), (3.0, 0.2)])
  func `an excess is a share of the bound, below 0 within`(value: Double, excess: Double) {
    let limit = MetricLimit(metric: "latency", atLeast: 1, atMost: 2.5)
    #expect(abs(limit.excess(of: value) - excess) < 1e-12)
    #expect(max(0, limit.excess(of: value)) == limit.violation(of: value))
  }

  /// Of 5.1 and 4.5 one breaks a limit of 5, and their mean keeps it.
  @Test(arguments: [SamplerTests.gp, .ehvi(EHVIOptions()), .auto(AutoOptions())])
  func `a limit that one replicate breaks and the mean keeps is no trap`(_ kind: SamplerConfiguration) throws
  {
    var evidence = Evidence()
    for trial in 0..<24 {
      let x = Double(trial / 2) / 12
      let excess = trial == 4 ? 0.1 : trial == 5 ? -0.5 : -0.3
      evidence.append(
        .init(
          TrialID(trial), Configuration(["x0": .number(x), "x1": .number(1 - x)]), at: 1,
          CostVector([x, 1 - x], violation: max(0, excess), excesses: [excess])))
    }
    var sampler = kind.makeSampler()
    var random = SamplerConformance.stream(24)
    if case .gp = kind { evidence = evidence.withFirstCosts }
    let proposal = try sampler.propose(TrialID(24), in: Self.space, given: evidence, using: &random)
    #expect(proposal.values.count == 2)
  }
}

extension Evidence {
  /// The same of the first objective alone.
  fileprivate var withFirstCosts: Evidence {
    var evidence = Evidence()
    for measurement in completed {
      evidence.append(
        .init(
          measurement.trial, measurement.configuration, at: measurement.budget,
          CostVector([measurement.cost], violation: measurement.violation, excesses: measurement.excesses)))
    }
    return evidence
  }
}
