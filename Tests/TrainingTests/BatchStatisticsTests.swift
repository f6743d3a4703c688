import Tensors
import Testing

@testable import Training

@Suite struct BatchStatisticsTests {
  private static func cnn(
    _ kind: BatchStatistics.Kind, ghosts: Int = 8, batch: Int = 32, accumulation: Int = 1
  ) -> TrainingConfiguration {
    var configuration = SmallModel.cnn.configuration
    var cnn = CNNConfiguration()
    (cnn.width, cnn.classifierWidth) = (4, 8)
    cnn.statistics = BatchStatistics(kind: kind, ghostBatch: ghosts)
    configuration.model = .cnn(cnn)
    (configuration.batchSize, configuration.accumulation) = (batch, accumulation)
    return configuration
  }

  private static func snapshot(_ configuration: TrainingConfiguration, steps: Int = 4) throws -> Snapshot {
    var trainer = try Trainer(configuration, data: SmallModel.cnn.data, seed: 1, trial: 2)
    _ = try trainer.train(to: steps)
    return try #require(try trainer.snapshot())
  }

  private static func difference(_ one: Snapshot, _ other: Snapshot, _ block: String) throws -> Float {
    let pairs = zip(try #require(one.blocks[block]?.values), try #require(other.blocks[block]?.values))
    return pairs.reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Hoffer et al., Algorithm 1: a batch in ghosts is normalized as so many small batches are.
  @Test func `a ghost batch is normalized by itself`() throws {
    let form = try SmallModel.cnn.data.form
    func model(_ kind: BatchStatistics.Kind) throws -> any Model {
      try Self.cnn(kind).model.makeModel(for: form, seed: 5, device: .cpu)
    }
    let (inputs, _) = try ModelsTests.batch(form, count: 24)
    let pass = ForwardPass.training(SampleStream(seed: 1, first: 0))
    let whole: [Float] = try model(.ghost).outputs(inputs, pass).detached().scalars()
    let parts = try stride(from: 0, to: 24, by: 8).flatMap { start throws -> [Float] in
      try model(.rank).outputs(inputs.narrowed(start..<start + 8, along: 0), pass).detached().scalars()
    }
    #expect(zip(whole, parts).allSatisfy { abs($0 - $1) < 1e-5 })
    let joined: [Float] = try model(.rank).outputs(inputs, pass).detached().scalars()
    #expect(zip(whole, joined).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `micro-batches of ghosts change weights and running statistics by roundings only`() throws {
    let (one, four) = try (
      Self.snapshot(Self.cnn(.ghost)), Self.snapshot(Self.cnn(.ghost, accumulation: 4))
    )
    #expect(try Self.difference(one, four, "parameters") < 1e-3)
    #expect(try Self.difference(one, four, "buffers") < 1e-4)
    // Whole micro-batches by themselves do not.
    let rank = try Self.snapshot(Self.cnn(.rank, accumulation: 4))
    #expect(try Self.difference(one, rank, "buffers") > 1e-3)
  }

  @Test func `one ghost batch is the batch, and a rank alone is its group`() throws {
    let rank = try Self.snapshot(Self.cnn(.rank))
    #expect(try Self.difference(rank, Self.snapshot(Self.cnn(.ghost, ghosts: 32)), "parameters") == 0)
    #expect(try Self.difference(rank, Self.snapshot(Self.cnn(.ghost, ghosts: 32)), "buffers") < 1e-6)
    #expect(try Self.snapshot(Self.cnn(.group)) == rank)
  }

  @Test(arguments: [
    (
      8, 2, 3,
      "ghost_batch: expected a divisor of 4, the samples that a rank computes at once, found 3. "
        + "Write 2, or change batch_size."
    ),
    (1, 1, 1, ""),
  ])
  func `ghosts that divide nothing are refused`(
    batch: Int, accumulation: Int, ghosts: Int, message: String
  ) {
    let configuration = Self.cnn(.ghost, ghosts: ghosts, batch: batch, accumulation: accumulation)
    #expect(configuration.validate().map(\.description) == (message.isEmpty ? [] : [message]))
  }

  @Test func `a ghost of one value has no spread`() throws {
    var mlp = MLPConfiguration()
    mlp.normalization = .batch
    mlp.statistics = BatchStatistics(kind: .ghost, ghostBatch: 1)
    var configuration = TrainingConfiguration()
    configuration.model = .mlp(mlp)
    #expect(
      configuration.validate().map(\.description) == [
        "ghost_batch: expected an integer from 2 to 1000000000, found 1. Correct the value."
      ])
  }
}
