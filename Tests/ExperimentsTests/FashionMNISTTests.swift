import Experiments
import Foundation
import Search
import Testing
import Training

/// The example's network learns what the example says that it does, if briefly.
@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist"),
    "no Fashion-MNIST: apt-get install dataset-fashion-mnist"))
struct FashionMNISTTests {
  @Test func `a few steps of the convolutional example tell most clothes apart`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let experiment = try Experiment(path: root.appending(path: "configs/fashion-mnist-cnn.yaml").path)
    var configuration = try #require(experiment.trainee.training)
    let data = try TrainingData(configuration.data, split: configuration.split, seed: experiment.seed)
    #expect(data.count(of: .test) == 10_000 && data.count(of: .dev) == 6_000)
    configuration.dataShare = 0.1
    var trainer = try Trainer(configuration, data: data, seed: experiment.seed, trial: 0)
    #expect(try trainer.train(to: 1) { false } == .reachedTarget)
    // 42 steps of 128 images; one of ten classes is 0.1 right.
    #expect(try #require(trainer.measure().metrics["dev_accuracy"]) > 0.6)
  }
}
