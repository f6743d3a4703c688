/// What is to be learned of each sample.
public enum TargetForm: Codable, Equatable, Sendable {
  /// A class, numbered from 0, of so many.
  case classes(Int)
  /// So many numbers.
  case numbers(Int)

  /// How wide a model's output is.
  public var outputs: Int {
    switch self {
    case .classes(let count), .numbers(let count): count
    }
  }
}

/// The targets of all samples, in the source's order.
enum TargetMemory: Sendable {
  /// Shape `[n]`, values in 0..<`count`.
  case classes(SampleMemory<Int64>, count: Int)
  /// Shape `[n, outputs]`; standardized once the data is split.
  case numbers(SampleMemory<Float>, outputs: Int)

  var form: TargetForm {
    switch self {
    case .classes(_, let count): .classes(count)
    case .numbers(_, let outputs): .numbers(outputs)
    }
  }

  /// The number of samples.
  var count: Int {
    switch self {
    case .classes(let labels, _): labels.count
    case .numbers(let values, let outputs): values.count / outputs
    }
  }

  var byteCount: Int {
    switch self {
    case .classes(let labels, _): labels.count * MemoryLayout<Int64>.stride
    case .numbers(let values, _): values.count * MemoryLayout<Float>.stride
    }
  }

  /// The stratum of each sample, numbered from 0: every part, share and fold has its part of each. Classes
  /// are strata; numbers are all of one.
  var strata: [Int] {
    switch self {
    case .classes(let labels, _): labels.withScalars { $0.map { Int($0) } }
    case .numbers: Array(repeating: 0, count: count)
    }
  }
}

extension TargetMemory {
  /// Numbers so that those of the training samples have mean 0 and deviation 1, and what that takes;
  /// classes as they are.
  ///
  /// - Parameter indices: the training samples, at least one.
  func standardized(by indices: [Int32]) throws(TrainingError) -> (TargetScaling?, TargetMemory) {
    guard case .numbers(let values, let outputs) = self else { return (nil, self) }
    return try values.withScalars { scalars throws(TrainingError) in
      let scaling = TargetScaling(of: scalars, outputs: outputs, indices: indices)
      return (scaling, .numbers(try scaling.applied(to: scalars), outputs: outputs))
    }
  }
}
