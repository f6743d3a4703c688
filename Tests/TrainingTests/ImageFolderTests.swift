import Foundation
import Testing

@testable import Training

@Suite struct ImageFolderTests {
  private static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  private static func format(_ path: String, color: Bool = true) throws -> ImageFolderData {
    let keys = "{\"path\": \"\(path)\", \"height\": 4, \"width\": 3, \"color\": \(color)}"
    return try JSONDecoder().decode(ImageFolderData.self, from: Data(keys.utf8))
  }

  private static func images(_ set: DataSet) -> [[Float]] {
    guard case .labelled(.memory(let values), let shape, _) = set.samples else { return [] }
    let size = shape.reduce(1, *)
    return values.withScalars { values in
      (0..<values.count / size).map { Array(values[$0 * size..<($0 + 1) * size]) }
    }
  }

  @Test func `images are those that Pillow reads and shrinks`() throws {
    let path = Self.golden.appending(path: "images").path
    let set = try Self.format(path).load(beside: nil)
    let expected = try JSONDecoder().decode(
      [[Float]].self, from: Data(contentsOf: Self.golden.appending(path: "images.json")))
    #expect(set.form == .labelled(shape: [3, 4, 3], classes: 2))
    #expect(set.labels == [0, 0, 1, 1, 1, 1] && set.classNames == ["cat", "dog"])
    // Pillow rounds to whole numbers, after each direction.
    for (found, image) in zip(Self.images(set), expected) {
      #expect(zip(found, image).allSatisfy { abs($0 - $1) < 1.5 })
    }
    let gray = try Self.images(Self.format(path, color: false).load(beside: nil))
    let (red, green, blue) = (expected[0][0], expected[0][12], expected[0][24])
    #expect(abs(gray[0][0] - (0.299 * red + 0.587 * green + 0.114 * blue)) < 1.5)
  }

  @Test func `a model's record has the names of the folders`() throws {
    let format = try Self.format(Self.golden.appending(path: "images").path)
    var configuration = SmallModel.mlp.configuration
    configuration.data = DataConfiguration(format)
    (configuration.batchSize, configuration.split) = (2, SplitFractions(train: 0.5, dev: 0.5, test: 0))
    let data = try TrainingData(configuration.data, split: configuration.split, seed: 3)
    let trainer = try Trainer(configuration, data: data, seed: 3, trial: 0)
    #expect(try trainer.record()?.classes == ["cat", "dog"])
  }

  /// One gray pixel of half the range, 0x8080 of 0xffff, without a word of its gamma.
  @Test func `samples of 16 bits are taken as those of 8 are`() throws {
    let bytes = try #require(
      Data(
        base64Encoded:
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABEAAAAABq7kcWAAAAC0lEQVR4nGNoaAAAAYMBARg1IhUAAAAASUVORK5CYII="))
    let folder = try TemporaryFolder()
    let image = try ImageFile(path: folder.write(Array(bytes), to: "gray.png"))
    var planes: [Float] = [0, 0, 0]
    planes.withUnsafeMutableBufferPointer { image.write(as: [3, 1, 1], to: $0.baseAddress!) }
    #expect(planes == [128, 128, 128])
  }

  @Test func `a damaged image is named, and so is what is no image`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/one", withIntermediateDirectories: true)
    for (name, words) in [("cat/a.png", ""), ("dog/a.jpg", "Premature end of JPEG file")] {
      let whole = try Data(contentsOf: Self.golden.appending(path: "images/\(name)"))
      let path = try folder.write(Array(whole.prefix(whole.count * 2 / 3)), to: "one/broken")
      let message = trainingError { () throws(TrainingError) in _ = try ImageFile(path: path) }
      #expect(message.hasPrefix("\(path): expected a PNG or JPEG image, found \(words)"), "\(message)")
    }
    let path = try folder.write("text", to: "one/broken")
    let format = try Self.format(folder.path)
    #expect(
      trainingError { () throws(TrainingError) in _ = try format.load(beside: nil) }
        == "\(path): expected a PNG or JPEG image, found neither a PNG nor a JPEG image. "
        + "Replace the file, or remove it.")
    _ = try folder.write("text", to: "readme")
    #expect(
      trainingError { () throws(TrainingError) in _ = try format.load(beside: nil) }
        == "\(folder.path)/readme: expected a folder of the images of a class, found a file. "
        + "Move it into the folder of its class, or remove it.")
  }

  @Test func `a part's classes are those of the training images`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/dog", withIntermediateDirectories: true)
    let image = try Data(contentsOf: Self.golden.appending(path: "images/dog/a.jpg"))
    _ = try folder.write(Array(image), to: "dog/x.jpg")
    let main = try Self.format(Self.golden.appending(path: "images").path).load(beside: nil)
    #expect(try Self.format(folder.path).load(beside: main).labels == [1])
  }
}
