import Glibc
import Randomness

/// Memory for the samples of one forward pass, which the model's input tensors view: filled anew for each
/// pass, so that no step allocates.
package final class BatchBuffer {
  package enum Inputs {
    /// Shape `[capacity] + shape`.
    case features(UnsafeMutableBufferPointer<Float>)
    /// Shape `[capacity, contextLength]`.
    case tokens(UnsafeMutableBufferPointer<Int64>)
  }

  package enum Targets {
    /// Classes, shape `[capacity]`, or the next characters, shape `[capacity, contextLength]`.
    case classes(UnsafeMutableBufferPointer<Int64>)
    /// Shape `[capacity, outputs]`.
    case numbers(UnsafeMutableBufferPointer<Float>)

    /// Nil where targets are numbers.
    package var classes: UnsafeMutableBufferPointer<Int64>? {
      if case .classes(let classes) = self { classes } else { nil }
    }
  }

  package let inputs: Inputs
  package let targets: Targets
  /// Samples that fit.
  package let capacity: Int
  let data: TrainingData

  /// What the buffers belong to.
  private let memory: [AnyObject]
  /// Shape `[capacity, classes]`: the weight of each class times its share of the sample; nil until somebody asks.
  private(set) var shares: AlignedBlock<Float>?

  /// - Throws: `TrainingError.memory` when there is no room for so many samples.
  package init(_ data: TrainingData, capacity: Int) throws(TrainingError) {
    self.data = data
    self.capacity = capacity
    let purpose = "a batch of \(capacity) samples"
    func block<Scalar: BitwiseCopyable & Numeric>(
      _: Scalar.Type, of size: Int
    ) throws(TrainingError) -> AlignedBlock<Scalar> {
      try AlignedBlock(elements: .clampedProduct([capacity, size]), for: purpose)
    }
    switch data.content {
    case .labelled(_, _, .classes, _):
      let features = try block(Float.self, of: .clampedProduct(data.sampleShape))
      let classes = try block(Int64.self, of: 1)
      (inputs, targets, memory) = (.features(features.values), .classes(classes.values), [features, classes])
    case .labelled(_, _, .numbers(_, let outputs), _):
      let features = try block(Float.self, of: .clampedProduct(data.sampleShape))
      let numbers = try block(Float.self, of: outputs)
      (inputs, targets, memory) = (.features(features.values), .numbers(numbers.values), [features, numbers])
    case .text(_, let contextLength, _):
      let tokens = try block(Int64.self, of: contextLength)
      let next = try block(Int64.self, of: contextLength)
      (inputs, targets, memory) = (.tokens(tokens.values), .classes(next.values), [tokens, next])
    }
  }
}

extension BatchBuffer {
  /// The memory of what the loss takes in place of classes where samples are mixed or classes weighted, all 0.
  func emptyShares() throws(TrainingError) -> UnsafeMutableBufferPointer<Float> {
    let block =
      if let shares { shares } else {
        try AlignedBlock<Float>(
          elements: .clampedProduct([capacity, data.form.outputs]), for: "the targets of \(capacity) samples")
      }
    shares = block
    block.values.update(repeating: 0)
    return block.values
  }

  /// The memory of a sample, of labelled ones.
  func sample(_ row: Int) -> UnsafeMutableBufferPointer<Float>? {
    guard case .features(let features) = inputs else { return nil }
    let size = features.count / capacity
    return UnsafeMutableBufferPointer(rebasing: features[row * size..<(row + 1) * size])
  }
}

// Training: samples in the order of the stream.
extension BatchBuffer {
  /// Fills in the samples at these positions of the stream of training samples. A function of (order, positions):
  /// what other batches held, and on which rank, has no part in it.
  ///
  /// - Parameter order: of the stream; labelled samples follow it, windows of text start anywhere.
  package func fill(positions: [Int], in order: inout SampleOrder) {
    switch data.content {
    case .labelled(_, _, _, let split):
      let places = order.places(at: positions)
      split.train.withUnsafeBufferPointer { train in fillSamples(places.count) { Int(train[places[$0]]) } }
    case .text(_, let contextLength, let ranges):
      let range = ranges[.train]!
      let starts = UInt64(range.count - contextLength)
      let seed = order.seed
      fillWindows(positions.count) { row in
        var draw = CounterGenerator(seed: seed, purpose: .shuffle, position: UInt64(positions[row]))
        return range.lowerBound + Int(draw.next(below: starts))
      }
    }
  }
}

// Evaluation: samples in their own order.
extension BatchBuffer {
  /// Fills in samples `range` of a part; windows of text follow one another without overlap.
  ///
  /// - Throws: `TrainingError.data` where samples are read on demand, and cannot be.
  package func fill(_ range: Range<Int>, of part: DataPart) throws(TrainingError) {
    try fill(Array(range), of: part)
  }

  /// Fills in the samples at these places of a part, which ascend.
  package func fill(_ places: [Int], of part: DataPart) throws(TrainingError) {
    switch data.content {
    case .labelled(.file(let file), let size, _, let split):
      let indices = places.map { split[part][$0] }
      let block = try AlignedBlock<Float>(uninitialized: places.count * size, for: "samples that are read")
      try file.read(indices, into: block.values)
      data.standardization?.apply(to: block.values, shape: file.shape)
      for (row, index) in indices.enumerated() {
        take(block.values.baseAddress! + row * size, of: Int(index), size: size, as: row)
      }
    case .labelled(_, _, _, let split):
      split[part].withUnsafeBufferPointer { indices in
        fillSamples(places.count) { Int(indices[places[$0]]) }
      }
    case .text(_, let contextLength, let ranges):
      let start = ranges[part]!.lowerBound
      fillWindows(places.count) { start + places[$0] * contextLength }
    }
  }

  private func fillSamples(_ count: Int, index: (Int) -> Int) {
    guard case .labelled(.memory(let values), let size, _, _) = data.content else { return }
    values.withScalars { values in
      for row in 0..<count {
        let sample = index(row)
        take(values.baseAddress! + sample * size, of: sample, size: size, as: row)
      }
    }
  }

  /// Fills in a row.
  ///
  /// - Parameters:
  ///   - values: the standardized sample, `size` numbers.
  ///   - sample: its number in the data set.
  func take(_ values: UnsafePointer<Float>, of sample: Int, size: Int, as row: Int) {
    guard case .labelled(_, _, let memory, _) = data.content, case .features(let features) = inputs else {
      return
    }
    let gathered = features.baseAddress! + row * (features.count / capacity)
    if let average = data.average {
      average.apply(to: values, into: gathered)
    } else if let features = data.features {
      features.apply(to: values, into: gathered)
    } else {
      memcpy(gathered, values, size * MemoryLayout<Float>.stride)
    }
    switch (memory, targets) {
    case (.classes(let labels, _), .classes(let targets)):
      targets[row] = labels.withScalars { $0[sample] }
    case (.numbers(let values, let outputs), .numbers(let targets)):
      values.withScalars { values in
        for output in 0..<outputs { targets[row * outputs + output] = values[sample * outputs + output] }
      }
    default: return
    }
  }

  private func fillWindows(_ count: Int, start: (Int) -> Int) {
    guard case .text(let tokens, let length, _) = data.content, case .tokens(let inputs) = inputs,
      case .classes(let targets) = targets
    else {
      return
    }
    tokens.withScalars { tokens in
      for row in 0..<count {
        let window = tokens.baseAddress! + start(row)
        let (input, target) = (inputs.baseAddress! + row * length, targets.baseAddress! + row * length)
        for position in 0..<length {
          input[position] = Int64(window[position])
          target[position] = Int64(window[position + 1])
        }
      }
    }
  }
}
