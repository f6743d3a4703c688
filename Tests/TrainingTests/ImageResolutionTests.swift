import Testing
import Training

@Suite struct ImageResolutionTests {
  @Test func `pixels are means over equal areas`() {
    // Two channels of 2 x 4 pixels, halved to 1 x 2.
    let image: [Float] = [1, 2, 3, 4, 5, 6, 7, 8] + [10, 20, 30, 40, 50, 60, 70, 80]
    #expect(averaged(image, from: [2, 2, 4], to: [1, 2]) == [3.5, 5.5, 35, 55])
    #expect(averaged(image, from: [2, 2, 4], to: [2, 4]) == image)
  }

  @Test func `a pixel that two areas share counts in each by its part`() {
    // Areas of one and a half pixels: (1 + 2/2) / 1.5 and (2/2 + 6) / 1.5.
    let row: [Float] = [1, 2, 6]
    let expected: [Float] = [4 / 3, 14 / 3]
    for (result, expected) in zip(averaged(row, from: [1, 1, 3], to: [1, 2]), expected) {
      #expect(abs(result - expected) < 1e-6)
    }
  }

  @Test(arguments: [0.1, 0.3, 0.5, 0.7, 0.99])
  func `the mean of an image stays what it was`(resolution: Double) throws {
    let whole = try SmallModel.resnet.data
    let small = try whole.scaled(to: resolution)
    for part in DataPart.allCases where part != .secondDev {
      #expect(small.count(of: part) == whole.count(of: part))
      for (image, smaller) in zip(try images(of: whole, part), try images(of: small, part)) {
        let side = Int((8 * resolution).rounded(.up))
        #expect(smaller.count == side * side)
        #expect(abs(mean(image) - mean(smaller)) < 1e-5)
      }
    }
  }

  @Test func `only images have a resolution`() throws {
    let folder = try TemporaryFolder()
    let vectors = try TrainingData(
      .idx(
        images: folder.write(idxBytes([20, 2], (0..<40).map { UInt8($0) }), to: "vectors"),
        labels: folder.write(idxBytes([20], (0..<20).map { UInt8($0 % 2) }), to: "labels")),
      split: SplitFractions(), seed: 1)
    let text = try SmallModel.transformer.data
    for (data, found) in [(vectors, "samples of shape [2]"), (text, "a text")] {
      #expect(
        trainingError { () throws(TrainingError) in _ = try data.scaled(to: 0.5) } == """
          resolution: expected images, of shape [channels, height, width], found \(found). \
          Leave resolution out, or give data of images.
          """)
    }
  }

  @Test(arguments: [SmallModel.mlp, .resnet])
  func `a trial trains on smaller images, and says so`(model: SmallModel) throws {
    var whole = model.configuration
    whole.resourceMetrics = [.parameters]
    var trainer = try Trainer(
      whole.setting("resolution", to: .number(0.5)), data: model.data, seed: 3, trial: 0)
    #expect(try trainer.effectiveHyperparameters()["resolution"] == .number(0.5))
    let before = try trainer.measure().metrics
    _ = try trainer.train(to: 30)
    #expect(try trainer.measure().metrics["dev_loss"]! < before["dev_loss"]!)
    // A perceptron of 24 units reads 16 pixels instead of 64; a residual network averages over them.
    var other = try Trainer(whole, data: model.data, seed: 3, trial: 0)
    let fewer = try other.measure().metrics["parameters"]! - before["parameters"]!
    #expect(fewer == (model == .mlp ? 48 * 24 : 0))
  }

  /// One image, `[channels, height, width]`, averaged to a height and width.
  private func averaged(_ image: [Float], from shape: [Int], to area: [Int]) -> [Float] {
    let average = AreaAverage(
      channels: shape[0], height: shape[1], width: shape[2], toHeight: area[0], width: area[1])
    return Array(unsafeUninitializedCapacity: shape[0] * area[0] * area[1]) { result, count in
      average.apply(to: image, into: result.baseAddress!)
      count = result.count
    }
  }

  private func mean(_ image: [Float]) -> Float { image.reduce(0, +) / Float(image.count) }

  private func images(of data: TrainingData, _ part: DataPart) throws -> [[Float]] {
    let count = data.count(of: part)
    let buffer = try BatchBuffer(data, capacity: count)
    try buffer.fill(0..<count, of: part)
    guard case .features(let features) = buffer.inputs else { return [] }
    let size = features.count / count
    return (0..<count).map { Array(features[$0 * size..<($0 + 1) * size]) }
  }
}
