import Testing

@testable import Search

/// Which trials evidence that was made of other evidence knows.
struct EvidenceTrialsTests {
  private static let space = SearchSpace([
    Parameter(name: "x", domain: .float(low: 0, high: 1, scale: .linear))
  ])

  private static func configuration(_ x: Double) -> Configuration { Configuration(["x": .number(x)]) }

  private static func completed(_ trial: Int, _ budget: Int) -> Evidence.Completed {
    Evidence.Completed(
      trial: TrialID(trial), configuration: configuration(Double(trial) / 20), budget: budget,
      cost: Double(trial), furtherCosts: [1])
  }

  /// A session that was killed builds at once what another one built measurement by measurement.
  @Test func `what had begun when does not depend on when evidence was expressed`() {
    var evidence = Evidence()
    var expressed = ExpressedEvidence(Self.space)
    for trial in 0..<6 {
      evidence.pending = Dictionary(
        uniqueKeysWithValues: (trial..<trial + 8).map { (TrialID($0), Self.configuration(0.5)) })
      evidence.append(Self.completed(trial, 1))
      _ = expressed.advanced(to: evidence)
    }
    let stepwise = expressed.advanced(to: evidence)
    var anew = ExpressedEvidence(Self.space)
    let atOnce = anew.advanced(to: evidence)
    for row in evidence.completed.indices {
      #expect(stepwise.firstTrial(after: row) == evidence.firstTrial(after: row))
      #expect(atOnce.firstTrial(after: row) == evidence.firstTrial(after: row))
    }
  }

  @Test func `measurements from elsewhere count for a region that began anew`() {
    var region = TrustRegion(dimension: 2, initialTrials: 2)
    var row = 0
    // Nothing improves: the sides halve below the least length.
    while region.restarts == 0 {
      region.observe(row: row, of: TrialID(row), cost: 1, before: TrialID(row + 1))
      row += 1
    }
    region.observe(row: row, of: TrialID(0), cost: 0, before: TrialID(row + 1))
    #expect(region.members.isEmpty)
    region.observe(row: row, of: TrialID(-1), cost: 0, before: TrialID(row + 1))
    #expect(region.members == [row])
  }

  @Test func `the greatest excess of a limit leaves finite targets`() {
    let targets = LimitTargets.targets(of: [.greatestFiniteMagnitude, 0.1, 0.05, -0.2])
    #expect(targets.allSatisfy(\.isFinite) && targets[0] > targets[1] && targets[3] < 0)
  }
}
