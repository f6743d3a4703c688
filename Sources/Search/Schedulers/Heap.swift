/// A binary heap: the least element first, equal ones in no particular order. Insertion and removal cost
/// O(log n).
///
/// Our own and not `HeapModule`'s, because schedulers are compared and coded with their heaps, and the
/// library's is neither `Equatable` nor `Codable`: what wraps it is as long as this.
///
/// J. W. J. Williams, "Algorithm 232: Heapsort", Communications of the ACM 7 (1964).
public struct Heap<Element: Comparable>: Equatable {
  /// The children of the element at i are at 2i + 1 and 2i + 2, and not less than it.
  @usableFromInline var elements: [Element] = []

  @inlinable public init() {}

  @inlinable public var count: Int { elements.count }
  /// The least element.
  @inlinable public var first: Element? { elements.first }

  @inlinable public mutating func insert(_ element: Element) {
    elements.append(element)
    var place = elements.count - 1
    while place > 0, elements[place] < elements[(place - 1) / 2] {
      elements.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes out the least element.
  @inlinable public mutating func popFirst() -> Element? {
    guard let last = elements.popLast() else { return nil }
    guard let first = elements.first else { return last }
    elements[0] = last
    var place = 0
    while let child = lesserChild(of: place), elements[child] < elements[place] {
      elements.swapAt(place, child)
      place = child
    }
    return first
  }

  @usableFromInline @inlinable func lesserChild(of place: Int) -> Int? {
    let (left, right) = (2 * place + 1, 2 * place + 2)
    guard left < elements.count else { return nil }
    return right < elements.count && elements[right] < elements[left] ? right : left
  }
}

extension Heap: Codable where Element: Codable {}
extension Heap: Sendable where Element: Sendable {}

/// Its value in reverse order: makes a heap give the greatest first.
struct Descending<Value: Comparable & Codable & Sendable>: Comparable, Codable, Sendable {
  var value: Value

  static func < (left: Self, right: Self) -> Bool { right.value < left.value }
}
