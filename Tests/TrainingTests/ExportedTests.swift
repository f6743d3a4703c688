import Foundation
import Tensors
import Testing

@testable import Training

/// Exported programs of somebody's own against their modules in PyTorch: Golden/exported.py.
@Suite struct ExportedTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  struct Golden: Decodable {
    var losses: [Double]?
    /// Of each step: of a parameter's gradient the norm, and the product with a pattern.
    var norms, products: [[String: Double]]?
    /// After the steps.
    var buffers: [String: [Float]]?
    /// The first of an evaluation after the steps.
    var logits: [Float]
  }

  static func all() throws -> [String: Golden] {
    try JSONDecoder().decode(
      [String: Golden].self, from: Data(contentsOf: golden.appending(path: "exported.json")))
  }

  static func program(_ path: String) -> ModelConfiguration {
    var shape = ExportedConfiguration()
    shape.path = path
    return .exported(shape)
  }

  static func program(named name: String) -> ModelConfiguration {
    program(golden.appending(path: "exported/\(name).pt2").path)
  }

  static let digits = DataSet.Form.labelled(shape: [1, 8, 8], classes: 10)
  static let small = DataSet.Form.labelled(shape: [1, 6, 6], classes: 3)
  static let text = DataSet.Form.text(vocabulary: Array(0..<11), contextLength: 9)

  static func form(_ name: String) -> DataSet.Form {
    switch name {
    case "text", "noisy": text
    case "arithmetic", "counting", "unrecorded": small
    default: digits
    }
  }

  /// - Parameter rows: nil for as many as the golden file has.
  static func batch(_ name: String, rows: Int? = nil) throws -> (inputs: Tensor, targets: Tensor) {
    switch form(name) {
    case .text:
      let tokens = (0..<27).map { $0 * 5 % 11 }
      return (try Tensor(tokens, shape: [3, 9]), try Tensor(tokens.map { ($0 + 3) % 11 }, shape: [3, 9]))
    case .samples(let shape, _, _):
      let count = rows ?? (shape == [1, 6, 6] ? 4 : 6)
      let pixels = ModelsGoldenTests.pattern(count * shape.reduce(1, *), 77).map { $0 * 4 }
      let classes = shape == [1, 6, 6] ? 3 : 10
      return (
        try Tensor(pixels, shape: [count] + shape), try Tensor((0..<count).map { $0 * 7 % classes })
      )
    }
  }

  static func logits(_ model: any Model, _ inputs: Tensor) throws -> [Float] {
    try withoutGradients { () throws(TensorError) -> [Float] in
      try model.outputs(inputs, .evaluation).scalars()
    }
  }

  /// A file, and the module that it should be.
  @Test(arguments: [
    ("own", "own"), ("tied", "tied"), ("text", "text"), ("arithmetic", "arithmetic"),
    ("counting", "counting"),
    ("unrecorded", "unrecorded"),
    ("cnn", "cnn"),
    // Exported in eval mode, and after PyTorch has made functions of what changes buffers.
    ("evaluating", "cnn"), ("decomposed", "cnn"),
  ])
  func `a program starts from its file, and trains as its module does in PyTorch`(
    file: String, name: String
  ) throws {
    let golden = try #require(try Self.all()[name])
    let (losses, norms) = (try #require(golden.losses), try #require(golden.norms))
    let products = try #require(golden.products)
    let model = try Self.program(named: file).makeModel(for: Self.form(name), seed: 1, device: .cpu)
    let entries = model.store.parameterEntries
    #expect(Set(norms[0].keys) == Set(entries.map(\.name)))
    let (inputs, targets) = try Self.batch(name)
    for step in 0..<3 {
      let loss = try model.trainingLoss(
        inputs, targets, SampleStream(seed: 1, first: 0), for: Classification())
      try loss.backward()
      #expect(abs(try loss.item() - losses[step]) < 1e-5)
      for entry in entries {
        let gradient: [Float] = try model.store.gradients.narrowed(
          entry.offset..<entry.offset + entry.count, along: 0
        ).scalars()
        let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let product = zip(gradient, ModelsGoldenTests.pattern(entry.count, 5000)).reduce(0) {
          $0 + Double($1.0) * Double($1.1)
        }
        let expected = try #require(norms[step][entry.name])
        #expect(abs(norm - expected) <= 1e-5 * max(1, expected), "\(entry.name)")
        #expect(
          abs(product - (products[step][entry.name] ?? .nan)) <= 1e-5 * max(1, expected), "\(entry.name)")
      }
      try model.store.parameters.addInPlace(model.store.gradients, scale: -0.1)
    }
    let buffers = try #require(golden.buffers)
    #expect(Set(model.store.bufferEntries.map(\.name)) == Set(buffers.keys))
    let before: [Float] = try model.store.buffers.scalars()
    for entry in model.store.bufferEntries {
      let found = before[entry.offset..<entry.offset + entry.count]
      for (one, other) in zip(found, buffers[entry.name] ?? []) {
        #expect(abs(one - other) <= 1e-5 * max(1, abs(other)), "\(entry.name)")
      }
    }
    for (logit, expected) in zip(try Self.logits(model, inputs), golden.logits) {
      #expect(abs(logit - expected) < 1e-4)
    }
    #expect(try model.store.buffers.scalars() == before)
  }

  @Test func `an evaluation drops nothing, and a training pass drops by its seed`() throws {
    let golden = try #require(try Self.all()["noisy"])
    let model = try Self.program(named: "noisy").makeModel(for: Self.text, seed: 1, device: .cpu)
    let (inputs, _) = try Self.batch("noisy")
    for _ in 0..<2 {
      for (logit, expected) in zip(try Self.logits(model, inputs), golden.logits) {
        #expect(abs(logit - expected) < 1e-5)
      }
    }
    func dropped(_ first: Int) throws -> [Float] {
      try model.outputs(inputs, .training(SampleStream(seed: 4, first: first))).detached().scalars()
    }
    let once = try dropped(0)
    #expect(try dropped(0) == once)
    #expect(try dropped(64) != once)
    #expect(try once != Self.logits(model, inputs))
  }

  @Test(arguments: [1, 2, 5]) func `numbers that follow from the batch's size are right for any`(
    rows: Int
  ) throws {
    let golden = try #require(try Self.all()["arithmetic of \(rows)"])
    let model = try Self.program(named: "arithmetic").makeModel(for: Self.small, seed: 1, device: .cpu)
    let logits = try Self.logits(model, Self.batch("arithmetic", rows: rows).inputs)
    #expect(logits.count == 3 * rows)
    for (logit, expected) in zip(logits, golden.logits) { #expect(abs(logit - expected) < 1e-5) }
  }

  @Test(arguments: ["own", "cnn", "decomposed", "dropout"])
  func `a trial of a program resumes as if it had never stopped, bit for bit`(name: String) throws {
    var configuration = SmallModel.mlp.configuration
    configuration.model = Self.program(named: name)
    func trainer(_ trial: Int) throws -> Trainer {
      try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: trial)
    }
    var uninterrupted = try trainer(1)
    _ = try uninterrupted.train(to: 6)
    var first = try trainer(1)
    _ = try first.train(to: 3)
    // A clone, and a living trainer that has been elsewhere.
    var second = try trainer(1)
    _ = try second.train(to: 5)
    _ = try second.measure()
    try second.restore(first.snapshot())
    _ = try second.train(to: 6)
    #expect(try second.snapshot() == uninterrupted.snapshot())
    #expect(try second.measure() == uninterrupted.measure())
    #expect(
      try #require(second.snapshot()?.blocks["buffers"]).values != first.snapshot()?.blocks["buffers"]?.values
    )
  }

  @Test func `given other parameters, a program computes with them, and with its own again`() throws {
    let model = try Self.program(named: "tied").makeModel(for: Self.digits, seed: 1, device: .cpu)
    let (inputs, _) = try Self.batch("tied")
    let own = try Self.logits(model, inputs)
    let zeros = try Parameters(viewing: Tensor.zeros([model.store.layout.elements]), as: model.store)
    let given: [Float] = try model.outputs(inputs, .evaluation.with(zeros)).scalars()
    #expect(given.allSatisfy { $0 == 0 })
    #expect(try Self.logits(model, inputs) == own)
  }
}
