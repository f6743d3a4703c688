/// The trials observed at one rung, and which of them may be promoted: the best of those not yet promoted, when it
/// is among the best ⌊n / η⌋ of all n.
struct AsynchronousRung: Codable, Equatable, Sendable {
  private var leaders: Leaders
  /// All that did not fail and were not promoted, the best of them first.
  private var waiting = Heap<Ranked>()

  init(reduction: Int) { leaders = Leaders(reduction: reduction, rounding: .down) }

  /// All trials observed, failed ones included.
  var count: Int { leaders.count }

  var canPromote: Bool { waiting.first.map(leaders.contains) ?? false }

  /// Takes out the best trial that may be promoted.
  mutating func promote() -> TrialID? {
    canPromote ? waiting.popFirst()?.trial : nil
  }

  /// Takes a trial's result; nil when it failed.
  mutating func insert(_ result: Ranked?) {
    leaders.insert(result)
    if let result { waiting.insert(result) }
  }
}
