import Search

/// A result that was told.
struct Finding: Sendable {
  /// Nil for an outside observation.
  var trial: TrialID?
  var configuration: Configuration
  var budget: Int
  var result: ToldResult

  var costs: CostVector { result.costs }

  /// What keeps the limits first, then by the first objective.
  func precedes(_ other: Finding) -> Bool {
    (costs.violation, costs.costs[0]) < (other.costs.violation, other.costs.costs[0])
  }
}

/// What a study has found, at whatever fidelity.
struct StudyFindings: Sendable {
  private(set) var told = 0
  private(set) var failed = 0
  /// By the first objective.
  private(set) var best: Finding?
  /// With several objectives what nothing dominates, by the first one; of equal ones the first told.
  private(set) var front: [Finding] = []
  private let keepsFront: Bool

  init(keepsFront: Bool) { self.keepsFront = keepsFront }

  mutating func takeFailure() {
    told += 1
    failed += 1
  }

  /// O(front).
  mutating func take(_ finding: Finding) {
    told += 1
    if best.map(finding.precedes) ?? true { best = finding }
    guard keepsFront,
      !front.contains(where: { $0.costs == finding.costs || $0.costs.dominates(finding.costs) })
    else { return }
    front.removeAll { finding.costs.dominates($0.costs) }
    front.insert(finding, at: front.firstIndex(where: finding.precedes) ?? front.count)
  }
}
