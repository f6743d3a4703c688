/// Results as they come, the best share of them kept apart from the rest.
///
/// Of n results the best ⌊n / η⌋ (or ⌈n / η⌉) are leaders. Leaders and the rest are two heaps, open towards
/// each other, so that a result crosses the border when n grows or a better one comes: O(log n) a result.
struct Leaders: Codable, Equatable, Sendable {
  enum Rounding: String, Codable, Sendable { case down, up }

  /// η: one result in so many leads.
  let reduction: Int
  let rounding: Rounding
  /// n: all results, failed ones included.
  private(set) var count = 0
  /// Fewer than there are places when too many failed; the worst of them first.
  private var best = Heap<Descending<Ranked>>()
  /// All others that did not fail, the best of them first.
  private var rest = Heap<Ranked>()

  init(reduction: Int, rounding: Rounding) {
    self.reduction = reduction
    self.rounding = rounding
  }

  /// How many lead, provided that so many did not fail.
  var places: Int { rounding == .down ? count / reduction : (count + reduction - 1) / reduction }

  /// The worst of the leaders; nil when nobody leads.
  var last: Ranked? { best.first?.value }

  /// Whether a result that was inserted is among the leaders.
  func contains(_ result: Ranked) -> Bool { last.map { result <= $0 } ?? false }

  /// Takes a result; nil for a trial that failed, which is worse than any other.
  mutating func insert(_ result: Ranked?) {
    count += 1
    if let result {
      if let last, result < last {
        best.insert(Descending(value: result))
      } else {
        rest.insert(result)
      }
    }
    if best.count > places, let worst = best.popFirst() { rest.insert(worst.value) }
    if best.count < places, let next = rest.popFirst() { best.insert(Descending(value: next)) }
  }
}

extension Leaders {
  /// The median of the costs, for a `reduction` of 2, rounded up: the middle one, or the mean of the middle
  /// two. A failed trial's cost counts as infinite. Infinite when there are no results.
  var median: Double {
    guard best.count == places, let last else { return .infinity }
    guard count % 2 == 0 else { return last.cost }
    return rest.first.map { (last.cost + $0.cost) / 2 } ?? .infinity
  }
}
