import Tensors

/// The inputs and targets of one forward pass, as tensors that view a buffer: valid until it is filled again.
struct Batch {
  let inputs: Tensor
  let targets: Tensor
  let samples: Int
  /// The position of the first sample in the trial's stream, when the batch is for training.
  let position: Int
  /// How many of the global batch's samples its mean loss counts as: its own, where all count the same.
  let worth: Double
}

/// The training batches of a trial, one after the other. A global batch is a function of (seed, cursor, batch
/// size) alone; each rank gathers only its own share.
struct BatchStream {
  /// Samples of a global batch, at most.
  private(set) var batchSize: Int
  private(set) var cursor: DataCursor
  /// What happens to the samples before the model sees them; may change between two steps.
  var augmentation: Augmentation
  private let data: TrainingData
  private let seed: UInt64
  private let device: Device
  private let classWeights: [Float]?
  private var order: SampleOrder
  /// What reads the samples that stay in a file; nil where they are in memory.
  private let windows: SampleWindows?
  private var buffer: BatchBuffer
  /// Nil where batches are gathered in host memory.
  let resident: ResidentSamples?
  /// What samples are mixed with.
  private var partners: BatchBuffer?

  /// - Parameter resident: of the same data on the same device, if they are there already.
  /// - Throws: `TrainingError.invalid` when the train split doesn't hold one batch.
  init(
    _ data: TrainingData, _ configuration: TrainingConfiguration, seed: UInt64, device: Device,
    resident: ResidentSamples? = nil
  ) throws(TrainingError) {
    self.data = data
    self.seed = seed
    self.device = device
    batchSize = configuration.batchSize
    augmentation = configuration.augmentation
    classWeights = try data.weights(configuration.batching.classWeights)
    cursor = DataCursor(count: data.count(of: .train), tail: configuration.batching.epochTail)
    order = try SampleOrder(data, configuration.batching.sampling, seed: seed)
    windows = SampleWindows(data, seed: seed)
    buffer = try BatchBuffer(data, capacity: 1)
    self.resident = if let resident { resident } else { try ResidentSamples(fitting: data, on: device) }
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

  /// Samples of the current global batch: `batchSize`, or fewer where an epoch's tail is spread.
  var batch: Int { cursor.batch(of: batchSize) }

  /// Goes to a position of the stream.
  mutating func seek(to samples: Int) {
    cursor.samples = samples
    cursor.align(to: batchSize)
  }

  /// Optimizer steps in one unit of the budget.
  func steps(per unit: BudgetUnit) -> Int {
    switch unit {
    case .steps: 1
    case .epochs: cursor.stepsInEpoch(of: batchSize)
    }
  }

  /// Moves past the current global batch.
  mutating func advance() { cursor.advance(by: batchSize) }
}

// What a rank computes of a batch.
extension BatchStream {
  /// Gathers part of the current global batch, into the memory of the part before it.
  mutating func gather(_ range: Range<Int>) throws(TrainingError) -> Batch {
    if let resident, classWeights == nil, augmentation.images(of: data, seed: seed) == nil,
      augmentation.mixing(of: data, seed: seed) == nil
    {
      let places = order.places(at: range.map { cursor.samples + $0 })
      return try resident.batch(places, of: .train, position: cursor.samples + range.lowerBound)
    }
    if range.count > buffer.capacity { buffer = try BatchBuffer(data, capacity: range.count) }
    let positions = range.map { cursor.samples + $0 }
    try fill(buffer, positions)
    let mixing = augmentation.mixing(of: data, seed: seed)
    guard mixing != nil || classWeights != nil else {
      return try buffer.batch(
        range.count, position: positions.first ?? 0, worth: Double(range.count), on: device)
    }
    let worth = try share(range, positions, mixing)
    return try buffer.batch(
      range.count, position: positions.first ?? 0, worth: worth, areShared: true, on: device)
  }

  /// Samples of a part for an evaluation; nil where a buffer in host memory is to be filled with them.
  func residentBatch(_ range: Range<Int>, of part: DataPart) throws(TrainingError) -> Batch? {
    try resident?.batch(Array(range), of: part)
  }

  /// The samples at these positions, each changed as a function of (seed, position).
  private mutating func fill(_ buffer: BatchBuffer, _ positions: [Int]) throws(TrainingError) {
    if let windows {
      try windows.fill(buffer, positions)
    } else {
      buffer.fill(positions: positions, in: &order)
    }
    guard let images = augmentation.images(of: data, seed: seed) else { return }
    for (row, position) in positions.enumerated() {
      if let image = buffer.sample(row) { images.change(image, at: position) }
    }
  }

  /// Mixes samples, and writes the shares of the classes in them.
  ///
  /// - Returns: how many of the global batch's samples the part counts as.
  private mutating func share(
    _ range: Range<Int>, _ positions: [Int], _ mixing: SampleMixing?
  ) throws(TrainingError) -> Double {
    let batch = batch
    let opposite = range.map { cursor.samples + batch - 1 - $0 }
    var others: BatchBuffer?
    if mixing != nil {
      let buffer =
        if let partners, partners.capacity >= range.count { partners } else {
          try BatchBuffer(data, capacity: range.count)
        }
      try fill(buffer, opposite)
      (partners, others) = (buffer, buffer)
    }
    guard let classes = buffer.targets.classes else { return Double(range.count) }
    let (shares, width) = (try buffer.emptyShares(), data.form.outputs)
    for (row, position) in positions.enumerated() {
      let own = Int(classes[row])
      var kept: Float = 1
      if let mixing, let others, let image = buffer.sample(row), let other = others.sample(row) {
        kept = mixing.mix(image, with: other, at: position)
        let second = Int(others.targets.classes![row])
        shares[row * width + second] += (1 - kept) * (classWeights?[second] ?? 1)
      }
      shares[row * width + own] += kept * (classWeights?[own] ?? 1)
    }
    guard let classWeights else { return Double(range.count) }
    let whole = weights(of: 0..<batch, classWeights, mixing)
    let total = whole.reduce(0, +)
    // Weights of 0 throughout leave nothing to learn from, and nothing to divide by.
    return total > 0 ? Double(batch) * whole[range].reduce(0, +) / total : 0
  }

  /// What the samples at these places of the current global batch weigh, mixed or not. Every rank computes it of all
  /// of them, in the same order, so that all divide by the same sum.
  private mutating func weights(
    of range: Range<Int>, _ classWeights: [Float], _ mixing: SampleMixing?
  ) -> [Double] {
    let positions = range.map { cursor.samples + $0 }
    let places = windows?.places(at: positions) ?? order.places(at: positions)
    let own = data.classes(atTrain: places).map { Double(classWeights[$0]) }
    guard let mixing else { return own }
    return positions.indices.map { place in
      let kept = Double(mixing.kept(at: positions[place]))
      return kept * own[place] + (1 - kept) * own[own.count - 1 - place]
    }
  }
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
    if case .samples(let shape, _, _) = form { shape } else { [] }
  }

  /// The classes of samples of the train split, by their places in it; empty where there are none.
  func classes(atTrain places: [Int]) -> [Int] {
    guard case .labelled(_, _, .classes(let labels, _), let split) = content else { return [] }
    return labels.withScalars { labels in places.map { Int(labels[Int(split.train[$0])]) } }
  }
}
