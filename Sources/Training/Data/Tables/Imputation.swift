extension TableEncoding {
  /// Fills in what is missing where the samples are, unless it becomes the mean, as it does when they are
  /// standardized: by the median or the most frequent number of the samples that train. Of categories the
  /// most frequent one takes its place.
  ///
  /// - Parameters:
  ///   - values: shape `[n, width]`.
  ///   - indices: the samples that train.
  /// - Returns: what a missing value of each number of a sample becomes, whether or not one is missing here;
  ///   empty where that is the mean, or nothing.
  /// - Throws: `TrainingError.memory` when there is no room to sort a column.
  func fill(_ values: UnsafeMutableBufferPointer<Float>, by indices: [Int32]) throws(TrainingError) -> [Float]
  {
    guard filling == .median || filling == .mostFrequent else { return [] }
    let fills = try fills(of: UnsafeBufferPointer(values), indices)
    if missing > 0 {
      for element in values.indices where values[element].isNaN { values[element] = fills[element % width] }
    }
    return fills
  }

  private func fills(
    of values: UnsafeBufferPointer<Float>, _ indices: [Int32]
  ) throws(TrainingError) -> [Float] {
    let size = width
    let column = try AlignedBlock<Float>(uninitialized: indices.count, for: "the values of a column")
    var fills: [Float] = []
    for feature in features {
      let first = fills.count
      switch feature.column {
      case .numbers:
        var count = 0
        for index in indices {
          let value = values[Int(index) * size + first]
          if !value.isNaN {
            column.values[count] = value
            count += 1
          }
        }
        var sorted = column.values[..<count]
        sorted.sort()
        // Of a column that has no value among the samples that train.
        let median = sorted.isEmpty ? 0 : sorted.quantile(0.5)
        fills.append(filling == .median ? median : Self.mostFrequent(sorted))
      case .categories(let categories):
        var counts = [Float](repeating: 0, count: categories.count)
        for index in indices {
          for place in counts.indices {
            let value = values[Int(index) * size + first + place]
            if !value.isNaN { counts[place] += value }
          }
        }
        let most = counts.firstIndex(of: counts.max() ?? 0) ?? 0
        fills += counts.indices.map { $0 == most ? 1 : 0 }
      }
    }
    return fills
  }

  /// The smallest of those that are there most often, as scikit-learn's `SimpleImputer` has it; 0 of none.
  private static func mostFrequent(_ sorted: Slice<UnsafeMutableBufferPointer<Float>>) -> Float {
    var (best, most) = (Float(0), 0)
    var (current, count) = (Float.nan, 0)
    for value in sorted {
      (current, count) = value == current ? (value, count + 1) : (value, 1)
      if count > most { (best, most) = (current, count) }
    }
    return best
  }
}
