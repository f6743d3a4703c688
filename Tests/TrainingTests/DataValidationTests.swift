import Foundation
import Testing

@testable import Training

@Suite struct BatchNormalizationTests {
  private static func mlp(batch: Int, accumulation: Int = 1, hidden: [Int] = [8]) -> TrainingConfiguration {
    var mlp = MLPConfiguration()
    (mlp.hidden, mlp.normalization) = (hidden, .batch)
    var configuration = TrainingConfiguration()
    configuration.model = .mlp(mlp)
    configuration.batchSize = batch
    configuration.accumulation = accumulation
    return configuration
  }

  @Test(arguments: [(1, 1, 1), (4, 1, 4), (6, 3, 2), (12, 12, 1)])
  func `one sample has no spread to divide by`(batch: Int, ranks: Int, accumulation: Int) {
    let problems = Self.mlp(batch: batch, accumulation: accumulation).validate(ranksPerTrial: ranks)
    #expect(problems.count == 1)
    let divided =
      ranks * accumulation == 1 ? "" : " on each of \(ranks) ranks, in each of \(accumulation) micro-batches"
    #expect(
      problems.first?.description.hasPrefix(
        "batch_size: expected at least \(2 * batch), 2 samples for batch normalization\(divided), found \(batch)."
      )
        == true, "\(problems)")
  }

  @Test func `two samples have, and so has a network without hidden layers`() {
    #expect(Self.mlp(batch: 2).validate() == [])
    #expect(Self.mlp(batch: 8, accumulation: 2).validate(ranksPerTrial: 2) == [])
    #expect(Self.mlp(batch: 1, hidden: []).validate() == [])
  }

  private static func resnet(batch: Int, shape: [Int]) throws -> [String] {
    let count = 40
    let values = try SampleMemory((0..<count * shape.reduce(1, *)).map { Float($0 % 7) })
    let labels = (0..<count).map { Int64($0 % 2) }
    let set = try DataSet.labelled(
      values: .memory(values), shape: shape, labels: labels, source: "images", labelSource: "labels")
    var resnet = ResNetConfiguration()
    resnet.depth = 8
    var configuration = TrainingConfiguration()
    configuration.model = .resnet(resnet)
    configuration.batchSize = batch
    let data = try TrainingData(set, split: SplitFractions(), seed: 1)
    return configuration.validate(with: data).map(\.description)
  }

  @Test(arguments: [(1, [1, 4, 4]), (1, [3, 1, 1]), (1, [1, 3, 4])])
  func `the last stage's pixels count too, once the images are known`(batch: Int, shape: [Int]) throws {
    let problems = try Self.resnet(batch: batch, shape: shape)
    #expect(problems.count == 1)
    #expect(
      problems.first?.hasPrefix(
        "batch_size: expected at least 2, 2 samples for batch normalization, found 1.")
        == true, "\(problems)")
  }

  @Test(arguments: [(1, [1, 5, 4]), (2, [1, 1, 1]), (1, [1, 8, 8])])
  func `one larger image, or two small ones, will do`(batch: Int, shape: [Int]) throws {
    #expect(try Self.resnet(batch: batch, shape: shape) == [])
  }

  @Test func `a loss that is not finite says of which measurement`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.optimizer.kind = .sgd
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 0)
    _ = try trainer.train(to: 3)
    try trainer.model.store.parameters.fillInPlace(.nan)
    let message = trainingError { () throws(TrainingError) in _ = try trainer.measure() }
    #expect(message == "diverged at step 3: the dev loss, measured after 3 steps, is not finite")
  }
}

@Suite struct DataValidationTests {
  private static func flat(labels: (Int) -> Int64) throws -> TrainingData {
    let values = try SampleMemory((0..<400).map { Float($0 % 11) })
    let set = try DataSet.labelled(
      values: .memory(values), shape: [8], labels: (0..<50).map(labels), source: "samples",
      labelSource: "labels")
    return try TrainingData(set, split: SplitFractions(), seed: 1)
  }

  private static func text(_ text: String) throws -> TrainingData {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "text.txt")
    return try TrainingData(
      DataConfiguration.text(path: path, contextLength: 4), split: SplitFractions(), seed: 1)
  }

  @Test func `a residual network needs images`() throws {
    let data = try Self.flat { Int64($0 % 3) }
    #expect(
      SmallModel.resnet.configuration.validate(with: data).map(\.description) == [
        "model: expected images, of shape [channels, height, width], for resnet, found samples of shape [8]. "
          + "Use the model mlp, or data of images."
      ])
    #expect(SmallModel.mlp.configuration.validate(with: data) == [])
    var smaller = SmallModel.mlp.configuration
    smaller.usedResolution = 0.5
    #expect(smaller.validate(with: data).first?.description.hasPrefix("resolution: expected images") == true)
  }

  @Test(arguments: [SmallModel.mlp, .resnet]) func `a text is for transformers`(model: SmallModel) throws {
    let data = try Self.text(String(repeating: "some words ", count: 40))
    #expect(
      model.configuration.validate(with: data).first?.description
        == "model: expected a transformer or torchscript or exported for text, or mlp or resnet or cnn or tabular or torchscript or exported for labelled samples, found \(model). "
        + "Change the model or the data.")
    #expect(SmallModel.transformer.configuration.validate(with: data) == [])
  }

  @Test func `one class, or one character, is nothing to learn`() throws {
    #expect(
      SmallModel.mlp.configuration.validate(with: try Self.flat { _ in 0 }).map(\.description)
        == ["data: expected at least 2 classes in the labels, found 1. Give data with more classes."])
    #expect(
      SmallModel.transformer.configuration.validate(with: try Self.text(String(repeating: "a", count: 400)))
        .map(\.description)
        == [
          "data: expected at least 2 distinct characters in the text, found 1. "
            + "Give a text with something to learn in it."
        ])
  }

  @Test(arguments: [(40, 1.0, true), (41, 1.0, false), (20, 0.4, false)])
  func `a batch is no larger than the samples that are left`(batch: Int, share: Double, fits: Bool) throws {
    var configuration = SmallModel.mlp.configuration
    (configuration.batchSize, configuration.usedDataShare) = (batch, share)
    let problems = configuration.validate(with: try Self.flat { Int64($0 % 2) })
    #expect(problems.isEmpty == fits, "\(problems)")
  }
}
