// Fitting.
extension FeatureMap {
  /// What each feature is shifted and scaled by.
  static func scaling(
    _ scaling: FeatureScaling, of values: UnsafeBufferPointer<Float>, size: Int,
    _ standardization: Standardization, area: Int, places: [Int32], indices: [Int32]
  ) throws(TrainingError) -> ([Float], [Float]) {
    let count = places.count
    var (shifts, scales) = ([Float](repeating: 0, count: count), [Float](repeating: 1, count: count))
    if scaling == .standard { return (shifts, scales) }
    // One channel is held at a time, sorted where it lies.
    let sorting =
      scaling == .none
      ? nil : try AlignedBlock<Float>(uninitialized: indices.count * area, for: "the values of a feature")
    var sorted = sorting?.values ?? UnsafeMutableBufferPointer(start: nil, count: 0)
    for start in stride(from: 0, to: count, by: area) {
      var (shift, scale): (Float, Float)
      if scaling != .none {
        for (row, sample) in indices.enumerated() {
          let first = Int(sample) * size + Int(places[start])
          for offset in 0..<area { sorted[row * area + offset] = values[first + offset] }
        }
        sorted.sort()
        let (low, high) = scaling == .minmax ? (0, 1) : (0.25, 0.75)
        let spread = sorted.quantile(high) - sorted.quantile(low)
        (shift, scale) = (sorted.quantile(scaling == .minmax ? 0 : 0.5), spread > 0 ? 1 / spread : 1)
      } else {
        let channel = Int(places[start]) / area
        scale = standardization.deviations[channel]
        shift = -standardization.means[channel] / scale
      }
      for feature in start..<start + area { (shifts[feature], scales[feature]) = (shift, scale) }
    }
    withExtendedLifetime(sorting) {}
    return (shifts, scales)
  }

  private func forEach(
    _ indices: [Int32], of values: UnsafeBufferPointer<Float>,
    _ body: (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: expanded) { features in
      for sample in indices {
        expand(values.baseAddress! + Int(sample) * size, into: features.baseAddress!)
        body(features)
      }
    }
  }

  mutating func standardizeProducts(of values: UnsafeBufferPointer<Float>, _ indices: [Int32]) {
    let (first, count) = (shifts.count, Double(indices.count))
    var sums = [Double](repeating: 0, count: products.count)
    forEach(indices, of: values) { features in
      for number in sums.indices { sums[number] += Double(features[first + number]) }
    }
    let means = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: products.count)
    forEach(indices, of: values) { features in
      for number in squares.indices {
        let difference = Double(features[first + number]) - means[number]
        squares[number] += difference * difference
      }
    }
    productShifts = means.map { Float($0) }
    productScales = squares.map { $0 > 0 ? Float(1 / ($0 / count).squareRoot()) : 1 }
  }

  mutating func turn(to count: Int, _ values: UnsafeBufferPointer<Float>, _ indices: [Int32]) {
    let size = expanded
    var means = [Double](repeating: 0, count: size)
    forEach(indices, of: values) { features in
      for place in 0..<size { means[place] += Double(features[place]) / Double(indices.count) }
    }
    var covariance = [Double](repeating: 0, count: size * size)
    var row = [Double](repeating: 0, count: size)
    forEach(indices, of: values) { features in
      for place in 0..<size { row[place] = Double(features[place]) - means[place] }
      for first in 0..<size {
        let factor = row[first]
        for second in first..<size { covariance[first * size + second] += factor * row[second] }
      }
    }
    for first in 0..<size {
      for second in 0..<first { covariance[first * size + second] = covariance[second * size + first] }
    }
    let axes = PrincipalAxes(of: covariance, size: size)
    center = means.map { Float($0) }
    components = axes.vectors.prefix(count).flatMap { $0.map { Float($0) } }
  }
}
