import Tensors

/// The samples and targets of a data set in a GPU's memory: a batch is gathered there, and only the samples' numbers
/// are sent.
struct ResidentSamples {
  /// The share of a GPU's free memory that a data set may take.
  private static let mostOfFreeMemory = 0.5

  /// Shape `[samples] + shape`.
  private let inputs: Tensor
  /// Shape `[samples]`, of numbers `[samples, outputs]`.
  private let targets: Tensor
  private let split: DataSplit

  /// Nil on the CPU, where there is not the memory, and where samples are not gathered as they lie in memory: text,
  /// what is read on demand, images that are shrunk and features that are mapped.
  init?(fitting data: TrainingData, on device: Device) throws(TrainingError) {
    guard device != .cpu else { return nil }
    let free = try library { () throws(TensorError) in try device.freeMemory() }
    guard Double(data.byteCount) <= Self.mostOfFreeMemory * Double(free) else { return nil }
    try self.init(data, on: device)
  }

  /// Whatever the device and its memory. Copies all samples.
  init?(_ data: TrainingData, on device: Device) throws(TrainingError) {
    guard case .labelled(.memory(let values), let size, let targets, let split) = data.content,
      data.average == nil, data.features == nil
    else { return nil }
    self.split = split
    let count = values.count / max(1, size)
    inputs = try values.uploaded([count] + data.sampleShape, device)
    self.targets =
      switch targets {
      case .classes(let classes, _): try classes.uploaded([count], device)
      case .numbers(let numbers, let outputs): try numbers.uploaded([count, outputs], device)
      }
  }

  /// The samples at these places of a part.
  ///
  /// - Parameter position: of the first one in the trial's stream, when the batch is for training.
  func batch(_ places: [Int], of part: DataPart, position: Int = 0) throws(TrainingError) -> Batch {
    let samples = split[part]
    let numbers = places.map { Int64(samples[$0]) }
    return try library { () throws(TensorError) in
      let chosen = try Tensor(numbers).uploaded(to: inputs.device)
      return Batch(
        inputs: try inputs.gathered(chosen, along: 0), targets: try targets.gathered(chosen, along: 0),
        samples: places.count, position: position, worth: Double(places.count))
    }
  }
}

extension SampleMemory where Scalar: TensorScalar {
  fileprivate func uploaded(_ shape: [Int], _ device: Device) throws(TrainingError) -> Tensor {
    try withScalars { scalars throws(TrainingError) in
      try library { () throws(TensorError) in
        try Tensor(copying: Span(_unsafeElements: scalars), shape: shape, on: device)
      }
    }
  }
}
