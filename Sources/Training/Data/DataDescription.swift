// What a data set is like, for whoever compares data sets.
extension DataSet {
  /// The features of every k-th sample, so that there are at most `most`, `[features, samples]`; nil for
  /// text.
  package func columns(ofAtMost most: Int) -> [[Double]]? {
    guard case .labelled(let values, let shape, let targets) = samples else { return nil }
    let size = shape.reduce(1, *)
    let stride = max(1, (targets.count + most - 1) / most)
    return values.withScalars { values in
      (0..<size).map { feature in
        Swift.stride(from: 0, to: targets.count, by: stride).map { Double(values[$0 * size + feature]) }
      }
    }
  }

  /// How many samples each class has; empty for text.
  package var classCounts: [Int] {
    guard case .labelled(_, _, .classes(_, let classes)) = samples else { return [] }
    return labels.reduce(into: Array(repeating: 0, count: classes)) { $0[$1] += 1 }
  }
}
