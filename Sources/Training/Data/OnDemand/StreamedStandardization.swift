import CKernels

extension Standardization {
  /// Reads all samples once, a stretch at a time, and measures those that train.
  ///
  /// Sums are taken of the differences to the first training sample's mean, so that the squares of large numbers do not
  /// cancel (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", The American Statistician 37:3
  /// (1983), §3). Equal to what is measured in memory to rounding.
  ///
  /// - Parameter indices: the samples to measure, ascending, at least one.
  /// - Throws: `TrainingError.data` for a file that cannot be read, and for a number that is not finite, in whichever
  ///   part.
  init(of file: SampleFile, indices: [Int32]) throws(TrainingError) {
    let area = Self.area(of: file.shape)
    let channels = file.size / area
    var (origin, sums, squares) = (
      [Double](), [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
    )
    var next = 0
    try file.forEachStretch { first, values throws(TrainingError) in
      try file.requireFinite(values, first: first)
      let end = first + values.count / file.size
      while next < indices.count, indices[next] < end {
        let sample = values.baseAddress! + (Int(indices[next]) - first) * file.size
        if origin.isEmpty {
          origin = (0..<channels).map { channel in
            (0..<area).reduce(0) { $0 + Double(sample[channel * area + $1]) } / Double(area)
          }
        }
        samples_moments(sample, channels, area, origin, &sums, &squares)
        next += 1
      }
    }
    let count = Double(indices.count * area)
    self.init(
      means: (0..<channels).map { Float(origin[$0] + sums[$0] / count) },
      deviations: (0..<channels).map { channel in
        let mean = sums[channel] / count
        let deviation = Float(max(0, squares[channel] / count - mean * mean).squareRoot())
        return deviation > 0 ? deviation : 1
      })
  }
}
