import CKernels

/// The samples of a data set that stay in their files and are read when they are needed.
///
/// Any thread may read.
public struct SampleFile: Sendable {
  /// Samples of a part with files of its own follow those of the main file.
  private var parts: [(rows: any SampleRows, first: Int, source: String)]
  /// Of one sample, as `DataSet.Form` has it.
  let shape: [Int]

  /// The shape of all samples, as the main file has it.
  var dimensions: [Int] { parts[0].rows.shape }
  /// Numbers of a sample.
  var size: Int { shape.reduce(1, *) }
  /// The number of samples.
  private(set) var count: Int

  /// Samples that are not asked for are read with their neighbours, up to so many bytes at a time: one long read
  /// is faster than many short ones.
  private static let stretch = 1 << 20

  /// - Parameter source: what errors call it.
  init(_ rows: some SampleRows, source: String) {
    parts = [(rows, 0, source)]
    count = rows.shape[0]
    shape = DataSet.shape(of: rows.shape)
  }

  /// These samples and, behind them, others of the same shape.
  func appending(_ other: SampleFile) -> SampleFile {
    var whole = self
    for part in other.parts { whole.parts.append((part.rows, count + part.first, part.source)) }
    whole.count += other.count
    return whole
  }

  /// Reads samples, `[samples] + shape`, as they are in the file.
  ///
  /// - Parameters:
  ///   - samples: ascending.
  ///   - values: as many as the samples have numbers.
  func read(
    _ samples: some RandomAccessCollection<Int32>, into values: UnsafeMutableBufferPointer<Float>
  ) throws(TrainingError) {
    let samples = samples.map { Int($0) }
    let most = max(1, Self.stretch / (size * MemoryLayout<Float>.stride))
    var scratch: AlignedBlock<Float>?
    var place = 0
    while place < samples.count {
      let part = part(of: samples[place])
      let limit = part.end
      // As far as samples follow one another, or nearly.
      var end = place + 1
      while end < samples.count, samples[end] < limit,
        samples[end] == samples[end - 1] + 1 || samples[end] - samples[place] < most
      { end += 1 }
      let rows = samples[place] - part.first..<samples[end - 1] + 1 - part.first
      let target = UnsafeMutableBufferPointer(rebasing: values[place * size..<end * size])
      if rows.count == end - place {
        try part.rows.read(rows, into: target)
      } else {
        // A run that began with others may be longer than a stretch.
        let block =
          if let scratch, scratch.values.count >= rows.count * size { scratch } else {
            try AlignedBlock<Float>(uninitialized: rows.count * size, for: "samples that are read")
          }
        scratch = block
        try part.rows.read(
          rows, into: UnsafeMutableBufferPointer(rebasing: block.values[..<(rows.count * size)]))
        for sample in place..<end {
          let row = samples[sample] - part.first - rows.lowerBound
          (target.baseAddress! + (sample - place) * size).update(
            from: block.values.baseAddress! + row * size, count: size)
        }
      }
      place = end
    }
  }

  /// Reads all samples, `[count] + shape`, as they are in their files.
  func readAll(into values: UnsafeMutableBufferPointer<Float>) throws(TrainingError) {
    for part in parts {
      let (first, count) = (part.first * size, part.rows.shape[0] * size)
      try part.rows.read(
        0..<part.rows.shape[0],
        into: UnsafeMutableBufferPointer(rebasing: values[first..<first + count]))
    }
  }

  private func part(of sample: Int) -> (
    rows: any SampleRows, first: Int, end: Int
  ) {
    let number = parts.lastIndex { $0.first <= sample } ?? 0
    let end = number + 1 < parts.count ? parts[number + 1].first : count
    return (parts[number].rows, parts[number].first, end)
  }

  /// Calls `body` with the samples in their order, a stretch at a time.
  func forEachStretch(
    _ body: (_ first: Int, UnsafeBufferPointer<Float>) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    let most = max(1, 4 * Self.stretch / (size * MemoryLayout<Float>.stride))
    let block = try AlignedBlock<Float>(uninitialized: min(most, count) * size, for: "samples that are read")
    var first = 0
    while first < count {
      let end = min(first + most, count)
      let values = UnsafeMutableBufferPointer(rebasing: block.values[..<((end - first) * size)])
      try read(Int32(first)..<Int32(end), into: values)
      try body(first, UnsafeBufferPointer(values))
      first = end
    }
  }

  /// - Throws: `TrainingError.data` naming the first number that is not finite, and its sample.
  func requireFinite(_ values: UnsafeBufferPointer<Float>, first: Int) throws(TrainingError) {
    let position = samples_first_not_finite(values.baseAddress, values.count)
    if position == values.count { return }
    let sample = first + position / size
    let number = parts.lastIndex { $0.first <= sample } ?? 0
    throw .data(
      path: parts[number].source, expected: "finite numbers",
      found: "\(values[position]) in sample \(sample - parts[number].first)",
      remedy: "Remove or mend the sample.")
  }
}
