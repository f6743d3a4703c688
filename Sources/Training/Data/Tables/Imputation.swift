extension SampleValues {
  /// The samples with what is missing filled in, where it does not become the mean, as it does when they are
  /// standardized: by the median or the most frequent number of the samples that train. Of categories the most frequent
  /// one takes its place.
  ///
  /// - Parameters:
  ///   - indices: the samples that train.
  func filled(as encoding: TableEncoding?, by indices: [Int32]) throws(TrainingError) -> SampleValues {
    guard let encoding, encoding.missing > 0,
      encoding.filling == .median || encoding.filling == .mostFrequent,
      case .memory(let values) = self
    else { return self }
    let size = encoding.width
    let fills = values.withScalars { encoding.fills(of: $0, size: size, indices) }
    return .memory(
      try values.withScalars { scalars throws(TrainingError) in
        try SampleMemory(count: scalars.count) { result in
          for element in scalars.indices {
            let value = scalars[element]
            result.initializeElement(at: element, to: value.isNaN ? fills[element % size] : value)
          }
        }
      })
  }
}

extension TableEncoding {
  /// What a missing value of each number of a sample becomes.
  fileprivate func fills(of values: UnsafeBufferPointer<Float>, size: Int, _ indices: [Int32]) -> [Float] {
    var fills: [Float] = []
    for feature in features {
      let first = fills.count
      let columns = (first..<first + feature.column.width).map { place in
        indices.map { values[Int($0) * size + place] }.filter { !$0.isNaN }
      }
      switch feature.column {
      case .numbers:
        let sorted = columns[0].sorted()
        // Of a column that has no value among the samples that train.
        let median = sorted.isEmpty ? 0 : sorted.quantile(0.5)
        fills.append(filling == .median ? median : Self.mostFrequent(columns[0]))
      case .categories:
        let counts = columns.map { $0.reduce(0, +) }
        let most = counts.firstIndex(of: counts.max() ?? 0) ?? 0
        fills += counts.indices.map { $0 == most ? 1 : 0 }
      }
    }
    return fills
  }

  /// The smallest of those that are there most often, as scikit-learn's `SimpleImputer` has it; 0 of none.
  private static func mostFrequent(_ values: [Float]) -> Float {
    var (best, most) = (Float(0), 0)
    var (current, count) = (Float.nan, 0)
    for value in values.sorted() {
      (current, count) = value == current ? (value, count + 1) : (value, 1)
      if count > most { (best, most) = (current, count) }
    }
    return best
  }
}
