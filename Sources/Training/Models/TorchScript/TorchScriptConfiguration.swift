public import Tensors

/// A model that somebody wrote in PyTorch and saved with `torch.jit.save`.
public struct TorchScriptConfiguration: Equatable, Sendable {
  public var path: String = ""

  public init() {}
}

extension TorchScriptConfiguration: LoadedModelShape {
  public static var name: String { "torchscript" }

  public static var options: [ConfigurationOption<Self>] {
    [.path("path", \.path, remedy: "Write the path of a file that torch.jit.save wrote.")]
  }

  static var remedyWithoutParameters: String {
    "Save it before torch.jit.freeze, which makes constants of them."
  }

  func load(on device: Device) throws(TrainingError) -> any LoadedModule {
    do throws(TensorError) {
      return try ScriptModule(path: path, on: device)
    } catch {
      throw .invalid(
        subject: "model.path", expected: "a TorchScript module at \(path)",
        found: error.message.split(separator: "\n").first.map(String.init) ?? "something else",
        remedy: "Save one: torch.jit.save(torch.jit.script(module), path).")
    }
  }
}

extension ModelConfiguration {
  public static func torchScript(_ shape: TorchScriptConfiguration) -> Self { Self(shape) }
}

extension ScriptModule: LoadedModule {
  func tensor(_ entry: ModuleEntry) throws(TensorError) -> Tensor { try self[entry] }

  func outputs(_ x: Tensor, trainingWith seed: UInt64?) throws(TensorError) -> Tensor {
    try drawing(from: seed) { () throws(TensorError) in try self(x, isTraining: seed != nil) }
  }
}
