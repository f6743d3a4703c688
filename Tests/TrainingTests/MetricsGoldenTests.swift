import Foundation
import Testing

@testable import Training

/// The metrics against scikit-learn's: Golden/metrics.py.
@Suite struct MetricsGoldenTests {
  struct Golden: Decodable {
    var classes: [String: ClassCase]
    var numbers: [String: NumberCase]
  }

  struct ClassCase: Decodable {
    var width: Int
    /// `[rows, width]`.
    var logits: [Float]
    var labels: [Int64]
    var values: [String: Double]

    func predictions(_ rows: Range<Int>) -> Predictions {
      .classes(
        ClassPredictions(
          logits: Array(logits[rows.lowerBound * width..<rows.upperBound * width]),
          classes: Array(labels[rows]), width: width))
    }
  }

  struct NumberCase: Decodable {
    var means: [Double]
    var deviations: [Double]
    var truth: [Float]
    var predicted: [Float]
    var values: [String: Double]

    func predictions(_ rows: Range<Int>) -> Predictions {
      let elements = rows.lowerBound * means.count..<rows.upperBound * means.count
      return .numbers(
        NumberPredictions(
          Array(predicted[elements]), truth: Array(truth[elements]),
          TargetScaling(means: means, deviations: deviations)))
    }
  }

  static func golden() throws -> Golden {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/metrics.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: path))
  }

  @Test(arguments: ["two", "two, few of one", "seven", "four, uneven"])
  func `metrics of classes are scikit-learn's`(name: String) throws {
    let golden = try #require(try Self.golden().classes[name])
    try Self.expect(golden.values, rows: golden.labels.count, width: golden.width, golden.predictions)
  }

  @Test(arguments: ["one", "two"])
  func `metrics of numbers are scikit-learn's`(name: String) throws {
    let golden = try #require(try Self.golden().numbers[name])
    let width = golden.means.count
    try Self.expect(golden.values, rows: golden.truth.count / width, width: width, golden.predictions)
  }

  /// Over all rows at once, and over uneven parts that are merged.
  private static func expect(
    _ values: [String: Double], rows: Int, width: Int, _ predictions: (Range<Int>) -> Predictions
  ) throws {
    let known = TaskMetrics.all.filter { values[$0.name] != nil }
    #expect(Set(known.map(\.name)).union(["accuracy"]).isSuperset(of: values.keys))
    for metric in known {
      let expected = try #require(values[metric.name])
      for cuts in [[0, rows], [0, 1, 1, rows / 3, rows - 2, rows]] {
        var tally = metric.tally(predictions(0..<0))
        for (start, end) in zip(cuts, cuts.dropFirst()) {
          let more = metric.tally(predictions(start..<end))
          tally = metric.merging == .join ? tally + more : zip(tally, more).map(+)
        }
        let value = metric.value(of: tally, width: width)
        #expect(abs(value - expected) <= 1e-6 * abs(expected), "\(metric.name) of \(cuts)")
      }
    }
  }
}

@Suite struct MetricDefinitionTests {
  private func value(
    _ metric: some TaskMetric, _ logits: [Float], _ labels: [Int64], width: Int = 2
  ) -> Double {
    let predictions = Predictions.classes(ClassPredictions(logits: logits, classes: labels, width: width))
    return metric.value(of: metric.tally(predictions), width: width)
  }

  @Test func `every metric has a name of its own and a task`() {
    let names = TaskMetrics.all.map(\.name)
    #expect(Set(names).count == names.count)
    for metric in TaskMetrics.all { #expect(!metric.tasks.isEmpty, "\(metric.name)") }
  }

  @Test func `equal scores count half in the area under the curve`() {
    #expect(value(AreaUnderCurve(), [0, 0, 0, 0], [0, 1]) == 0.5)
    #expect(value(AreaUnderCurve(), [0, 1, 1, 0], [1, 0]) == 1)
    #expect(value(AreaUnderCurve(), [0, 1, 1, 0], [0, 1]) == 0)
  }

  @Test func `the area under the curve of one class is no number`() {
    #expect(value(AreaUnderCurve(), [0, 1, 1, 0], [1, 1]).isNaN)
    #expect(!AreaUnderCurve().isDefined(for: [3, 0]))
    #expect(
      AreaUnderCurve().undefined(on: .dev).description
        == "dev_auc: expected samples of every class in the dev split, found a class without any. "
        + "Give more data, a larger split.dev, or another metric.")
  }

  @Test func `a class that is neither there nor predicted counts in no mean`() {
    // Classes 0 and 2 of three.
    let logits: [Float] = [2, 0, 0, 0, 0, 2, 2, 0, 0]
    #expect(value(F1(.macro), logits, [0, 2, 2], width: 3) == (2.0 / 3 + 2.0 / 3) / 2)
    #expect(value(BalancedAccuracy(), logits, [0, 2, 2], width: 3) == 0.75)
  }

  @Test func `a truth that does not vary is explained or not`() {
    let scaling = TargetScaling(means: [5], deviations: [2])
    func r2(_ predicted: [Float]) -> Double {
      let numbers = Predictions.numbers(NumberPredictions(predicted, truth: [0.1, 0.1, 0.1], scaling))
      return R2().value(of: R2().tally(numbers), width: 1)
    }
    #expect(r2([0.1, 0.1, 0.1]) == 1)
    #expect(r2([0.1, 0.2, 0.1]) == 0)
  }

  @Test func `an experiment gets only the metrics that it asks for`() throws {
    var configuration = SmallModel.mlp.configuration
    var plain = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 0)
    let always = try plain.measure().metrics
    #expect(Set(always.keys) == ["dev_accuracy", "dev_loss"])
    configuration.taskMetrics = ["dev_auc", "dev_f1_macro", "dev_log_loss"]
    var asked = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 0)
    let metrics = try asked.measure().metrics
    #expect(Set(metrics.keys) == ["dev_accuracy", "dev_loss", "dev_auc", "dev_f1_macro", "dev_log_loss"])
    #expect(metrics["dev_loss"] == always["dev_loss"])
    let (loss, log) = (try #require(metrics["dev_loss"]), try #require(metrics["dev_log_loss"]))
    #expect(abs(loss - log) < 1e-5 * loss)
    let tested = try asked.measureTestSplit().metrics
    #expect(
      Set(tested.keys)
        == ["test_accuracy", "test_loss", "test_auc", "test_f1_macro", "test_log_loss"])
  }

  @Test func `a text has perplexity and bits`() throws {
    var configuration = SmallModel.transformer.configuration
    configuration.taskMetrics = [
      "dev_perplexity", "dev_bits_per_character", "dev_top_5_accuracy", "dev_f1_macro",
    ]
    var trainer = try Trainer(configuration, data: SmallModel.transformer.data, seed: 1, trial: 0)
    let metrics = try trainer.measure().metrics
    let loss = try #require(metrics["dev_loss"])
    #expect(
      Set(metrics.keys)
        == ["dev_accuracy", "dev_loss", "dev_perplexity", "dev_bits_per_character", "dev_top_5_accuracy"])
    #expect(abs((metrics["dev_perplexity"] ?? .nan) - exp(loss)) < 1e-4 * exp(loss))
    #expect(abs((metrics["dev_bits_per_character"] ?? .nan) - loss / log(2)) < 1e-5 * loss)
    #expect((metrics["dev_top_5_accuracy"] ?? .nan) >= (metrics["dev_accuracy"] ?? .nan))
  }
}
