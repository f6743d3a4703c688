extension [Double] {
  /// The places of the `most` lowest, the lowest first, equal ones in their order. O(n + m log m · log n) for
  /// numbers in no order.
  func placesOfLowest(_ most: Int) -> [Int] {
    guard count > 4 * most else {
      return [Int](indices.sorted { (self[$0], $0) < (self[$1], $1) }.prefix(most))
    }
    var found: [Int] = []
    var bound: Double?
    for i in indices where bound.map({ self[i] < $0 }) ?? true {
      found.append(i)
      if found.count == 2 * most {
        found.sort { (self[$0], $0) < (self[$1], $1) }
        found.removeLast(most)
        bound = self[found[most - 1]]
      }
    }
    found.sort { (self[$0], $0) < (self[$1], $1) }
    return [Int](found.prefix(most))
  }
}
