import Foundation
import Tensors
import Training

/// A real model, an MLP with layer normalization, and its data.
final class SmallModel {
  private let model: MLP

  /// Equal seeds make equal models on all ranks.
  init(seed: UInt64) throws {
    var configuration = MLPConfiguration()
    configuration.hidden = [64, 33]
    configuration.activation = .tanh
    configuration.normalization = .layer
    model = try MLP(configuration, inputs: 12, outputs: 5, seed: seed, device: .cpu)
  }

  var layout: ParameterLayout { model.store.layout }
  var sinks: GradientSinks { model.store.sinks }
  var parameters: UnsafeMutableBufferPointer<Float> { model.store.parameters.elements() }
  var gradients: UnsafeMutableBufferPointer<Float> { model.store.gradients.elements() }

  /// The mean loss of these samples.
  func loss(of samples: Range<Int>) throws -> Tensor {
    let inputs = try Tensor(samples.flatMap(Self.input), shape: [samples.count, 12])
    let targets = try Tensor(samples.map { $0 % 5 }, shape: [samples.count])
    return try model.trainingLoss(
      inputs, targets, SampleStream(seed: 0, first: samples.lowerBound), for: Classification())
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
  /// This rank's part of a step on the global batch that starts at sample `start`: forward, backward,
  /// exchange.
  func run(
    _ model: SmallModel, _ division: BatchDivision, rank: Int, from start: Int = 0,
    isInterrupted: Bool = false
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
      try loss.multiplied(by: division.weight(samples: Double(range.count))).backward()
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
