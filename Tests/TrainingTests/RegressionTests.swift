import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct RegressionTests {
  /// A target far from 0: 1000 + 50 (a - b) and, of two, -3 + a b / 4.
  private static func data(targets: Int = 1) throws -> TrainingData {
    let folder = try TemporaryFolder()
    var lines = ["a,b,y,z"]
    for row in 0..<300 {
      let (a, b) = (Double(row * 37 % 101) / 50 - 1, Double(row * 53 % 97) / 48 - 1)
      lines.append("\(a),\(b),\(1000 + 50 * (a - b)),\(-3 + a * b / 4)")
    }
    let path = try folder.write(lines.joined(separator: "\n"), to: "table.csv")
    var format = CSVData(path: path, target: targets == 1 ? ["y"] : ["y", "z"], task: .regression)
    if targets == 1 { format.ignore = ["z"] }
    return try TrainingData(DataConfiguration(format), split: SplitFractions(), seed: 3)
  }

  private static func configuration(
    _ loss: RegressionLoss? = nil, metrics: [String] = ["dev_mse", "dev_mae", "dev_rmse", "dev_r2"]
  ) -> TrainingConfiguration {
    var configuration = SmallModel.mlp.configuration
    var mlp = MLPConfiguration()
    mlp.hidden = [16]
    configuration.model = .mlp(mlp)
    configuration.data = DataConfiguration(CSVData(path: "", target: ["y"], task: .regression))
    configuration.optimizer.learningRate = 0.02
    configuration.loss = loss
    configuration.taskMetrics = metrics
    return configuration
  }

  @Test(arguments: [nil, RegressionLoss.mse, .mae, .huber])
  func `a network learns a number, told in its own unit`(loss: RegressionLoss?) throws {
    var trainer = try Trainer(Self.configuration(loss), data: Self.data(), seed: 1, trial: 0)
    let before = try trainer.measure().metrics
    // The target's deviation is about 40.
    #expect((before["dev_rmse"] ?? .nan) > 20)
    _ = try trainer.train(to: 300)
    let after = try trainer.measure().metrics
    #expect((after["dev_rmse"] ?? .nan) < 5)
    #expect((after["dev_r2"] ?? .nan) > 0.98)
    #expect(after["dev_accuracy"] == nil)
    let told = try #require(after["dev_loss"])
    switch loss {
    case .mse, nil: #expect(abs(told - (after["dev_mse"] ?? .nan)) < 1e-6 * told)
    case .mae: #expect(abs(told - (after["dev_mae"] ?? .nan)) < 1e-6 * told)
    case .huber: #expect(told <= (after["dev_mse"] ?? .nan) / 2)
    }
    // Of the same unit as the dev loss, though the mean of all steps since the last measurement.
    #expect((after["train_loss"] ?? .nan) > told / 10)
    #expect(try trainer.measureTestSplit().metrics["test_r2"] ?? 0 > 0.98)
  }

  @Test func `several numbers are learned together`() throws {
    let data = try Self.data(targets: 2)
    #expect(data.form == .samples(shape: [2], targets: .numbers(2)))
    var trainer = try Trainer(Self.configuration(), data: data, seed: 1, trial: 0)
    _ = try trainer.train(to: 600)
    let metrics = try trainer.measure().metrics
    #expect((metrics["dev_r2"] ?? .nan) > 0.9)
    // The mean over both standardized targets.
    #expect((metrics["dev_loss"] ?? .nan) < 0.1)
  }

  @Test func `the losses are the formulas`() throws {
    let errors = try Tensor([-3, -1, -0.5, 0, 0.25, 2] as [Float])
    let values: [Double] = [-3, -1, -0.5, 0, 0.25, 2]
    for loss in RegressionLoss.allCases {
      let expected = values.map(loss.value).reduce(0, +) / 6
      #expect(abs(try loss.mean(of: errors).item() - expected) < 1e-6)
    }
    #expect(RegressionLoss.huber.value(of: -3) == 2.5)
    #expect(RegressionLoss.huber.value(of: 0.5) == 0.125)
  }

  @Test func `targets have mean 0 and deviation 1 on the train split`() throws {
    let data = try Self.data()
    let count = data.count(of: .train)
    let buffer = try BatchBuffer(data, capacity: count)
    try buffer.fill(0..<count, of: .train)
    guard case .numbers(let numbers) = buffer.targets else {
      Issue.record("targets that are no numbers")
      return
    }
    let mean = numbers.reduce(0) { $0 + Double($1) } / Double(count)
    let variance = numbers.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
    #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-5)
    let scaling = try #require(data.targetScaling)
    #expect(abs(scaling.means[0] - 1000) < 20 && scaling.deviations[0] > 30)
  }

  @Test func `a trial goes on from its state bit for bit`() throws {
    let data = try Self.data()
    var whole = try Trainer(Self.configuration(), data: data, seed: 1, trial: 4)
    _ = try whole.train(to: 20)
    var first = try Trainer(Self.configuration(), data: data, seed: 1, trial: 4)
    _ = try first.train(to: 9)
    var second = try Trainer(Self.configuration(), data: data, seed: 1, trial: 4)
    try second.restore(first.snapshot())
    _ = try second.train(to: 20)
    #expect(try whole.snapshot() == second.snapshot())
    #expect(try whole.measure() == second.measure())
  }

  @Test func `smoothing is of labels, and a regression has no accuracy`() {
    let configuration = Self.configuration()
    #expect(configuration.hyperparameters["label_smoothing"] == nil)
    let metrics = configuration.description.metrics.map(\.name)
    #expect(metrics.first == "dev_loss" && metrics.contains("dev_r2"))
    #expect(!metrics.contains("dev_accuracy") && !metrics.contains("dev_auc"))
    #expect(configuration.validate() == [])
  }

  @Test func `a transformer learns text alone`() {
    var configuration = Self.configuration()
    configuration.model = .transformer(TransformerConfiguration())
    #expect(configuration.validate().first?.description.hasPrefix("model: expected mlp or resnet or cnn or tabular or torchscript or exported") == true)
  }
}
