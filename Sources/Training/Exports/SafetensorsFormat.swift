internal import HDF5
public import JSON
internal import Tensors

/// [safetensors](https://github.com/huggingface/safetensors): the length of a header, 64 bits, little-endian; the
/// header, a JSON object that says of each tensor type, shape and place; the tensors' bytes.
enum SafetensorsFormat: ModelFormat {
  static let name = "safetensors"
  static let summary = "the weights by name, with what prepares samples, and the record as metadata"
  static let output = "model.safetensors"

  static func write(
    _ model: EvaluatedModel, origin: [String: JSONValue], to path: String
  ) throws(TrainingError) {
    let entries = try library { () throws(TensorError) in try model.entries() }
    let bytes = try file(of: entries, record: try model.text(origin))
    do throws(HDF5Error) { try AtomicFile.replace(path, bytes: bytes.span) } catch {
      throw TrainingError(error)
    }
  }

  static func file(of entries: [TracedModule.Entry], record: String) throws(TrainingError) -> [UInt8] {
    var header: [String: JSONValue] = [
      "__metadata__": .object(["format": .text("pt"), "record": .text(record)])
    ]
    var data: [UInt8] = []
    for entry in entries {
      let start = data.count
      let type = try append(entry.tensor, to: &data)
      header[entry.name] = .object([
        "dtype": .text(type), "shape": .array(entry.tensor.shape.map { .integer($0) }),
        "data_offsets": .array([.integer(start), .integer(data.count)]),
      ])
    }
    var text: [UInt8]
    do { text = try SortedJSONEncoder().encode(JSONValue.object(header)) } catch {
      throw .library("\(error)")
    }
    // So that the tensors' bytes begin at a multiple of 8.
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text + data
  }

  /// - Returns: the name of the elements' type.
  private static func append(_ tensor: Tensor, to data: inout [UInt8]) throws(TrainingError) -> String {
    func bytes<Scalar: TensorScalar>(_: Scalar.Type) throws(TrainingError) {
      let scalars = try library { () throws(TensorError) in try tensor.scalars(Scalar.self) }
      scalars.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    if tensor.scalarType == .int64 {
      try bytes(Int64.self)
      return "I64"
    }
    try bytes(Float.self)
    return "F32"
  }
}
