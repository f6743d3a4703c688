public import Tensors

/// A model that somebody wrote in PyTorch and saved with `torch.export.save`.
public struct ExportedConfiguration: Equatable, Sendable {
  public var path: String = ""

  public init() {}
}

extension ExportedConfiguration: LoadedModelShape {
  public static var name: String { "exported" }

  public static var options: [ConfigurationOption<Self>] {
    [.path("path", \.path, remedy: "Write the path of a file that torch.export.save wrote.")]
  }

  static var remedyWithoutParameters: String { "Export a module that has some." }

  func load(on device: Device) throws(TrainingError) -> any LoadedModule {
    let archive = try ExportedArchive(path)
    let plan = try ExportedPlan(archive.program, on: device, path)
    return try ExportedProgram(plan, archive, on: device)
  }
}

extension ModelConfiguration {
  public static func exported(_ shape: ExportedConfiguration) -> Self { Self(shape) }
}
