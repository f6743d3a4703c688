import JSON
import Tensors

/// A file that `torch.export.save` wrote: a ZIP archive of a program and its tensors. Source: PyTorch's "PT2
/// Archive Spec" (docs.pytorch.org/docs/stable/export/pt2_archive.html), as it is since PyTorch 2.9.
struct ExportedArchive {
  let path: String
  let program: ExportedDocument
  private let archive: ZIPArchive
  /// The folder that everything lies in.
  private let root: String
  /// Parameters and buffers, and what else is constant, by their names.
  private let weights, constants: [String: Payload]

  /// Where a tensor lies, and how.
  private struct Payload: Decodable {
    var file: String
    var isPickled: Bool
    var description: ExportedDocument.TensorDescription?

    private enum CodingKeys: String, CodingKey {
      case file = "path_name"
      case isPickled = "use_pickle"
      case description = "tensor_meta"
    }
  }

  private struct Payloads: Decodable { var config: [String: Payload] }

  /// - Throws: `TrainingError.invalid` where there is no such file, or it is none of that kind.
  init(_ path: String) throws(TrainingError) {
    self.path = path
    do throws(TrainingError) {
      archive = try ZIPArchive(CompressedFile.read(path), path: path)
    } catch {
      guard case .data(_, _, let found, _) = error else { throw error }
      throw Self.refusal(path, found: found == "no end of one" ? "no ZIP archive, or a cut one" : found)
    }
    let names = archive.names
    let program = "models/model.json"
    guard let name = names.first(where: { $0 == program || $0.hasSuffix("/" + program) }) else {
      if names.contains(where: { $0.hasSuffix("serialized_exported_program.json") }) {
        throw Self.oldRefusal(path)
      }
      throw Self.refusal(path, found: "an archive without \(program)")
    }
    root = String(name.dropLast(program.count))
    self.program = try Self.decode(ExportedDocument.self, archive, root, program)
    guard self.program.version.major == 8 else {
      throw Self.refusal(
        path, found: "version \(self.program.version.major).\(self.program.version.minor) of its format",
        remedy: "Export it with PyTorch 2.9 or a later one that writes version 8.")
    }
    if let order = try Self.member("byteorder", archive, root, path),
      !order.elementsEqual("little".utf8)
    {
      throw Self.refusal(path, found: "one in another order of bytes")
    }
    let place = "data/weights/model_weights_config.json"
    guard names.contains(root + place) else { throw Self.oldRefusal(path) }
    weights = try Self.decode(Payloads.self, archive, root, place).config
    constants =
      try Self.decode(Payloads.self, archive, root, "data/constants/model_constants_config.json").config
  }

  /// A tensor as the program names it.
  struct Stored {
    let tensor: Tensor
    let requiresGradient: Bool
    /// Equal for two names of one tensor.
    let identity: String
  }

  /// - Throws: `TrainingError.invalid` where it is missing, damaged or of a kind that is not supported.
  func stored(_ name: String, on device: Device) throws(TrainingError) -> Stored {
    let folder = weights[name] == nil ? "data/constants/" : "data/weights/"
    guard let payload = weights[name] ?? constants[name] else {
      throw Self.refusal(path, found: "no tensor \(name)")
    }
    guard !payload.isPickled, let description = payload.description else {
      throw Self.refusal(
        path, found: "\(name), which is pickled",
        remedy: "Export a module of ordinary tensors.")
    }
    let (shape, strides) = (description.sizes.compactMap(\.fixed), description.strides.compactMap(\.fixed))
    guard let type = ExportedCodes.scalarType(description.dtype),
      let offset = description.storageOffset.fixed,
      shape.count == description.sizes.count, strides.count == shape.count
    else { throw Self.refusal(path, found: "\(name) of a type or shape that is not supported") }
    guard let bytes = try Self.member(folder + payload.file, archive, root, path) else {
      throw Self.refusal(path, found: "no \(folder)\(payload.file)")
    }
    do throws(TensorError) {
      let tensor = try Tensor(
        storage: bytes, libtorchType: type, shape: shape, strides: strides, offset: offset, on: device)
      return Stored(
        tensor: tensor, requiresGradient: description.requiresGradient,
        identity: "\(folder)\(payload.file) \(shape) \(strides) \(offset)")
    } catch {
      guard error.cause == .operation else { throw TrainingError(error) }
      throw Self.refusal(path, found: "\(name) with too few bytes")
    }
  }

  private static func member(
    _ name: String, _ archive: ZIPArchive, _ root: String, _ path: String
  ) throws(TrainingError) -> ArraySlice<UInt8>? {
    do throws(TrainingError) {
      return try archive.member(root + name)
    } catch {
      guard case .data = error else { throw error }
      throw refusal(path, found: "a damaged \(name)")
    }
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ archive: ZIPArchive, _ root: String, _ name: String
  ) throws(TrainingError) -> Value {
    let path = archive.path
    guard let bytes = try member(name, archive, root, path) else {
      throw refusal(path, found: "an archive without \(name)")
    }
    do {
      return try JSONDocumentDecoder().decode(type, from: Array(bytes))
    } catch {
      throw refusal(path, found: "in \(name) \((error as? DecodingError)?.words ?? "\(error)")")
    }
  }

  /// - Parameter remedy: nil for how a program is exported and saved.
  static func refusal(_ path: String, found: String, remedy: String? = nil) -> TrainingError {
    .invalid(
      subject: "model.path", expected: "an exported program at \(path)", found: found,
      remedy: remedy
        ?? "Save one: torch.export.save(torch.export.export(module, (x,), "
        + "dynamic_shapes=({0: torch.export.Dim('batch')},)), path).")
  }

  private static func oldRefusal(_ path: String) -> TrainingError {
    refusal(
      path, found: "one that a PyTorch before 2.9 saved",
      remedy: "Save it again with a later one: torch.export.save(torch.export.load(path), path).")
  }
}
