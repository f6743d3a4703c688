import Foundation
import Testing

@testable import Training

@Suite struct BootstrapTests {
  @Test func `quantiles are NumPy's`() {
    // numpy.percentile([1, 2, 4, 8], [2.5, 50, 97.5])
    let values = [1.0, 2, 4, 8]
    #expect(abs(values.quantile(0.025) - 1.075) < 1e-12)
    #expect(values.quantile(0.5) == 3)
    #expect(abs(values.quantile(0.975) - 7.7) < 1e-12)
    #expect([5.0].quantile(0.3) == 5)
  }

  /// A share p of n samples varies by √(p(1 - p) / n).
  @Test func `a share has the interval of a binomial, and a metric of all samples its own`() throws {
    let task = Classification()
    let metrics = TaskMetrics.requested(["dev_auc", "dev_f1_macro", "dev_log_loss"])
    var tallies = SampleTallies(metrics, of: task, width: 2)
    let logits: [Float] = (0..<400).flatMap { number -> [Float] in [0, number % 10 < 8 ? 1.5 : -0.5] }
    let classes: [Int64] = (0..<400).map { Int64($0 % 10 < 7 ? 1 : $0 % 20 == 19 ? 1 : 0) }
    for half in 0..<2 {
      let predictions = ClassPredictions(
        logits: Array(logits[half * 400..<half * 400 + 400]),
        classes: Array(classes[half * 200..<half * 200 + 200]),
        width: 2)
      tallies.add(.classes(predictions), samples: 200)
    }
    let intervals = try tallies.intervals(resamples: 1_000, seed: 3, over: TrainerPeers())
    #expect(Set(intervals.keys) == ["loss", "accuracy", "auc", "f1_macro", "log_loss"])
    // 70% and 10% rightly of class 1 and 0, 15% wrong.
    let accuracy = try #require(intervals["accuracy"])
    let deviation = (0.85 * 0.15 / 400).squareRoot()
    #expect(abs(accuracy.low - (0.85 - 1.96 * deviation)) < 0.008)
    #expect(abs(accuracy.high - (0.85 + 1.96 * deviation)) < 0.008)
    let (loss, logLoss) = (try #require(intervals["loss"]), try #require(intervals["log_loss"]))
    #expect(abs(loss.low - logLoss.low) < 1e-9 && abs(loss.high - logLoss.high) < 1e-9)
    let area = try #require(intervals["auc"])
    #expect(area.low < area.high && area.high < 1)
    #expect(try tallies.intervals(resamples: 1_000, seed: 3, over: TrainerPeers()) == intervals)
  }

  @Test(arguments: SmallModel.allCases)
  func `every metric of the test split lies in its interval`(model: SmallModel) throws {
    var configuration = model.configuration
    configuration.taskMetrics =
      model == .transformer ? ["dev_perplexity"] : ["dev_balanced_accuracy", "dev_top_7_accuracy"]
    var trainer = try Trainer(configuration, data: model.data, seed: 1, trial: 0)
    _ = try trainer.train(to: 10)
    let plain = try trainer.measureTestSplit().metrics
    let (measurement, intervals) = try trainer.measureTestSplit(resamples: 200)
    #expect(measurement.metrics == plain)
    #expect(Set(intervals.keys) == Set(plain.keys))
    for (name, interval) in intervals {
      let value = try #require(plain[name])
      #expect(interval.low <= value && value <= interval.high, "\(name)")
    }
  }
}
