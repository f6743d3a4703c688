import Foundation
import Testing

@testable import Training

/// docs/checkpoint-format.md against a checkpoint that is opened with h5py.
@Suite(.enabled(if: python != nil, "no Python that imports h5py: name one by TUNER_PYTHON"))
struct CheckpointDocumentTests {
  let directory: TemporaryFolder

  init() throws { directory = try TemporaryFolder() }

  /// The text between the lines of a fenced block.
  func fenced(_ language: String, containing word: String) throws -> String {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/checkpoint-format.md")
    let blocks = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "```\(language)\n")
      .dropFirst()
    let texts = blocks.map { $0.components(separatedBy: "\n```")[0] }
    return try #require(texts.first { $0.contains(word) })
  }

  func run(_ script: String, in directory: String) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }

  @Test func `the documented program prints what the document says`() throws {
    try CheckpointFile.write(CheckpointFileTests.example, to: directory.file("checkpoint.h5"))
    let output = try run(try fenced("python", containing: "checkpoint.h5"), in: directory.path)
    #expect(output == (try fenced("text", containing: "trial 17")) + "\n")
  }

  @Test func `h5py finds the documented names, shapes, types and attributes, and no others`() throws {
    try CheckpointFile.write(CheckpointFileTests.example, to: directory.file("checkpoint.h5"))
    let script = """
      import h5py
      def show(name, thing):
          kind = f"{thing.dtype} {thing.shape}" if isinstance(thing, h5py.Dataset) else "group"
          print(name, kind, sorted(f"{key}:{value.dtype.kind}" for key, value in
              ((key, thing.attrs[key]) for key in thing.attrs)))
      with h5py.File("checkpoint.h5") as f:
          show("/", f)
          f.visititems(show)
      """
    let root = [
      "blocks:S", "budget:i", "budget_unit:S", "complete:b", "configuration:S", "format:S",
      "format_version:i", "job:i",
      "loss_count:i", "loss_sum:f", "origin_budget:i", "origin_trial:i", "samples:i", "step:i", "study:S",
      "target:i",
      "trial:i",
    ]
    let tensor = "['crc32c:u', 'offset:i']"
    let expected = """
      / group \(root.description.replacingOccurrences(of: "\"", with: "'"))
      hyperparameters group ['learning_rate:f', 'optimizer:S']
      measurements group []
      measurements/budget int64 (2,) ['crc32c:u']
      measurements/metrics group []
      measurements/metrics/dev_accuracy float64 (2,) ['crc32c:u']
      measurements/metrics/train_loss float64 (2,) ['crc32c:u']
      buffers group ['elements:i']
      optimizer group []
      optimizer/first_moment group ['elements:i']
      optimizer/first_moment/layers.0.weight float32 (2, 3) \(tensor)
      optimizer/first_moment/layers.0.bias float32 (2,) \(tensor)
      parameters group ['elements:i']
      parameters/layers.0.weight float32 (2, 3) \(tensor)
      parameters/layers.0.bias float32 (2,) \(tensor)

      """
    let lines = try run(script, in: directory.path).split(separator: "\n").sorted()
    #expect(lines == expected.split(separator: "\n").sorted())
  }

  /// What is made of a table's columns before a model sees them.
  struct Inputs: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var missing = CSVData.Missing.refuse
    var change: @Sendable (inout Features) -> Void = { _ in }
  }

  static let inputs = [
    Inputs(testDescription: "plain"), Inputs(testDescription: "mean", missing: .mean),
    Inputs(testDescription: "median", missing: .median) { $0.columns = ["weight": false, "size": true] },
    Inputs(testDescription: "most frequent, robust", missing: .mostFrequent) { $0.scaling = .robust },
    Inputs(testDescription: "minmax, products", missing: .median) { ($0.scaling, $0.degree) = (.minmax, 3) },
    Inputs(testDescription: "components", missing: .mean) {
      ($0.scaling, $0.degree, $0.components, $0.columns) = (.none, 2, 6, ["weight": false])
    },
  ]

  @Test(arguments: inputs)
  func `a model is rebuilt from its checkpoint alone by the documented program`(inputs: Inputs) throws {
    func table(_ count: Int, from first: Int) -> String {
      (first..<first + count).reduce("size,colour,weight,kind\n") { text, number in
        let (size, colour) = (Double(number * 37 % 101) / 7, ["red", "blue", "green"][number * 7 % 3])
        let kind = size + (colour == "red" ? 4 : 0) > 9 ? "large, or red" : "small"
        var fields = ["\(size)", colour, number % 11 == 0 ? "1e3" : "\(number * 13 % 29)"]
        if inputs.missing != .refuse, number % 5 == 0 {
          fields[number / 5 % 3] = ["", "NA", "?"][number % 3]
        }
        return text + "\(fields.joined(separator: ",")),\"\(kind)\"\n"
      }
    }
    func format(_ path: String) -> CSVData {
      var format = CSVData(path: path, target: ["kind"])
      format.missing = inputs.missing
      return format
    }
    var data = DataConfiguration(format(try directory.write(table(200, from: 0), to: "train.csv")))
    data.dev = format(try directory.write(table(60, from: 900), to: "dev.csv"))
    var configuration = SmallModel.mlp.configuration
    (configuration.data, configuration.optimizer.learningRate) = (data, 0.01)
    inputs.change(&configuration.features)
    configuration.split = SplitFractions(train: 0.8, dev: 0.1, test: 0.1)
    var trainer = try Trainer(
      configuration, data: TrainingData(data, split: configuration.split, seed: 1), seed: 1, trial: 0)
    _ = try trainer.train(to: 60)
    let expected = try trainer.measure().metrics
    let snapshot = try #require(try trainer.snapshot())
    var checkpoint = Checkpoint(
      metadata: CheckpointFileTests.example.metadata, snapshot: snapshot, record: try trainer.record())
    let path = directory.file("model.h5")
    try CheckpointFile.write(checkpoint, to: path)
    let output = try run(try fenced("python", containing: "model.h5"), in: directory.path)
    let numbers = output.split(separator: "\n").compactMap {
      $0.split(separator: " ").last.flatMap { Double($0) }
    }
    #expect(numbers.count == 2, "\(output)")
    let (loss, accuracy) = (try #require(expected["dev_loss"]), try #require(expected["dev_accuracy"]))
    #expect(abs(numbers[0] - loss) < 2e-5 * max(1, loss))
    #expect(abs(numbers[1] - accuracy) < 1e-12)
    // Who goes on reads no record.
    checkpoint.record = nil
    #expect(try CheckpointFile.read(path) == checkpoint)
  }

  @Test func `the document names every attribute of the root`() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/checkpoint-format.md")
    let document = try String(contentsOf: path, encoding: .utf8)
    for name in [
      "format", "format_version", "study", "trial", "job", "target", "complete", "budget", "budget_unit",
      "step",
      "samples", "loss_sum", "loss_count", "origin_trial", "origin_budget", "configuration", "blocks",
      "elements",
      "offset", "crc32c",
    ] {
      #expect(document.contains("`\(name)`"))
    }
  }
}

/// A Python with h5py: the one that TUNER_PYTHON names, else the one that the project's tests share, else the
/// system's.
let python: String? = {
  let environment = ProcessInfo.processInfo.environment
  let directories = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
  let shared = (environment["HOME"] ?? "") + "/.cache/tuner-mpi/python/bin/python"
  return ([environment["TUNER_PYTHON"], shared].compactMap { $0 } + directories).first { candidate in
    guard FileManager.default.isExecutableFile(atPath: candidate) else { return false }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: candidate)
    process.arguments = ["-c", "import h5py"]
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return false
    }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}()

extension TemporaryFolder {
  func file(_ name: String) -> String { path + "/" + name }
}
