import Tensors

/// The inputs and targets of one forward pass, as tensors that view a buffer: valid until it is filled again.
struct Batch {
  let inputs: Tensor
  let targets: Tensor
  let samples: Int
  /// The position of the first sample in the trial's stream, when the batch is for training.
  let position: Int
}

/// The training batches of a trial, one after the other. A global batch is a function of (seed, cursor, batch
/// size) alone; each rank gathers only its own share.
struct BatchStream {
  /// Samples of a global batch.
  private(set) var batchSize: Int
  private(set) var cursor: DataCursor
  private let data: TrainingData
  private let seed: UInt64
  private let device: Device
  private var order: SampleOrder
  private var buffer: BatchBuffer

  /// - Throws: `TrainingError.invalid` when the train split doesn't hold one batch.
  init(_ data: TrainingData, batchSize: Int, seed: UInt64, device: Device) throws(TrainingError) {
    self.data = data
    self.seed = seed
    self.device = device
    self.batchSize = batchSize
    cursor = DataCursor(count: data.count(of: .train))
    order = SampleOrder(count: data.permutationCount, seed: seed)
    buffer = try BatchBuffer(data, capacity: 1)
    try setBatchSize(batchSize)
  }

  /// Goes on with batches of another size.
  mutating func setBatchSize(_ size: Int) throws(TrainingError) {
    guard size >= 1, size <= cursor.count else {
      throw .invalid(
        subject: "batch_size", expected: "1 to \(cursor.count), the samples of the train split",
        found: "\(size)",
        remedy: "Write a smaller batch, or give more data.")
    }
    batchSize = size
    cursor.align(to: size)
  }

  /// Goes to a position of the stream.
  mutating func seek(to samples: Int) {
    cursor.samples = samples
    cursor.align(to: batchSize)
  }

  /// Optimizer steps in one unit of the budget.
  func steps(per unit: BudgetUnit) -> Int {
    switch unit {
    case .steps: 1
    case .epochs: cursor.count / batchSize
    }
  }

  /// Gathers part of the current global batch, into the memory of the part before it.
  mutating func gather(_ range: Range<Int>) throws(TrainingError) -> Batch {
    if range.count > buffer.capacity { buffer = try BatchBuffer(data, capacity: range.count) }
    let position = cursor.samples + range.lowerBound
    buffer.fill(
      positions: position..<position + range.count, epochStart: cursor.epoch * cursor.count,
      permutation: order.permutation(ofEpoch: cursor.epoch), seed: seed)
    return try buffer.batch(range.count, position: position, on: device)
  }

  /// Moves past the current global batch.
  mutating func advance() { cursor.advance(by: batchSize) }
}

extension TrainingData {
  /// How many positions an epoch's permutation has: none for text, whose windows start anywhere.
  var permutationCount: Int {
    switch content {
    case .labelled(_, _, _, let split): split.train.count
    case .text: 0
    }
  }

  /// The shape of a labelled sample as models see it.
  var sampleShape: [Int] {
    if case .samples(let shape, _) = form { shape } else { [] }
  }
}

extension BatchBuffer {
  /// The first `samples` samples, as tensors: views on the CPU, copies elsewhere.
  func batch(_ samples: Int, position: Int = 0, on device: Device) throws(TrainingError) -> Batch {
    do {
      let (inputs, targets): (Tensor, Tensor)
      switch self.inputs {
      case .features(let buffer): inputs = try tensor(buffer, samples, data.sampleShape)
      case .tokens(let buffer): inputs = try tensor(buffer, samples, [buffer.count / capacity])
      }
      switch self.targets {
      case .classes(let buffer):
        // A class a sample, or a character for each position of a window.
        if case .text(_, let length) = data.form {
          targets = try tensor(buffer, samples, [length])
        } else {
          targets = try tensor(buffer, samples, [])
        }
      case .numbers(let buffer): targets = try tensor(buffer, samples, [buffer.count / capacity])
      }
      return try Batch(
        inputs: inputs.to(device), targets: targets.to(device), samples: samples, position: position)
    } catch {
      throw TrainingError(error)
    }
  }

  /// The first samples of a buffer.
  private func tensor<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, _ samples: Int, _ shape: [Int]
  ) throws(TensorError) -> Tensor {
    let elements = samples * shape.reduce(1, *)
    return try Tensor(
      over: UnsafeMutableBufferPointer(rebasing: buffer[..<elements]), shape: [samples] + shape)
  }
}
