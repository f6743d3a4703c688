/// What samples are made ready by, taken from those that train: missing values filled in, and all
/// standardized.
struct Preparation: Codable, Equatable, Sendable {
  var standardization: Standardization
  /// What a missing value of each number of a sample becomes, in the file's unit; empty where it becomes the
  /// mean.
  var fills: [Float] = []

  init(_ standardization: Standardization) { self.standardization = standardization }

  /// Makes samples ready where they are.
  ///
  /// - Parameters:
  ///   - values: shape `[n] + shape`.
  ///   - indices: the samples that train, at least one.
  /// - Throws: `TrainingError.memory` when there is no room to sort a column.
  init(
    of values: UnsafeMutableBufferPointer<Float>, shape: [Int], _ encoding: TableEncoding?,
    by indices: [Int32]
  ) throws(TrainingError) {
    let fills = try encoding?.fill(values, by: indices) ?? []
    standardization = Standardization(of: UnsafeBufferPointer(values), shape: shape, indices: indices)
    self.fills = fills
    standardization.apply(to: values, shape: shape)
  }
}

/// Whose the memory of samples is that are made ready.
enum SampleOwnership {
  /// Of whoever gave them: they are copied.
  case others
  /// Of nobody else: they are changed where they are.
  case own
  /// What is to be read is left to whoever has the memory for it.
  case later
}

extension SampleValues {
  /// The samples made ready, and by what; those that stay in their file are made ready when they are read.
  /// Nil for what is left for later.
  ///
  /// - Parameter indices: the samples that train, ascending, at least one.
  func prepared(
    shape: [Int], _ encoding: TableEncoding?, by indices: [Int32], _ ownership: SampleOwnership
  ) throws(TrainingError) -> (Preparation?, SampleValues) {
    switch (self, ownership) {
    case (.file(let file), _): return (Preparation(try Standardization(of: file, indices: indices)), self)
    case (.unread, .later): return (nil, self)
    case (.unread(let file), _):
      var preparation: Preparation?
      let memory = try SampleMemory<Float>(count: file.count * file.size) { values throws(TrainingError) in
        try file.readChecked(into: values)
        preparation = try Preparation(of: values, shape: shape, encoding, by: indices)
      }
      return (preparation, .memory(memory))
    case (.memory(let memory), .others):
      var preparation: Preparation?
      let copy = try memory.withScalars { scalars throws(TrainingError) in
        try SampleMemory<Float>(count: scalars.count) { values throws(TrainingError) in
          _ = values.initialize(fromContentsOf: scalars)
          preparation = try Preparation(of: values, shape: shape, encoding, by: indices)
        }
      }
      return (preparation, .memory(copy))
    case (.memory(let memory), _):
      let preparation = try memory.change { values throws(TrainingError) in
        try Preparation(of: values, shape: shape, encoding, by: indices)
      }
      return (preparation, self)
    }
  }
}
