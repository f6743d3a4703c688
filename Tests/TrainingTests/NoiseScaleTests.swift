import Foundation
import Testing

@testable import Training

@Suite struct NoiseScaleTests {
  /// By hand: |G|² = 4 and tr Σ = 96, so that shares of 8 have |g|² = 16 and a batch of 32 has 7 in the mean.
  @Test func `two batch sizes tell the noise and the gradient apart`() {
    var squares = NoiseScale.Squares()
    for square in [15.0, 17, 14, 18] { squares.add(square, samples: 8) }
    var scale = NoiseScale()
    #expect(scale.value == nil)
    scale.record(squares, batch: 7, samples: 32)
    #expect(abs((scale.value ?? 0) - 24) < 1e-12)
    #expect(abs(scale.noise - 0.96) < 1e-12)
    // One share that is the whole batch tells nothing.
    let before = scale
    var whole = NoiseScale.Squares()
    whole.add(7, samples: 32)
    scale.record(whole, batch: 7, samples: 32)
    #expect(scale == before)
  }

  @Test func `noise that hides the gradient has no scale`() {
    var squares = NoiseScale.Squares()
    squares.add(100, samples: 1)
    var scale = NoiseScale()
    scale.record(squares, batch: 40, samples: 2)
    #expect(scale.value == nil)
  }

  private static func trainer(_ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> Trainer {
    var configuration = SmallModel.mlp.configuration
    configuration.resourceMetrics = [.gradientNoiseScale]
    change(&configuration)
    return try Trainer(configuration, data: SmallModel.mlp.data, seed: 4, trial: 0)
  }

  /// The weights hardly move, so that all batches are of the same gradient.
  @Test func `batches of any size and any division find about the same scale`() throws {
    func scale(batch: Int, accumulation: Int) throws -> Double {
      var trainer = try Self.trainer {
        ($0.batchSize, $0.accumulation, $0.optimizer.learningRate) = (batch, accumulation, 1e-9)
        $0.model = .mlp(MLPConfiguration())
      }
      _ = try trainer.train(to: 200)
      return try #require(try trainer.measure().metrics["gradient_noise_scale"])
    }
    let expected = try scale(batch: 64, accumulation: 1)
    for (batch, accumulation) in [(16, 1), (16, 4), (96, 3)] {
      let other = try scale(batch: batch, accumulation: accumulation)
      #expect(abs(log(other / expected)) < 0.4, "\(batch), \(accumulation): \(other) and \(expected)")
    }
  }

  @Test func `who asks for it trains as who does not, to rounding, and a resumed trial knows it`() throws {
    var asked = try Self.trainer()
    var unasked = try Self.trainer { $0.resourceMetrics = nil }
    _ = try asked.train(to: 6)
    _ = try unasked.train(to: 6)
    let (one, other) = (try asked.measure().metrics, try unasked.measure().metrics)
    #expect(other["gradient_noise_scale"] == nil)
    #expect(abs(try #require(one["dev_loss"]) - #require(other["dev_loss"])) < 1e-4)
    var resumed = try Self.trainer()
    try resumed.restore(asked.snapshot())
    _ = try asked.train(to: 9)
    _ = try resumed.train(to: 9)
    #expect(try resumed.snapshot() == asked.snapshot())
    #expect(try unasked.snapshot()?.scalars["gradient_noise"] == nil)
  }
}
