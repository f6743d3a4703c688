import Foundation
import Testing

@testable import Training

@Suite struct BatchSizeTests {
  @Test func `the fit finds the curve that the steps lie on`() throws {
    let points = [8, 32, 128, 512].map { (batchSize: $0, steps: 50 + 4_000 / Double($0)) }
    let fit = try #require(CriticalBatch(fitting: points))
    #expect(abs(fit.leastSteps - 50) < 1e-9)
    #expect(abs(fit.leastSamples - 4_000) < 1e-6)
    #expect(abs(fit.size - 80) < 1e-9)
    for point in points {
      let samples = point.steps * Double(point.batchSize)
      #expect(abs((point.steps / fit.leastSteps - 1) * (samples / fit.leastSamples - 1) - 1) < 1e-9)
    }
  }

  @Test func `steps that do not bend have no critical batch`() {
    #expect(CriticalBatch(fitting: [(8, 100)]) == nil)
    #expect(CriticalBatch(fitting: [(8, 100), (16, 50), (32, 24)]) == nil)
    #expect(CriticalBatch(fitting: [(8, 100), (16, 110), (32, 120)]) == nil)
  }

  @Test func `early stopping has no part in it, and a second dev split is no mistake`() {
    var configuration = SmallModel.mlp.configuration
    (configuration.split.train, configuration.split.secondDev) = (0.75, 0.05)
    configuration.secondDevMetrics = ["dev_accuracy"]
    (configuration.stopping.patience, configuration.cooldown.length) = (1, 0)
    #expect(configuration.validate().isEmpty)
    let plan = BatchSizePlan(sizes: [8, 32, 128], base: 32, start: 40, steps: 60)
    let sized = configuration.forBatchSizes(plan, rule: .squareRoot)
    #expect(sized.validate().isEmpty)
    #expect(!sized.stopping.isOn)
  }

  @Test func `forks of one state train to the same loss, larger batches in fewer steps, equal every time`()
    throws
  {
    func test() throws -> BatchSizeTest {
      let plan = BatchSizePlan(sizes: [8, 32, 128], base: 32, start: 40, steps: 60)
      let configuration = SmallModel.mlp.configuration.forBatchSizes(plan, rule: .squareRoot)
      var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 4, trial: 0)
      return try trainer.run(plan)
    }
    let found = try test()
    #expect(found.places.map(\.step) == Array(stride(from: 0, through: 40, by: 4)))
    #expect(found.places.first?.noiseScale == nil)
    #expect(found.places.last?.noiseScale != nil)
    #expect(found.target < found.places.last?.devLoss ?? 0)
    let steps = found.forks.compactMap(\.steps)
    #expect(steps.count == 3)
    #expect(steps == steps.sorted(by: >))
    let base = try #require(found.forks[1].steps)
    #expect(base > 50 && base <= 60)
    #expect(try test() == found)
  }
}
