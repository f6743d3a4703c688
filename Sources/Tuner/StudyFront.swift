import Search

/// The states of a study with several objectives that nothing dominates: its result. Of equal ones the first
/// is kept.
struct StudyFront: Sendable {
  /// In the order in which they were reached.
  private(set) var members: [Controller.Best] = []

  /// Takes a state in, unless a member is as good in everything; what it dominates leaves. O(members).
  mutating func insert(_ state: Controller.Best) {
    // A trial that reaches a budget again has another state there.
    members.removeAll { $0.job.reachedState == state.job.reachedState }
    guard !members.contains(where: { $0.costs == state.costs || $0.costs.dominates(state.costs) }) else {
      return
    }
    members.removeAll { state.costs.dominates($0.costs) }
    members.append(state)
  }

  /// By the first objective, the best first; nil where there are no members.
  func summary(_ objective: Objective) -> [RunSummary.FrontMember]? {
    guard !members.isEmpty else { return nil }
    return members.sorted { $0.precedes($1) }.map { member in
      RunSummary.FrontMember(
        trial: member.job.trial, budget: member.job.target,
        scores: Dictionary(
          uniqueKeysWithValues: zip(objective.parts, member.costs.costs).map { ($0.metric, $0.score(of: $1)) }
        ),
        configuration: member.job.configuration, checkpoint: member.checkpoint,
        brokenLimits: member.brokenLimits)
    }
  }
}
