/// The numbers of all samples, in the source's order.
enum SampleValues: Sendable {
  case memory(SampleMemory<Float>)
  /// They stay there, and are read when they are needed.
  case file(SampleFile)
  /// They are to be read whole, into the memory that keeps them.
  case unread(SampleFile)

  /// How many samples there are.
  ///
  /// - Parameter size: numbers of one.
  func samples(of size: Int) -> Int {
    switch self {
    case .memory(let values): values.count / max(1, size)
    case .file(let file), .unread(let file): file.count
    }
  }

  /// Of what is in memory.
  var byteCount: Int {
    switch self {
    case .memory(let values): values.count * MemoryLayout<Float>.stride
    case .file, .unread: 0
    }
  }

  /// Memory that has these samples, ascending, and where each of them is in it.
  func chosen(_ samples: [Int], of size: Int) throws(TrainingError) -> (SampleMemory<Float>, [Int]) {
    switch self {
    case .memory(let values): return (values, samples)
    case .file(let file), .unread(let file):
      let block = try AlignedBlock<Float>(uninitialized: samples.count * size, for: "samples that are read")
      try file.read(samples.map { Int32($0) }, into: block.values)
      let memory = try SampleMemory<Float>(count: block.values.count) {
        _ = $0.initialize(fromContentsOf: UnsafeBufferPointer(block.values))
      }
      return (memory, Array(samples.indices))
    }
  }

  /// The same in memory, where they are to be read whole.
  ///
  /// - Throws: `TrainingError.data` for a file that cannot be read and for a number that is not finite;
  ///   `TrainingError.memory` when there is no room.
  var held: SampleValues {
    get throws(TrainingError) {
      guard case .unread(let file) = self else { return self }
      return .memory(
        try SampleMemory(count: file.count * file.size) { values throws(TrainingError) in
          try file.readChecked(into: values)
        })
    }
  }
}

extension SampleFile {
  /// Reads all samples.
  ///
  /// - Throws: as `SampleValues.held`.
  func readChecked(into values: UnsafeMutableBufferPointer<Float>) throws(TrainingError) {
    try readAll(into: values)
    try requireFinite(UnsafeBufferPointer(values), first: 0)
  }
}
