// What a data set is like, for whoever compares data sets.
extension DataSet {
  /// The features of every k-th sample, so that there are at most `most`, `[features, samples]`; nil for
  /// text.
  ///
  /// - Throws: `TrainingError` where samples are read on demand, and cannot be.
  package func columns(ofAtMost most: Int) throws(TrainingError) -> [[Double]]? {
    guard case .labelled(let values, let shape, let targets) = samples else { return nil }
    let size = shape.reduce(1, *)
    let stride = max(1, (targets.count + most - 1) / most)
    let rows = Array(Swift.stride(from: 0, to: targets.count, by: stride))
    let (chosen, places) = try values.chosen(rows, of: size)
    return chosen.withScalars { values in
      (0..<size).map { feature in
        let column = places.map { Double(values[$0 * size + feature]) }
        // What is missing becomes the mean, as in training.
        let present = column.filter { !$0.isNaN }
        let mean = present.reduce(0, +) / Double(max(1, present.count))
        return column.map { $0.isNaN ? mean : $0 }
      }
    }
  }

  /// How many samples each class has; empty where there are none.
  package var classCounts: [Int] {
    guard case .labelled(_, _, .classes(_, let classes)) = samples else { return [] }
    return labels.reduce(into: Array(repeating: 0, count: classes)) { $0[$1] += 1 }
  }
}

// What a person is told of it.
extension DataSet {
  /// What was found in the data: samples and features, types of columns, classes or targets. A line each.
  public var findings: [String] {
    switch samples {
    case .text(let tokens, let vocabulary, let contextLength):
      let distinct = vocabulary.count
      return ["\(tokens.count) characters, \(distinct) of them distinct, in windows of \(contextLength)"]
    case .labelled(let values, let shape, let targets):
      let extents = shape.map(String.init).joined(separator: " x ")
      let kind = shape.count == 3 ? "images of \(extents)" : "samples of \(extents) features"
      let place = if case .file = values { ["read on demand"] } else { [String]() }
      return ["\(count) \(kind), \(targets.findings)"] + place + (encoding?.findings ?? [])
    }
  }
}

extension TargetMemory {
  /// `10 classes of 174 to 183 samples`, `a target from 25 to 346`.
  fileprivate var findings: String {
    switch self {
    case .classes(let labels, let classes):
      let counts = labels.withScalars { labels in
        labels.reduce(into: Array(repeating: 0, count: classes)) { $0[Int($1)] += 1 }
      }
      return "\(classes) classes of \(counts.min() ?? 0) to \(counts.max() ?? 0) samples"
    case .numbers(let values, let outputs):
      let (low, high) = values.withScalars { ($0.min() ?? 0, $0.max() ?? 0) }
      let range = "from \(low) to \(high)"
      return outputs == 1 ? "a target \(range)" : "\(outputs) targets \(range)"
    }
  }
}
