import Foundation
import Testing

@testable import Training

@Suite struct SamplingErrorTests {
  /// Two classes, of which four samples in five are told rightly, by probabilities that differ.
  private static func predictions(_ range: Range<Int>) -> Predictions {
    let logits = range.flatMap { number -> [Float] in
      [0, (number % 10 < 8 ? 1.5 : -0.5) + Float(number % 7) / 10]
    }
    let classes = range.map { Int64($0 % 10 < 7 ? 1 : $0 % 20 == 19 ? 1 : 0) }
    return .classes(ClassPredictions(logits: logits, classes: classes, width: 2))
  }

  private static func errors(of names: [String], asked: [String], samples: Int = 2_000) throws -> [String:
    Double]
  {
    let task = Classification()
    var tallies = MetricTallies(asked, of: task, width: 2)
    tallies.measureErrors(of: names, for: task, samples: samples)
    tallies.begin(at: 0, of: samples)
    for start in stride(from: 0, to: samples, by: 250) {
      tallies.add(predictions(start..<min(start + 250, samples)), samples: min(250, samples - start))
    }
    return try tallies.errors(over: TrainerPeers())
  }

  @Test func `the error of a mean is its deviation over the root of the samples`() throws {
    let error = try #require(try Self.errors(of: ["loss"], asked: [])["loss"])
    guard case .classes(let all) = Self.predictions(0..<2_000) else { return }
    let losses = all.logLikelihoods.map { -$0 }
    let squares = losses.reduce(0) { $0 + ($1 - losses.mean) * ($1 - losses.mean) }
    let exact = (squares / 1_999 / 2_000).squareRoot()
    // Known to an eighth of itself from 32 groups; three such deviations.
    #expect(abs(error / exact - 1) < 0.4, "\(error) for \(exact)")
  }

  @Test func `other metrics have the error that the bootstrap finds`() throws {
    let names = ["auc", "f1_macro", "log_loss", "brier"]
    let asked = names.map { "dev_\($0)" }
    let errors = try Self.errors(of: names, asked: asked)
    #expect(Set(errors.keys) == Set(names))
    var bootstrap = SampleTallies(TaskMetrics.requested(asked), of: Classification(), width: 2)
    bootstrap.add(Self.predictions(0..<2_000), samples: 2_000)
    let intervals = try bootstrap.intervals(resamples: 400, seed: 1, over: TrainerPeers())
    for (name, error) in errors {
      let interval = try #require(intervals[name])
      let expected = (interval.high - interval.low) / (2 * 1.96)
      #expect(abs(error / expected - 1) < 0.5, "\(name): \(error) for \(expected)")
    }
  }

  @Test func `a share has the error of a binomial`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.errorMetrics = ["dev_accuracy"]
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 0)
    _ = try trainer.train(to: 10)
    let metrics = try trainer.measure().metrics
    let samples = Double(try SmallModel.mlp.data.count(of: .dev))
    let share = try #require(metrics["dev_accuracy"])
    let error = try #require(metrics["dev_accuracy_stderr"])
    #expect(abs(error / (share * (1 - share) / samples).squareRoot() - 1) < 0.02)
    for extreme in [0.0, 1] {
      let own = try #require(SamplingError.ofShare(extreme, samples: 98))
      #expect(abs(own - (99.0 / 100 / 100 / 98).squareRoot()) < 1e-15)
    }
  }

  @Test(arguments: SmallModel.allCases)
  func `the loss is the same whether its error is measured or not`(model: SmallModel) throws {
    var configuration = model.configuration
    var plain = try Trainer(configuration, data: model.data, seed: 1, trial: 0)
    configuration.errorMetrics = ["dev_loss"]
    var trainer = try Trainer(configuration, data: model.data, seed: 1, trial: 0)
    let (without, with) = (try plain.measure().metrics, try trainer.measure().metrics)
    #expect(with.filter { without[$0.key] != nil } == without)
    #expect(Set(with.keys).subtracting(without.keys).isSubset(of: ["dev_loss_stderr"]))
  }

  @Test func `too few samples tell no error`() throws {
    #expect(try Self.errors(of: ["loss"], asked: [], samples: 7).isEmpty)
    #expect(SamplingError.ofShare(1, samples: 1) == nil)
    #expect(SamplingError.jackknife([1, .nan]) == nil)
  }
}
