import MPI
import RankTesting
import Tensors
import Testing

@testable import Training

/// A model whose embedding is its output layer, too, and whose one hidden layer is run twice.
private struct TiedModel: Model {
  static let (vocabulary, width) = (7, 12)
  let store: ParameterStore
  var dropout = 0.0
  var configuration: ModelConfiguration { .transformer(TransformerConfiguration()) }

  init() throws(TrainingError) {
    store = try ParameterStore(
      ModelDeclarations(parameters: [
        TensorDeclaration("embedding", [Self.vocabulary, Self.width], .normal(deviation: 0.5)),
        TensorDeclaration("layer.weight", [Self.width, Self.width], .normal(deviation: 0.3)),
        TensorDeclaration("layer.bias", [Self.width], .normal(deviation: 0.3)),
      ]), seed: 3, device: .cpu)
  }

  func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    try Self.logits(
      inputs, store.tensor("embedding"), store.tensor("layer.weight"), store.tensor("layer.bias"))
  }

  static func logits(
    _ inputs: Tensor, _ embedding: Tensor, _ weight: Tensor, _ bias: Tensor
  ) throws(TensorError) -> Tensor {
    let once = try inputs.embedded(embedding).linear(weight, bias: bias).tanh()
    return try once.linear(weight, bias: bias).tanh().linear(embedding)
  }
}

@Suite(.serialized) struct TiedWeightRankTests {
  private static func batch(_ samples: Range<Int>) throws -> (inputs: Tensor, targets: Tensor) {
    let inputs = try Tensor(samples.map { $0 * $0 % TiedModel.vocabulary }, shape: [samples.count])
    return (inputs, try Tensor(samples.map { ($0 + 3) % TiedModel.vocabulary }, shape: [samples.count]))
  }

  /// What libtorch itself gathers for the joined batch, without sinks.
  private static func expected(_ model: TiedModel, samples: Range<Int>) throws -> [[Float]] {
    let leaves = try model.store.parameterEntries.map { entry in
      let leaf = try Tensor(model.store.tensor(entry.name).detached().scalars(Float.self), shape: entry.shape)
      try leaf.requireGradient()
      return leaf
    }
    let batch = try batch(samples)
    try TiedModel.logits(batch.inputs, leaves[0], leaves[1], leaves[2]).crossEntropy(batch.targets).backward()
    return try leaves.map { try #require(try $0.gradient()).scalars() }
  }

  /// In buckets of one parameter, so that one that is called complete too early goes out without the rest.
  @Test(arguments: [1, 2], [1 << 30, 50])
  func `a weight that is used several times has the sum of its gradients on all ranks`(
    microBatches: Int, longestPiece: Int
  ) throws {
    try withRanks { ranks in
      let model = try TiedModel()
      let division = BatchDivision(globalBatch: 30, ranks: ranks.size, microBatches: microBatches)
      let exchange = try GradientExchange(
        on: ranks, layout: model.store.layout, sizes: .init(first: 1, others: 1))
      exchange.longestPiece = longestPiece
      model.store.sinks.onComplete { [unowned exchange] in exchange.complete($0) }
      for step in 0..<2 {
        for number in 0..<microBatches {
          let part = division.range(rank: ranks.rank.rawValue, microBatch: number)
          model.store.sinks.isAccumulating = number > 0
          if number == microBatches - 1 { exchange.begin(model.store.gradients.elements()) }
          let batch = try Self.batch(part)
          let loss = try model.trainingLoss(
            batch.inputs, batch.targets, SampleStream(seed: 0, first: part.lowerBound),
            for: Classification())
          try loss.multiplied(by: division.weight(samples: Double(part.count))).backward()
        }
        _ = try exchange.finish(.init(lossSum: 0, samples: 1, isInterrupted: false))
        for (entry, expected) in zip(
          model.store.parameterEntries, try Self.expected(model, samples: 0..<30))
        {
          let found = model.store.gradients.elements(Float.self)[entry.offset..<entry.offset + entry.count]
          #expect(relativeDistance(found, expected) < 1e-5, "\(entry.name) in step \(step)")
        }
      }
    }
  }
}
