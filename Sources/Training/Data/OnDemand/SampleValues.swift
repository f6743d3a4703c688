/// The numbers of all samples, in the source's order.
enum SampleValues: Sendable {
  case memory(SampleMemory<Float>)
  case file(SampleFile)

  /// How many samples there are.
  ///
  /// - Parameter size: numbers of one.
  func samples(of size: Int) -> Int {
    switch self {
    case .memory(let values): values.count / max(1, size)
    case .file(let file): file.count
    }
  }

  /// Of what is in memory.
  var byteCount: Int {
    switch self {
    case .memory(let values): values.count * MemoryLayout<Float>.stride
    case .file: 0
    }
  }

  /// Memory that has these samples, ascending, and where each of them is in it.
  func chosen(_ samples: [Int], of size: Int) throws(TrainingError) -> (SampleMemory<Float>, [Int]) {
    switch self {
    case .memory(let values): return (values, samples)
    case .file(let file):
      let block = try AlignedBlock<Float>(uninitialized: samples.count * size, for: "samples that are read")
      try file.read(samples.map { Int32($0) }, into: block.values)
      let memory = try SampleMemory<Float>(count: block.values.count) {
        _ = $0.initialize(fromContentsOf: UnsafeBufferPointer(block.values))
      }
      return (memory, Array(samples.indices))
    }
  }

  /// What standardizes the samples, and the samples standardized; those that stay in their file are standardized when
  /// they are read.
  ///
  /// - Parameter indices: the training samples, ascending, at least one.
  func standardized(
    shape: [Int], by indices: [Int32]
  ) throws(TrainingError) -> (Standardization, SampleValues) {
    switch self {
    case .memory(let values):
      return try values.withScalars { scalars throws(TrainingError) in
        let standardization = Standardization(of: scalars, shape: shape, indices: indices)
        return (standardization, .memory(try standardization.applied(to: scalars, shape: shape)))
      }
    case .file(let file): return (try Standardization(of: file, indices: indices), self)
    }
  }
}
