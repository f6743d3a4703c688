import Testing

@testable import Search

/// What is decided once for all samplers: which budget counts, what readings say together, who is outstanding.
@Suite struct EvidenceTests {
  private static func at(_ x: Double) -> Configuration { Configuration(["x0": .number(x)]) }

  private static func evidence(_ readings: [(trial: Int, x: Double, budget: Int, cost: Double)]) -> Evidence {
    readings.reduce(into: Evidence()) { evidence, reading in
      evidence.append(
        .init(TrialID(reading.trial), at(reading.x), at: reading.budget, CostVector([reading.cost])))
    }
  }

  @Test func `the budget that counts is the largest with trials enough, however often each was measured`() {
    let evidence = Self.evidence([
      (0, 0.1, 1, 5), (1, 0.2, 1, 5), (2, 0.3, 1, 5), (0, 0.1, 3, 4), (1, 0.2, 3, 4), (0, 0.1, 9, 3),
      (0, 0.1, 9, 2),
      (0, 0.1, 9, 1),
    ])
    #expect(evidence.budget(atLeast: 1) == 9)
    #expect(evidence.budget(atLeast: 2) == 3)
    #expect(evidence.budget(atLeast: 3) == 1)
    #expect(evidence.budget(atLeast: 4) == nil)
    #expect(evidence.rows(at: 9) == [5, 6, 7])
    #expect(evidence.rows(preferring: 4) == [0, 1, 2], "the least where none has as many")
    #expect(evidence.firstRows(at: 9) == [5])
    #expect(evidence.isMeasured(TrialID(1), at: 3) && !evidence.isMeasured(TrialID(1), at: 9))
  }

  @Test func `readings of a configuration at a budget are one mean with its error`() throws {
    var evidence = Self.evidence([(0, 0.5, 2, 1), (1, 0.5, 2, 2), (2, 0.25, 2, 7), (3, 0.5, 1, 9)])
    evidence.append(
      .init(TrialID(4), Self.at(0.5), at: 2, CostVector([6], violation: 0.3, excesses: [0.3])))
    let estimate = try #require(evidence.estimate(ofRow: 1))
    #expect(estimate.rows == [0, 1, 4])
    #expect(isClose(estimate.mean.costs[0], 3) && isClose(estimate.mean.violation, 0.1))
    // The sample deviation of 1, 2 and 6 is √7.
    #expect(isClose(try #require(estimate.error), (7.0 / 3).squareRoot()))
    #expect(evidence.estimate(of: Self.at(0.25), at: 2)?.error == nil)
    #expect(evidence.estimate(of: Self.at(0.25), at: 1) == nil)
    // Two numbers whose sum is infinite.
    let enormous = Self.evidence([(0, 0.5, 1, 1.5e308), (1, 0.5, 1, 1.5e308)])
    #expect(enormous.estimate(ofRow: 0)?.mean.costs == [1.5e308])
  }

  @Test func `a later success clears a failure, another replicate does not`() {
    var evidence = Evidence()
    evidence.fail(TrialID(0), Self.at(0.5), at: 3)
    evidence.append(.init(TrialID(0), Self.at(0.5), at: 3, CostVector([1])))
    #expect(evidence.failed.count == 1, "what one replicate failed at another reached")
    evidence.append(.init(TrialID(0), Self.at(0.4), at: 6, CostVector([1])))
    #expect(evidence.failed.isEmpty)
    evidence.fail(TrialID(0), Self.at(0.4), at: 9)
    #expect(evidence.failed == [TrialID(0): Self.at(0.4)])
  }

  @Test func `outstanding are those at work and those that failed, each by trial`() {
    var evidence = Self.evidence([(3, 0.3, 1, 1), (4, 0.4, 2, 1)])
    for trial in [5, 1, 4, 3] { evidence.pending[TrialID(trial)] = Self.at(Double(trial) / 10) }
    for trial in [9, 2, 5] { evidence.fail(TrialID(trial), Self.at(Double(trial) / 10), at: 1) }
    let all = evidence.outstanding()
    #expect(all.pending.map(\.trial.rawValue) == [1, 3, 4, 5])
    #expect(all.failed.map(\.trial.rawValue) == [2, 9], "what is at work again is at work")
    #expect(evidence.outstanding(unmeasuredAt: 1).pending.map(\.trial.rawValue) == [1, 4, 5])
    #expect(all.newest(1).pending.map(\.trial.rawValue) == [5])
  }

  @Test func `ranks follow the mean when a configuration is read again`() throws {
    let space = SampleSpaces.cube(1)
    var evidence = Self.evidence([(0, 0.1, 1, 0), (1, 0.2, 1, 1), (2, 0.3, 1, 2)])
    var ranked = try RankedMeasurements.advanced(nil, to: evidence, in: space)
    #expect(ranked.best(at: 1) == [0, 1, 2])
    // The means become 3, 1 and 0.5.
    evidence.append(.init(TrialID(3), Self.at(0.1), at: 1, CostVector([6])))
    evidence.append(.init(TrialID(4), Self.at(0.3), at: 1, CostVector([-1])))
    ranked = try RankedMeasurements.advanced(ranked, to: evidence, in: space)
    #expect(ranked.best(at: 1) == [2, 1, 0])
    #expect(try RankedMeasurements.advanced(nil, to: evidence, in: space).best(at: 1) == [2, 1, 0])
  }
}
