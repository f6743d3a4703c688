/// The trials observed at one rung, and which of them may be promoted: the best of those not yet promoted,
/// when it is among the best ⌊n / η⌋ of all n. With several objectives the best are those of the first fronts
/// (`VectorRung`).
struct AsynchronousRung: Codable, Equatable, Sendable {
  private var leaders: Leaders
  /// All that did not fail and were not promoted, the best of them first.
  private var waiting = Heap<Ranked>()
  /// In the place of both from the first outcome with several costs on.
  private var vectors: VectorRung?

  init(reduction: Int) { leaders = Leaders(reduction: reduction, rounding: .down) }

  /// All trials observed, failed ones included.
  var count: Int { vectors?.count ?? leaders.count }

  var canPromote: Bool { vectors.map { $0.next != nil } ?? waiting.first.map(leaders.contains) ?? false }

  /// Takes out the best trial that may be promoted.
  mutating func promote() -> TrialID? {
    if vectors != nil { return vectors?.promote() }
    return canPromote ? waiting.popFirst()?.trial : nil
  }

  /// Takes a trial's outcome.
  mutating func insert(_ outcome: Outcome) {
    if vectors == nil, !outcome.furtherCosts.isEmpty {
      // Only failed trials have come before: all others have as many costs as this one.
      vectors = VectorRung(reduction: leaders.reduction, failed: leaders.count)
    }
    if vectors != nil {
      vectors?.insert(outcome.trial, outcome.costVector)
      return
    }
    let result = Ranked(outcome)
    leaders.insert(result)
    if let result { waiting.insert(result) }
  }
}
