/// What is to be learned of each sample.
public enum TargetForm: Codable, Equatable, Sendable {
  /// A class, numbered from 0, of so many.
  case classes(Int)

  /// How wide a model's output is.
  public var outputs: Int {
    switch self {
    case .classes(let count): count
    }
  }
}

/// The targets of all samples, in the source's order.
enum TargetMemory: Sendable {
  /// Shape `[n]`, values in 0..<`count`.
  case classes(SampleMemory<Int64>, count: Int)

  var form: TargetForm {
    switch self {
    case .classes(_, let count): .classes(count)
    }
  }

  /// The number of samples.
  var count: Int {
    switch self {
    case .classes(let labels, _): labels.count
    }
  }

  var byteCount: Int {
    switch self {
    case .classes(let labels, _): labels.count * MemoryLayout<Int64>.stride
    }
  }

  /// The stratum of each sample, numbered from 0: every part, share and fold has its part of each.
  var strata: [Int] {
    switch self {
    case .classes(let labels, _): labels.withScalars { $0.map { Int($0) } }
    }
  }
}
