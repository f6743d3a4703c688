public import Tensors

/// A model that somebody wrote in PyTorch and saved with `torch.jit.save`.
public struct TorchScriptConfiguration: Equatable, Sendable {
  public var path: String = ""

  public init() {}
}

extension TorchScriptConfiguration: ModelShape {
  public static var name: String { "torchscript" }
  public static var tasks: Set<TaskKind> { [.classification, .regression, .language] }

  public static var countsOperations: Bool { false }

  public static var options: [ConfigurationOption<Self>] {
    [.path("path", \.path, remedy: "Write the path of a file that torch.jit.save wrote.")]
  }

  public var files: [String] { [path] }

  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    try TorchScriptModel(self, for: form, device: device)
  }

  public func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    try TorchScriptModel.declarations(of: load(on: .cpu), path)
  }

  /// Nobody knows what a module computes on the way: as if there were eight layers as wide as the inputs.
  public func activations(for form: DataSet.Form) -> Int {
    switch form {
    case .samples(let shape, _): .clampedProduct([8] + shape)
    case .text(let vocabulary, let contextLength): .clampedProduct([8, vocabulary.count, contextLength])
    }
  }

  func load(on device: Device) throws(TrainingError) -> ScriptModule {
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
