import Testing

@testable import Training

@Suite struct MetricFamilyTests {
  @Test(arguments: ["top_7_accuracy", "top_1_accuracy", "pinball_37", "pinball_0.975", "pinball_0.5"])
  func `a number in a name makes a metric`(name: String) {
    #expect(TaskMetrics.named(name)?.name == name)
  }

  @Test(arguments: [
    "top_0_accuracy", "top_07_accuracy", "top_-1_accuracy", "top_accuracy", "pinball_0", "pinball_100",
    "pinball_1.5",
    "pinball_0.0", "pinball_.5", "pinball_0.5e1", "pinball_", "top__accuracy",
  ])
  func `other numbers make none`(name: String) { #expect(TaskMetrics.named(name) == nil) }

  @Test func `a quantile is a percentage, and the whole of the classes is always right`() {
    let numbers = NumberPredictions(
      [0, 1, 2, 5], truth: [1, 1, 0, 3], TargetScaling(means: [0], deviations: [1]))
    func value(_ name: String) -> Double? {
      TaskMetrics.named(name).map { $0.value(of: $0.tally(.numbers(numbers)), width: 1) }
    }
    #expect(value("pinball_90") == value("pinball_0.9"))
    #expect(value("pinball_0.975").map { abs($0 - (0.975 * 1 + 0.025 * 4) / 4) < 1e-12 } == true)
    let classes = ClassPredictions(logits: [3, 2, 1, 1, 2, 3], classes: [2, 0], width: 3)
    #expect(TopAccuracy(3).value(of: TopAccuracy(3).tally(classes), width: 3) == 1)
  }

  /// By hand, from the layers' shapes.
  @Test func `operations are two a multiply-add of the layers`() throws {
    func operations(_ model: SmallModel) throws -> Double? {
      var configuration = model.configuration
      configuration.resourceMetrics = [.flops]
      var trainer = try Trainer(configuration, data: model.data, seed: 1, trial: 0)
      return try trainer.measure().metrics["flops"]
    }
    #expect(try operations(.mlp) == Double(2 * (64 * 24 + 24 * 16 + 16 * 10)))
    guard case .text(let vocabulary, let length) = try SmallModel.transformer.data.form else { return }
    // Of a character: queries, keys, values and output, a feed-forward of four widths; then the head.
    let ofLayer = 4 * 16 * 16 + 2 * 16 * 64 + 2 * length * 16
    #expect(try operations(.transformer) == Double(2 * length * (2 * ofLayer + 16 * vocabulary.count)))
  }
}
