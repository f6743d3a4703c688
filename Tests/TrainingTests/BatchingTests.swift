import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct BatchingTests {
  @Test func `a spread epoch uses every sample once, in batches that differ by one at most`() {
    for count in [1, 7, 100, 1_437, 8_000] {
      for size in [1, 2, 3, 30, 64, 1_000, 4_096, count] where size <= count {
        var cursor = DataCursor(count: count, tail: .spread)
        var batches: [Int] = []
        for step in 0..<3 * cursor.stepsInEpoch(of: size) {
          #expect(cursor.steps(of: size) == step)
          batches.append(cursor.batch(of: size))
          cursor.advance(by: size)
        }
        #expect(cursor.samples == 3 * count)
        let (least, most) = (batches.min() ?? 0, batches.max() ?? 0)
        #expect(most <= size && most - least <= 1, "\(count) samples in batches of \(size)")
        #expect(batches.count == 3 * ((count + size - 1) / size))
      }
    }
  }

  @Test func `a spread epoch goes on to its end with another batch size`() {
    var cursor = DataCursor(count: 100, tail: .spread)
    cursor.advance(by: 30)
    #expect(cursor.samples == 25)
    cursor.align(to: 60)
    #expect((cursor.batch(of: 60), cursor.samples) == (38, 25))
    cursor.advance(by: 60)
    cursor.advance(by: 60)
    #expect(cursor.samples == 100)
  }

  @Test func `an epoch that is spread trains on all samples`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.budgetUnit = .epochs
    configuration.batchSize = 1_000
    configuration = try configuration.setting("epoch_tail", to: .text("spread"))
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 3, trial: 0)
    _ = try trainer.train(to: 1)
    #expect(
      (trainer.progress.step, trainer.progress.lossCount) == (2, try SmallModel.mlp.data.count(of: .train)))
  }

  @Test func `every class is drawn as often where sampling is balanced`() throws {
    let folder = try TemporaryFolder()
    let samples = try folder.write(idxBytes([200, 1], (0..<200).map { UInt8($0) }), to: "samples")
    // 20 of the first class and 180 of the second.
    let labels = try folder.write(idxBytes([200], (0..<200).map { $0 % 10 == 0 ? 0 : 1 }), to: "labels")
    let data = try TrainingData(.idx(images: samples, labels: labels), split: SplitFractions(), seed: 0)
    var order = try SampleOrder(data, .balanced, seed: 5)
    let places = order.places(at: Array(0..<4_000))
    let rare = data.classes(atTrain: places).count { $0 == 0 }
    // Five deviations of a fair coin.
    #expect(abs(rare - 2_000) < 160)
    // A function of the position.
    #expect(order.places(at: [3_999, 17]) == [places[3_999], places[17]])
  }

  private struct Golden: Decodable {
    struct Loss: Decodable {
      var smoothing: Double
      var loss: Double
      var gradient: [Double]
    }

    var (logits, weights): ([Float], [Float])
    var labels: [Int]
    var losses: [Loss]
    var kept: [Double]
    var mixed: Double
    var balanced: [Double]

    private enum CodingKeys: String, CodingKey { case logits, weights, labels, losses, kept, mixed, balanced }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      logits = try container.decode([Float].self, forKey: .logits)
      weights = try container.decode([Float].self, forKey: .weights)
      labels = try container.decode([Int].self, forKey: .labels)
      losses = try container.decode([Loss].self, forKey: .losses)
      kept = try container.decode([Double].self, forKey: .kept)
      mixed = try container.decode(Double.self, forKey: .mixed)
      balanced = try container.decode([Double].self, forKey: .balanced)
    }
  }

  private static func golden() throws -> Golden {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Golden/class_weights.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: path))
  }

  @Test func `weighted and mixed losses are PyTorch's, gradients too`() throws {
    let golden = try Self.golden()
    for expected in golden.losses {
      let logits = try Tensor(golden.logits, shape: [6, 3])
      try logits.requireGradient()
      var shares = [Float](repeating: 0, count: 18)
      for (row, label) in golden.labels.enumerated() { shares[row * 3 + label] = golden.weights[label] }
      let task = Classification(labelSmoothing: expected.smoothing, classWeights: golden.weights)
      let loss = try task.trainingLoss(logits, Tensor(shares, shape: [6, 3]))
      try loss.backward()
      #expect(try abs(loss.item() - expected.loss) < 1e-6)
      let gradient = try #require(try logits.gradient()).scalars(Float.self)
      for (found, value) in zip(gradient, expected.gradient) { #expect(abs(Double(found) - value) < 1e-6) }
    }
    var shares = [Float](repeating: 0, count: 18)
    for (row, label) in golden.labels.enumerated() {
      shares[row * 3 + label] += Float(golden.kept[row])
      shares[row * 3 + golden.labels[5 - row]] += Float(1 - golden.kept[row])
    }
    let mixed = try Classification(labelSmoothing: 0.1).trainingLoss(
      Tensor(golden.logits, shape: [6, 3]), Tensor(shares, shape: [6, 3]))
    #expect(try abs(mixed.item() - golden.mixed) < 1e-6)
  }

  @Test func `balanced weights are scikit-learn's`() throws {
    let folder = try TemporaryFolder()
    let labels: [UInt8] = Array(repeating: 0, count: 10) + [1, 1, 1] + Array(repeating: 2, count: 7)
    let data = try TrainingData(
      .idx(
        images: folder.write(idxBytes([22, 1], (0..<22).map { UInt8($0) }), to: "samples"),
        labels: folder.write(idxBytes([22], labels + [0, 1]), to: "labels")),
      split: SplitFractions(train: 20.0 / 22, dev: 2.0 / 22, test: 0), seed: 0)
    let counts = try #require(data.classCounts(in: .train))
    let found = try #require(try data.weights(.balanced))
    for (weight, count) in zip(found, counts) {
      #expect(abs(Double(weight) - 20 / (3 * Double(count))) < 1e-6)
    }
    if counts == [10, 3, 7] { #expect(found == (try Self.golden().balanced.map { Float($0) })) }
    #expect(
      trainingError { () throws(TrainingError) in _ = try data.weights(.given([1, 2])) }
        == "class_weights: expected 3 weights, one for each class, found 2. Write one for each class, in the order of their numbers."
    )
  }

  @Test(arguments: ["balanced", "none"])
  func `weights of classes, interrupted, go on as if nothing had been`(weights: String) throws {
    var configuration = SmallModel.mlp.configuration
    configuration = try configuration.setting([
      "class_weights": .text(weights), "sampling": .text("balanced"), "epoch_tail": .text("spread"),
      "mixup": .number(0.4), "cutmix": .number(1), "shift": .number(0.1), "rotation": .number(10),
    ])
    configuration.batchSize = 1_000
    let data = try SmallModel.mlp.data
    var whole = try Trainer(configuration, data: data, seed: 3, trial: 0)
    _ = try whole.train(to: 5)
    var first = try Trainer(configuration, data: data, seed: 3, trial: 0)
    _ = try first.train(to: 3)
    var second = try Trainer(configuration, data: data, seed: 3, trial: 0)
    try second.restore(first.snapshot())
    _ = try second.train(to: 5)
    #expect(
      try second.snapshot()?.blocks["parameters"]?.values.elementsEqual(
        try #require(whole.snapshot()?.blocks["parameters"]?.values)) == true)
    #expect(second.progress.lossSum == whole.progress.lossSum)
  }

  @Test func `records without the options stay as they were, and hold those that are asked for`() throws {
    var configuration = TrainingConfiguration()
    let encoder = JSONEncoder()
    #expect(try !String(decoding: encoder.encode(configuration), as: UTF8.self).contains("batching"))
    configuration.batching.classWeights = .given([1, 2.5])
    configuration.augmentation.mixup = 0.2
    let record = try encoder.encode(configuration)
    #expect(String(decoding: record, as: UTF8.self).contains(#""batching":{"class_weights":[1,2.5]}"#))
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: record) == configuration)
  }
}
