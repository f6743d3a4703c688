import Foundation
import Tensors
import Testing

@testable import Training

/// Modules of somebody's own against themselves in PyTorch: Golden/scripts.py.
@Suite struct TorchScriptTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  private static func module(_ name: String) -> ModelConfiguration {
    var shape = TorchScriptConfiguration()
    shape.path = golden.appending(path: "scripts/\(name).pt").path
    return .torchScript(shape)
  }

  private static let digits = DataSet.Form.labelled(shape: [1, 8, 8], classes: 10)
  private static let text = DataSet.Form.text(vocabulary: Array(0..<11), contextLength: 9)

  private static func batch(_ name: String) throws -> (inputs: Tensor, targets: Tensor) {
    if name == "text" {
      let tokens = (0..<27).map { $0 * 5 % 11 }
      return (try Tensor(tokens, shape: [3, 9]), try Tensor(tokens.map { ($0 + 3) % 11 }, shape: [3, 9]))
    }
    let pixels = ModelsGoldenTests.pattern(6 * 64, 77).map { $0 * 4 }
    return (try Tensor(pixels, shape: [6, 1, 8, 8]), try Tensor((0..<6).map { $0 * 7 % 10 }))
  }

  @Test(arguments: ["own", "tied", "text"])
  func `a module starts from its file, and trains as it does in PyTorch`(name: String) throws {
    let all = try JSONDecoder().decode(
      [String: ModelsGoldenTests.Golden].self,
      from: Data(contentsOf: Self.golden.appending(path: "scripts.json")))
    let golden = try #require(all[name])
    let form = name == "text" ? Self.text : Self.digits
    let model = try Self.module(name).makeModel(for: form, seed: 1, device: .cpu)
    #expect(Set(golden.gradientNorms.keys) == Set(model.store.parameterEntries.map(\.name)))
    let (inputs, targets) = try Self.batch(name)
    for step in 0..<3 {
      let loss = try model.trainingLoss(
        inputs, targets, SampleStream(seed: 1, first: 0),
        for: Classification(labelSmoothing: name == "tied" ? 0.1 : 0))
      try loss.backward()
      #expect(abs(try loss.item() - golden.losses[step]) < 1e-5)
      for entry in model.store.parameterEntries where step == 0 {
        let range = entry.offset..<entry.offset + entry.count
        let norm = try model.store.gradients.narrowed(range, along: 0).norm().item()
        let expected = try #require(golden.gradientNorms[entry.name])
        #expect(abs(norm - expected) <= 1e-5 + 1e-4 * expected, "\(entry.name)")
      }
      try model.store.parameters.addInPlace(model.store.gradients, scale: -0.1)
    }
    let logits = try withoutGradients { () throws(TensorError) -> [Float] in
      try model.outputs(inputs, .evaluation).scalars()
    }
    for (logit, expected) in zip(logits, golden.logits) { #expect(abs(logit - expected) < 1e-4) }
  }

  @Test(arguments: ["own", "dropout"])
  func `a trial of a module resumes as if it had never stopped, bit for bit`(name: String) throws {
    var configuration = SmallModel.mlp.configuration
    configuration.model = Self.module(name)
    func trainer(_ trial: Int) throws -> Trainer {
      try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: trial)
    }
    var uninterrupted = try trainer(1)
    _ = try uninterrupted.train(to: 6)
    var first = try trainer(1)
    _ = try first.train(to: 3)
    var second = try trainer(1)
    try second.restore(first.snapshot())
    _ = try second.train(to: 6)
    #expect(try second.snapshot() == uninterrupted.snapshot())
    #expect(try second.measure() == uninterrupted.measure())
    #expect(
      try #require(second.snapshot()?.blocks["buffers"]).layout.map(\.name).contains("norm.running_mean"))
  }

  @Test func `given other parameters, a module computes with them, and with its own again`() throws {
    let model = try Self.module("own").makeModel(for: Self.digits, seed: 1, device: .cpu)
    let (inputs, _) = try Self.batch("own")
    let own: [Float] = try model.outputs(inputs, .evaluation).detached().scalars()
    let zeros = try Parameters(viewing: Tensor.zeros([model.store.layout.elements]), as: model.store)
    let given: [Float] = try model.outputs(inputs, .evaluation.with(zeros)).scalars()
    #expect(given.allSatisfy { $0 == 0 })
    #expect(try model.outputs(inputs, .evaluation).detached().scalars() == own)
  }

  @Test func `what is no module for the data says so`() throws {
    func message(_ name: String, _ form: DataSet.Form) -> String {
      let path = Self.golden.path + "/scripts/"
      return trainingError { () throws(TrainingError) in
        _ = try Self.module(name).makeModel(for: form, seed: 1, device: .cpu)
      }.replacing(path, with: "")
    }
    #expect(
      message("own", .labelled(shape: [64], classes: 3))
        == "model.path: expected outputs [2, 3] for inputs [2, 64] from own.pt, found [2, 10]. "
        + "Change the module's forward, or the data.")
    #expect(
      message("double", .labelled(shape: [36], classes: 3))
        == "model.path: expected parameters and buffers of 32-bit floats in double.pt, found linear.weight of float64. "
        + "Save the module as float32.")
    let small = DataSet.Form.labelled(shape: [36], classes: 3)
    #expect(
      message("doubled", small)
        == "model.path: expected outputs [2, 3] for inputs [2, 36] from doubled.pt, found numbers of float64. "
        + "Change the module's forward, or the data.")
    #expect(
      message("frozen", small)
        == "model.path: expected parameters that are trained in frozen.pt, found linear.weight, which requires no "
        + "gradient. Register it as a buffer, or let it require a gradient, and save the module again.")
    #expect(
      message("images", Self.digits).hasPrefix("model.path: expected outputs [2, 10] for inputs [2, 1, 8, 8]")
    )
    let missing = message("none", Self.digits)
    #expect(missing.hasPrefix("model.path: expected a TorchScript module at none.pt, found "), "\(missing)")
    #expect(missing.hasSuffix("Save one: torch.jit.save(torch.jit.script(module), path)."))
  }
}
