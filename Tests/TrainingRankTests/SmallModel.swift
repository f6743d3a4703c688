import Foundation
import Randomness
import Tensors
import Training

/// A real model through libtorch: an MLP whose parameters and gradients are views of flat buffers, and its data.
final class SmallModel {
  static let shapes: [(name: String, shape: [Int])] = [
    ("0.weight", [64, 12]), ("0.bias", [64]), ("1.weight", [33, 64]), ("1.bias", [33]), ("2.weight", [5, 33]),
    ("2.bias", [5]),
  ]

  let layout: ParameterLayout
  let sinks: GradientSinks
  private let flatParameters: Tensor
  private let flatGradients: Tensor
  private let leaves: [Tensor]

  /// Equal seeds make equal models on all ranks.
  init(seed: UInt64) throws {
    var entries: [Snapshot.Entry] = []
    var end = 0
    for (name, shape) in Self.shapes {
      entries.append(Snapshot.Entry(name: name, shape: shape, offset: end))
      end += (shape.reduce(1, *) + 15) / 16 * 16
    }
    layout = try ParameterLayout(entries, elements: end)
    flatParameters = try Tensor.zeros([end])
    flatGradients = try Tensor.zeros([end])
    sinks = try GradientSinks()
    var leaves: [Tensor] = []
    var generator = CounterGenerator(seed: seed, purpose: .initialization)
    for (number, entry) in entries.enumerated() {
      let range = entry.offset..<entry.offset + entry.count
      for index in range {
        flatParameters.elements()[index] = Float(generator.nextUniform() - 0.5) / 3
      }
      let leaf = try flatParameters.narrowed(range, along: 0).reshaped(entry.shape).detached()
      try leaf.requireGradient()
      let gradient = try flatGradients.narrowed(range, along: 0).reshaped(entry.shape)
      try sinks.attach(leaf, to: gradient, number: number)
      leaves.append(leaf)
    }
    self.leaves = leaves
  }

  var parameters: UnsafeMutableBufferPointer<Float> { flatParameters.elements() }
  var gradients: UnsafeMutableBufferPointer<Float> { flatGradients.elements() }

  /// The mean loss of these samples.
  func loss(of samples: Range<Int>) throws -> Tensor {
    let inputs = try Tensor(samples.flatMap(Self.input), shape: [samples.count, 12])
    let targets = try Tensor(samples.map { $0 % 5 }, shape: [samples.count])
    let first = try inputs.linear(leaves[0], bias: leaves[1]).relu()
    let second = try first.linear(leaves[2], bias: leaves[3]).tanh()
    return try second.linear(leaves[4], bias: leaves[5]).crossEntropy(targets)
  }

  /// The gradients of the mean loss of these samples alone, without any exchange.
  func gradients(of samples: Range<Int>) throws -> [Float] {
    sinks.onComplete(nil)
    sinks.isAccumulating = false
    try loss(of: samples).backward()
    return Array(gradients)
  }

  private static func input(_ sample: Int) -> [Float] {
    (0..<12).map { Float(sin(Double((sample + 1) * ($0 + 3)) * 0.7)) }
  }
}

extension GradientExchange {
  /// This rank's part of a step on the global batch that starts at sample `start`: forward, backward, exchange.
  func run(
    _ model: SmallModel, _ division: BatchDivision, rank: Int, from start: Int = 0, isInterrupted: Bool = false
  ) throws -> Report {
    var report = Report(lossSum: 0, samples: 0, isInterrupted: isInterrupted)
    model.sinks.onComplete { [unowned self] in complete($0) }
    for microBatch in 0..<division.microBatches {
      let range = division.range(rank: rank, microBatch: microBatch)
      model.sinks.isAccumulating = microBatch > 0
      if microBatch == division.microBatches - 1 { begin(model.gradients) }
      let loss = try model.loss(of: start + range.lowerBound..<start + range.upperBound)
      report.lossSum += try loss.item() * Double(range.count)
      report.samples += range.count
      try loss.multiplied(by: division.weight(samples: range.count)).backward()
    }
    return try finish(report)
  }
}

/// The distance between two arrays relative to the second, both by the Euclidean norm.
func relativeDistance(_ found: some Sequence<Float>, _ expected: some Sequence<Float>) -> Double {
  var distance = 0.0
  var norm = 0.0
  for (a, b) in zip(found, expected) {
    distance += (Double(a) - Double(b)) * (Double(a) - Double(b))
    norm += Double(b) * Double(b)
  }
  return norm > 0 ? (distance / norm).squareRoot() : distance.squareRoot()
}
