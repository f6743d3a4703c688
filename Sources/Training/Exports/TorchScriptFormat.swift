internal import Foundation
public import JSON
internal import Tensors

/// A module that PyTorch runs without this program or any code of the model's: `torch.jit.load`.
enum TorchScriptFormat: ModelFormat {
  static let name = "torchscript"
  static let summary = "a module for torch.jit.load: samples as the data has them go in, answers come out"
  static let output = "model.pt"

  /// How far the module's answers may be from the model's, relative to the largest: what the order of additions does.
  private static let tolerance: Float = 1e-5

  static func write(
    _ model: EvaluatedModel, origin: [String: JSONValue], to path: String
  ) throws(TrainingError) {
    guard !(model.model is LoadedModel) else {
      throw .invalid(
        subject: "torchscript", expected: "a model of this program's own",
        found: model.model.configuration.name,
        remedy: "Write --format safetensors, and load it into your module with load_state_dict.")
    }
    let record = try model.text(origin)
    let temporary = "\(path).tmp.\(ProcessInfo.processInfo.processIdentifier)"
    do throws(TrainingError) {
      try library { () throws(TensorError) in
        try TracedModule.save(
          to: temporary, model.entries(), texts: ["record.json": record], example: model.examples(2),
          model.answers)
      }
      try verify(temporary, against: model)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let why = String(cString: strerror(errno)).lowercased()
      unlink(temporary)
      throw .library("\(path): expected to write it, found: \(why)")
    }
  }

  /// Reads it back and asks it about batches of other sizes than the traced one.
  private static func verify(_ path: String, against model: EvaluatedModel) throws(TrainingError) {
    try library { () throws(TensorError) in
      let script = try ScriptModule(path: path, on: model.model.store.device)
      for count in [1, 3] {
        let samples = try model.examples(count)
        let expected = try model.answers(to: samples).scalars(Float.self)
        let found = try script(samples, isTraining: false).scalars(Float.self)
        let scale = max(1, expected.map(abs).max() ?? 1)
        let isSame = zip(expected, found).allSatisfy {
          abs($0 - $1) <= tolerance * scale || $0.isNaN && $1.isNaN
        }
        guard expected.count == found.count, isSame else {
          throw TensorError(
            operation: "torchscript", shapes: [samples.shape],
            message: "the module's answers differ from the model's",
            remedy: "Report this as a bug, with the experiment; --format safetensors has the same weights.")
        }
      }
    }
  }
}
