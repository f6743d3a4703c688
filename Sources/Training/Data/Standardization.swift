import CKernels

/// The shift and scale that give the training samples mean 0 and standard deviation 1: per channel of an
/// image, per feature of a plain vector. Taken from the train split alone, so that nothing of dev and test
/// leaks into it.
public struct Standardization: Codable, Equatable, Sendable {
  /// Shape `[channels]` or `[features]`.
  public var means: [Float]
  /// Of the same shape; 1 where the training samples don't vary.
  public var deviations: [Float]

  /// Values that are not numbers are missing, and count in nothing.
  ///
  /// - Parameters:
  ///   - values: shape `[n] + shape`.
  ///   - indices: the samples to measure, at least one.
  init(of values: UnsafeBufferPointer<Float>, shape: [Int], indices: [Int32]) {
    let exact = Self.sums(of: values, shape: shape, indices: indices) { element, _ in element }.map {
      $0.sum / max(1, Double($0.count))
    }
    // A second pass, because the difference of two large sums would lose a small variance.
    let squares = Self.sums(of: values, shape: shape, indices: indices) { element, channel in
      (element - exact[channel]) * (element - exact[channel])
    }
    means = exact.map { Float($0) }
    deviations = squares.map { square in
      let deviation = Float((square.sum / max(1, Double(square.count))).squareRoot())
      return deviation > 0 ? deviation : 1
    }
  }

  init(means: [Float], deviations: [Float]) { (self.means, self.deviations) = (means, deviations) }

  /// Shifts and scales samples where they are; missing values become the mean, which is 0.
  func apply(to values: UnsafeMutableBufferPointer<Float>, shape: [Int]) {
    samples_standardize(
      values.baseAddress, values.count, means.count, Self.area(of: shape), means, deviations)
  }

  /// How many elements of a sample share a mean: a vector's features are channels of one element each.
  static func area(of shape: [Int]) -> Int { shape.count == 3 ? shape[1] * shape[2] : 1 }

  /// The sum of `term(element, channel)` over the elements of these samples that are there, and how many
  /// those are, per channel.
  @inline(__always)
  private static func sums(
    of values: UnsafeBufferPointer<Float>, shape: [Int], indices: [Int32], term: (Double, Int) -> Double
  ) -> [(sum: Double, count: Int)] {
    let area = area(of: shape)
    let size = shape.reduce(1, *)
    var sums = Array(repeating: (sum: 0.0, count: 0), count: size / area)
    for index in indices {
      var element = Int(index) * size
      for channel in 0..<size / area {
        var (sum, count) = (0.0, area)
        for _ in 0..<area {
          let value = values[element]
          if value.isNaN { count -= 1 } else { sum += term(Double(value), channel) }
          element += 1
        }
        sums[channel].sum += sum
        sums[channel].count += count
      }
    }
    return sums
  }
}
