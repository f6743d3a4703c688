import Search

/// The states of a study with several objectives that nothing dominates: its result. Of equal ones the first
/// is kept.
struct StudyFront: Sendable {
  /// By the first objective, the best first; equal ones in the order in which they were reached.
  private(set) var members: [Controller.Best] = []

  /// Who has joined the front and who has left it.
  struct Change: Equatable, Sendable {
    var joined: StateKey?
    var left: [StateKey] = []
  }

  /// Takes a state in, unless a member is as good in everything; what it dominates leaves. O(members).
  mutating func insert(_ state: Controller.Best) -> Change {
    let key = state.reached.reachedState
    // A trial that reaches a budget again has another state there.
    var change = Change(left: remove { $0.reached.reachedState == key })
    guard !members.contains(where: { $0.costs == state.costs || $0.costs.dominates(state.costs) }) else {
      return change
    }
    change.left += remove { state.costs.dominates($0.costs) }
    members.insert(state, at: members.firstIndex { state.isAhead(of: $0) } ?? members.count)
    change.joined = key
    return change
  }

  private mutating func remove(where leaves: (Controller.Best) -> Bool) -> [StateKey] {
    let left = members.filter(leaves).map(\.reached.reachedState)
    if !left.isEmpty { members.removeAll(where: leaves) }
    return left
  }

  /// In the order of the members; nil where there are no members.
  func summary(_ objective: Objective) -> [RunSummary.FrontMember]? {
    guard !members.isEmpty else { return nil }
    return members.map { member in
      RunSummary.FrontMember(
        trial: member.reached.trial, budget: member.budget,
        scores: Dictionary(
          uniqueKeysWithValues: zip(objective.parts, member.costs.costs).map { ($0.metric, $0.score(of: $1)) }
        ),
        configuration: member.reached.configuration, checkpoint: member.checkpoint,
        brokenLimits: member.brokenLimits)
    }
  }
}
