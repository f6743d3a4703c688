import Foundation
import JSON
import Tensors
import Testing

@testable import Training

/// Models of every kind, written for PyTorch.
@Suite struct ExportedModelTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var model: SmallModel
    var settings: [String: HyperparameterValue] = [:]
    /// Of the digits that train.
    var share = 0.8

    var testDescription: String {
      ([model.rawValue] + settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        .joined(separator: ", ")
    }

    func trainer() throws -> Trainer {
      let configuration = try model.configuration.setting(settings)
      let split = SplitFractions(train: share, dev: 0.1, test: 0.9 - share)
      let data = share == 0.8 ? try model.data : try TrainingData(.digits, split: split, seed: 3)
      var trainer = try Trainer(configuration, data: data, seed: 1, trial: 0)
      _ = try trainer.train(to: 12)
      return trainer
    }
  }

  static let cases =
    SmallModel.allCases.map { Case(model: $0) } + [
      Case(model: .mlp, settings: ["normalization": .text("batch")]),
      Case(model: .mlp, settings: ["normalization": .text("rms"), "activation": .text("gelu")]),
      Case(model: .cnn, settings: ["normalization": .text("none"), "sees_pixels": .text("true")]),
      Case(
        model: .cnn,
        settings: ["normalization": .text("group"), "norm_groups": .number(4), "activation": .text("mish")]),
      Case(model: .resnet, settings: ["squeeze": .number(2), "preactivation": .text("true")]),
      Case(
        model: .transformer,
        settings: [
          "positions": .text("rotary"), "gated": .text("true"), "normalization": .text("rms"),
          "tied_head": .text("true"),
        ]),
      Case(model: .mlp, settings: ["normalization": .text("batch"), "averaging": .text("ema")]),
      Case(model: .mlp, settings: ["optimizer": .text("schedule_free_adamw")]),
      Case(
        model: .mlp, settings: ["feature_scaling": .text("robust"), "feature_components": .number(9)],
        share: 0.2),
      Case(model: .mlp, settings: ["feature_degree": .number(2)], share: 0.1),
    ]

  @Test(arguments: cases)
  func `a TorchScript module has the model's tensors and its answers, whatever the batch`(
    example: Case
  ) throws {
    let folder = try TemporaryFolder()
    var trainer = try example.trainer()
    // The format compares answers, and throws where they differ.
    try trainer.lendEvaluated { model throws(TrainingError) in
      try TorchScriptFormat.write(model, origin: ["trial": .integer(3)], to: folder.file("model.pt"))
    }
    let script = try ScriptModule(path: folder.file("model.pt"))
    let store = trainer.model.store
    let parameters = Dictionary(uniqueKeysWithValues: script.parameters.map { ($0.name, $0) })
    #expect(Set(parameters.keys) == Set(store.parameterEntries.map(\.name)))
    let areTrained = script.parameters.allSatisfy { $0.isTrained }
    #expect(areTrained)
    let buffers = Set(script.buffers.map(\.name))
    #expect(buffers.isSuperset(of: store.bufferEntries.map(\.name)))
    for entry in store.parameterEntries { #expect(parameters[entry.name]?.shape == entry.shape) }
  }

  /// Digits as they are in the file, against what the trainer measures of those that it has prepared.
  @Test(arguments: cases.filter { $0.model != .transformer })
  func `raw samples get the accuracy that was measured`(example: Case) throws {
    let folder = try TemporaryFolder()
    var trainer = try example.trainer()
    let measured = try trainer.measure().metrics
    let expected = try #require(measured["dev_accuracy"])
    var raw: [Int] = []
    try trainer.lendEvaluated { model throws(TrainingError) in
      raw = model.preparation.sampleShape
      try TorchScriptFormat.write(model, origin: [:], to: folder.file("model.pt"))
    }
    let set = try DataSet.open(.digits)
    guard case .labelled(.memory(let memory), _, .classes(let labels, _)) = set.samples,
      case .labelled(_, _, _, let split) = trainer.data.content
    else {
      Issue.record("digits are samples in memory, of classes")
      return
    }
    let (values, classes) = (memory.withScalars { Array($0) }, labels.withScalars { Array($0) })
    let size = values.count / classes.count
    let places = split[.dev].map { Int($0) }
    let samples = places.flatMap { values[$0 * size..<($0 + 1) * size] }
    let script = try ScriptModule(path: folder.file("model.pt"))
    let answers = try script(Tensor(samples, shape: [places.count] + raw), isTraining: false)
    let found = try answers.argmax(along: 1).scalars(Int64.self)
    let correct = zip(found, places).count { $0 == classes[$1] }
    #expect(abs(Double(correct) / Double(places.count) - expected) < 1e-6)
  }

  /// Missing values, categories, features of features, and answers in their own unit.
  @Test(arguments: [1, 2])
  func `rows of a table get the answers whose loss was measured`(degree: Int) throws {
    let folder = try TemporaryFolder()
    func row(_ number: Int) -> (size: Float?, isRed: Bool, price: Float) {
      let size: Float? = number % 7 == 0 ? nil : Float(number * 37 % 101) / 7
      return (size, number % 3 == 0, 1000 + 30 * (size ?? 5) + (number % 3 == 0 ? 90 : 0))
    }
    func table(_ numbers: Range<Int>) -> String {
      numbers.reduce("size,colour,price\n") { text, number in
        let row = row(number)
        return text + "\(row.size.map { "\($0)" } ?? ""),\(row.isRed ? "red" : "blue"),\(row.price)\n"
      }
    }
    func format(_ path: String) -> CSVData {
      var format = CSVData(path: path, target: ["price"], task: .regression)
      format.missing = .median
      return format
    }
    var data = DataConfiguration(format(try folder.write(table(0..<160), to: "train.csv")))
    data.dev = format(try folder.write(table(900..<960), to: "dev.csv"))
    var configuration = SmallModel.mlp.configuration
    configuration.data = data
    configuration.features.degree = degree
    let split = SplitFractions(train: 0.8, dev: 0.1, test: 0.1)
    var trainer = try Trainer(
      configuration, data: TrainingData(data, split: split, seed: 1), seed: 1, trial: 0)
    _ = try trainer.train(to: 40)
    let measured = try trainer.measure().metrics
    let expected = try #require(measured["dev_loss"])
    let record = try trainer.record()
    let columns = try #require(record?.columns)
    try trainer.lendEvaluated { model throws(TrainingError) in
      try TorchScriptFormat.write(model, origin: [:], to: folder.file("model.pt"))
    }
    // Categories come in the order of the record.
    let red = try #require(columns.firstRange(of: "red")).lowerBound
    let blue = try #require(columns.firstRange(of: "blue")).lowerBound
    let isRedFirst = red < blue
    let rows = (900..<960).map(row)
    let inputs = rows.flatMap { row -> [Float] in
      let colours: [Float] = row.isRed == isRedFirst ? [1, 0] : [0, 1]
      return [row.size ?? .nan] + colours
    }
    let script = try ScriptModule(path: folder.file("model.pt"))
    let answers = try script(Tensor(inputs, shape: [rows.count, 3]), isTraining: false).scalars(Float.self)
    let loss =
      zip(answers, rows).reduce(0) { $0 + Double(($1.0 - $1.1.price) * ($1.0 - $1.1.price)) }
      / Double(rows.count)
    #expect(abs(loss - expected) < 1e-5 * expected)
  }

  @Test func `a safetensors file has the header of its specification, and every byte of every tensor`() throws
  {
    let folder = try TemporaryFolder()
    var trainer = try Case(model: .cnn).trainer()
    let path = folder.file("model.safetensors")
    try trainer.lendEvaluated { model throws(TrainingError) in
      try SafetensorsFormat.write(model, origin: ["study": .text("digits")], to: path)
    }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let parsed = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length]))
    let header = try #require(parsed as? [String: [String: Any]])
    let metadata = try #require(header["__metadata__"] as? [String: String])
    let text = try #require(metadata["record"])
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let record = try #require(object as? [String: Any])
    #expect(record["study"] as? String == "digits")
    #expect(record["sample_shape"] as? [Int] == [1, 8, 8])
    var end = 0
    let places = try header.filter { $0.key != "__metadata__" }.map { name, entry in
      (name, try #require(entry["data_offsets"] as? [Int]), try #require(entry["shape"] as? [Int]))
    }
    for (name, offsets, shape) in places.sorted(by: { $0.1[0] < $1.1[0] }) {
      #expect(offsets[0] == end && offsets[1] - offsets[0] == 4 * shape.reduce(1, *), "\(name)")
      end = offsets[1]
    }
    #expect(8 + length + end == bytes.count)
    let store = trainer.model.store
    for entry in store.parameterEntries {
      let place = try #require(places.first { $0.0 == entry.name })
      let stored = bytes[(8 + length + place.1[0])..<(8 + length + place.1[1])]
      let values = try store.tensor(entry.name).scalars(Float.self)
      let isSame = values.withUnsafeBytes { $0.elementsEqual(stored) }
      #expect(isSame)
    }
  }
}
