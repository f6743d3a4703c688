// Smaller images: a fidelity of the study, or a hyperparameter.
extension TrainingData {
  /// The same data with its images averaged over equal areas, in all parts.
  ///
  /// Images are shrunk as they are gathered, so nothing is copied, and the memory that a node's ranks share
  /// stays shared.
  ///
  /// - Parameter resolution: the share of an image's height and of its width that is left, above 0 and at
  ///   most 1; a side has ⌈resolution · pixels⌉. As in the benchmark of Bansal et al., "JAHS-Bench-201",
  ///   NeurIPS 2022.
  /// - Throws: `TrainingError.invalid` when samples are no images.
  package func scaled(to resolution: Double) throws(TrainingError) -> TrainingData {
    guard resolution < 1 else { return self }
    try requireImages()
    guard case .samples(let shape, let targets, _) = form else { return self }
    let average = AreaAverage(
      channels: shape[0], height: shape[1], width: shape[2],
      toHeight: Self.count(of: shape[1], share: resolution),
      width: Self.count(of: shape[2], share: resolution))
    var copy = self
    copy.resolution = resolution
    copy.average = average
    copy.form = .samples(shape: average.shape, targets: targets)
    return copy
  }

  /// - Throws: `TrainingError.invalid` when samples have no height and width.
  public func requireImages() throws(TrainingError) {
    let found: String
    switch form {
    case .samples(let shape, _, _) where shape.count == 3: return
    case .samples(let shape, _, _): found = "samples of shape \(shape)"
    case .text: found = "a text"
    }
    throw .invalid(
      subject: "resolution", expected: "images, of shape [channels, height, width]", found: found,
      remedy: "Leave resolution out, or give data of images.")
  }
}

/// The mean of an image over each area of a coarser grid. A pixel that two areas share counts in each by the
/// part that lies there, so the mean of the image stays what it was.
package struct AreaAverage: Sendable {
  /// `[channels, height, width]` of the result.
  let shape: [Int]
  private let source: (height: Int, width: Int)
  private let rows: [Strip]
  private let columns: [Strip]

  /// What one row or column of the result is made of.
  private struct Strip {
    var first: Int
    /// Sum to 1.
    var weights: [Float]
  }

  package init(channels: Int, height: Int, width: Int, toHeight: Int, width toWidth: Int) {
    shape = [channels, toHeight, toWidth]
    source = (height, width)
    rows = Self.strips(of: height, count: toHeight)
    columns = Self.strips(of: width, count: toWidth)
  }

  /// Cuts `length` pixels into `count` equal strips.
  private static func strips(of length: Int, count: Int) -> [Strip] {
    let strip = Double(length) / Double(count)
    return (0..<count).map { index in
      let (start, end) = (Double(index) * strip, Double(index + 1) * strip)
      let first = min(Int(start + 1e-9), length - 1)
      let last = min(max(first + 1, Int((end - 1e-9).rounded(.up))), length)
      let weights = (first..<last).map { pixel in
        Float((min(end, Double(pixel + 1)) - max(start, Double(pixel))) / strip)
      }
      return Strip(first: first, weights: weights)
    }
  }

  /// Writes the means of one image, both stored as `[channels, height, width]`.
  package func apply(to image: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: source.width) { sums in
      let sums = sums.baseAddress!
      var pixel = 0
      for channel in 0..<shape[0] {
        let plane = image + channel * source.height * source.width
        for row in rows {
          Self.add(row, of: plane + row.first * source.width, width: source.width, into: sums)
          for column in columns {
            var mean: Float = 0
            for place in column.weights.indices { mean += column.weights[place] * sums[column.first + place] }
            result[pixel] = mean
            pixel += 1
          }
        }
      }
    }
  }

  /// The weighted sum of a strip of rows, `[width]`.
  private static func add(
    _ strip: Strip, of rows: UnsafePointer<Float>, width: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    sums.initialize(repeating: 0, count: width)
    for (y, weight) in strip.weights.enumerated() {
      let row = rows + y * width
      for x in 0..<width { sums[x] += weight * row[x] }
    }
  }
}
