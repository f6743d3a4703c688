/// What a tree may split on.
package enum TreeFeature: Hashable, Sendable {
  /// A number, 0 or above; those at most a threshold go left. One below 0 stands for none at all, as that of
  /// an inactive parameter, and no threshold lies between it and the next.
  case number
  /// One of so many categories, 0 ..< count, without an order; some of them go left.
  case category(count: Int)

  /// Of more categories than a machine word has bits, the numbers are split as if they had an order.
  static let mostCategories = 64

  var categories: Int? {
    if case .category(let count) = self, count <= Self.mostCategories { count } else { nil }
  }
}

/// Rows of features, stored by column and kept in each numeric column's order, as growing trees read them.
///
/// Notation: n rows, d features.
package struct FeatureTable: Sendable {
  package let features: [TreeFeature]
  package private(set) var count = 0
  /// Feature j of row i is at j · stride + i.
  private(set) var values: [Double] = []
  private(set) var stride = 0
  /// For each feature, the rows 0 ..< n by ascending value, equal values by row; by row where it is
  /// categorical.
  private(set) var orders: [[Int32]]

  package init(_ features: [TreeFeature]) {
    self.features = features
    orders = Array(repeating: [], count: features.count)
  }

  package var dimension: Int { features.count }

  /// Row `i`, `[d]`.
  package subscript(i: Int) -> [Double] { (0..<dimension).map { values[$0 * stride + i] } }

  /// Adds rows, `[k, d]` by row. O(d (n + k log k)) for few, O(d n log n) for many.
  package mutating func append(_ rows: [Double]) {
    let added = rows.count / max(dimension, 1)
    guard added > 0 else { return }
    let old = count
    if old + added > stride { reserve(max(64, old + added, stride * 2)) }
    for i in 0..<added {
      for j in 0..<dimension { values[j * stride + old + i] = rows[i * dimension + j] }
    }
    count += added
    for j in 0..<dimension { arrange(j, from: old) }
  }

  /// Forgets the rows from `count` on.
  package mutating func truncate(to count: Int) {
    guard count < self.count else { return }
    for j in 0..<dimension { orders[j].removeAll { $0 >= count } }
    self.count = count
  }

  private mutating func arrange(_ j: Int, from old: Int) {
    let (start, features, end) = (j * stride, features, count)
    values.withUnsafeBufferPointer { values in
      let column = UnsafeBufferPointer(rebasing: values[start..<start + end])
      if features[j].categories != nil {
        orders[j] += Int32(old)..<Int32(end)
      } else if end - old > 16 {
        var keyed = (0..<end).map { (value: column[$0], row: Int32($0)) }
        keyed.sort { ($0.value, $0.row) < ($1.value, $1.row) }
        orders[j] = keyed.map(\.row)
      } else {
        for row in old..<end {
          orders[j].insert(Int32(row), at: Self.place(of: row, in: orders[j], by: column))
        }
      }
    }
  }

  /// After all rows with a value at most the row's own.
  private static func place(of row: Int, in order: [Int32], by column: UnsafeBufferPointer<Double>) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if column[Int(order[middle])] <= column[row] { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func reserve(_ capacity: Int) {
    var grown = Array(repeating: 0.0, count: capacity * dimension)
    for j in 0..<dimension {
      for i in 0..<count { grown[j * capacity + i] = values[j * stride + i] }
    }
    values = grown
    stride = capacity
  }
}
