internal import JSON
internal import Processes

/// A program's state as it passes to and from it: a file in memory with the layout of safetensors (named arrays, no
/// gaps between them), which holds the single values and the names of what only the program can read in its
/// metadata. docs/trainee.md describes it.
///
/// A state that a program has written is kept as it is, and given to another program as it is: nothing is copied on a
/// rank but what MPI brings.
enum StateFile {
  /// The name of a state's one block.
  static let block = "state"
  private static let opaqueNames = "tuner_mpi.opaque"
  private static let metadataKey = "tuner_mpi"
  /// A header may not claim the machine's memory.
  private static let longestHeader = 1 << 28
  private static let alignment = 64

  private static let elements: [(word: String, element: Snapshot.Element)] = [
    ("F64", .float64), ("I64", .int64), ("F32", .float32), ("I32", .int32), ("F16", .float16),
    ("BF16", .bfloat16), ("I16", .int16), ("I8", .int8), ("U8", .uint8), ("BOOL", .bool),
  ]

  // MARK: Reading

  /// The state that a program has written.
  ///
  /// - Throws: `TrainingError.invalid` for what has another layout.
  static func snapshot(_ memory: StateMemory, _ progress: Progress) throws(TrainingError) -> Snapshot {
    let (header, start) = try header(of: memory.bytes)
    guard case .object(let members) = header else { throw unexpected("an object as its header", "\(header)") }
    var entries: [Snapshot.Entry] = []
    for (name, member) in members where name != "__metadata__" {
      entries.append(try entry(name, member, from: start, in: memory.byteCount))
    }
    entries.sort { ($0.byteRange?.lowerBound ?? 0, $0.name) < ($1.byteRange?.lowerBound ?? 0, $1.name) }
    for (entry, next) in zip(entries, entries.dropFirst())
    where (entry.byteRange?.upperBound ?? 0) > (next.byteRange?.lowerBound ?? 0) {
      throw unexpected("arrays beside each other", "\(entry.name) and \(next.name) over each other")
    }
    var snapshot = Snapshot(
      progress: progress, blocks: [block: Snapshot.Block(layout: entries, memory: memory)])
    snapshot.scalars = try scalars(in: members["__metadata__"], names: Set(entries.map(\.name)))
    return snapshot
  }

  private static func header(of bytes: UnsafeRawBufferPointer) throws(TrainingError) -> (JSONValue, Int) {
    guard bytes.count >= 8 else { throw unexpected("at least 8 bytes", "\(bytes.count)") }
    let length = Int(UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) & UInt64(Int64.max))
    guard length <= min(longestHeader, bytes.count - 8) else {
      throw unexpected("a header within the file of \(bytes.count) bytes", "one of \(length)")
    }
    let start = 8 + length
    guard start % alignment == 0 else {
      throw unexpected("arrays that begin at a multiple of \(alignment)", "byte \(start)")
    }
    let text = Array(bytes[8..<start])
    guard let header = try? JSONDocumentDecoder().decode(JSONValue.self, from: text) else {
      throw unexpected("a header of JSON", DialogueMessage.excerpt(text))
    }
    return (header, start)
  }

  private static func entry(
    _ name: String, _ member: JSONValue, from start: Int, in byteCount: Int
  ) throws(TrainingError) -> Snapshot.Entry {
    let isPath = name.contains("/") || name == "." || name == ".."
    guard !name.isEmpty, !isPath, name.unicodeScalars.allSatisfy({ $0.value >= 32 }) else {
      throw unexpected("names of arrays that could be names of files", "\"\(name.prefix(100))\"")
    }
    guard case .object(let form) = member, case .text(let word)? = form["dtype"],
      case .array(let sizes)? = form["shape"], case .array(let places)? = form["data_offsets"],
      let low = places.first?.integer, let high = places.last?.integer, places.count == 2
    else { throw unexpected("dtype, shape and data_offsets of \(name)", DialogueMessage.text(of: member)) }
    guard let element = elements.first(where: { $0.word == word })?.element else {
      let known = elements.map(\.word).joined(separator: ", ")
      throw unexpected("one of \(known) as the type of \(name)", word)
    }
    let shape = sizes.compactMap(\.integer)
    let size = shape.allSatisfy { $0 >= 0 } ? Int.clampedProduct(shape + [element.byteCount]) : .max
    guard shape.count == sizes.count, low >= 0, high >= low, high - low == size, high <= byteCount - start
    else {
      throw unexpected(
        "\(name) of shape \(shape) within the file", "bytes \(low) to \(high) of \(byteCount - start)")
    }
    guard low % element.byteCount == 0 else {
      throw unexpected("\(name) at a multiple of \(element.byteCount) bytes", "byte \(low)")
    }
    return Snapshot.Entry(
      name: name, shape: shape, offset: (start + low) / element.byteCount, element: element)
  }

  private static func scalars(
    in metadata: JSONValue?, names: Set<String>
  ) throws(TrainingError) -> [String: Snapshot.Scalar] {
    guard case .object(let members)? = metadata, case .text(let text)? = members[metadataKey] else {
      return [:]
    }
    guard let value = try? JSONDocumentDecoder().decode(JSONValue.self, from: Array(text.utf8)),
      case .object(let own) = value
    else { throw unexpected("an object of JSON as its metadata \(metadataKey)", text) }
    var scalars: [String: Snapshot.Scalar] = [:]
    if case .object(let values)? = own["scalars"] {
      for (name, value) in values {
        guard let scalar = Snapshot.Scalar(value) else {
          throw unexpected("a single value as \(name)", DialogueMessage.text(of: value))
        }
        scalars[name] = scalar
      }
    }
    if case .array(let opaque)? = own["opaque"], !opaque.isEmpty {
      let unknown = opaque.first { if case .text(let name) = $0 { !names.contains(name) } else { true } }
      if let unknown { throw unexpected("names of arrays in opaque", DialogueMessage.text(of: unknown)) }
      scalars[opaqueNames] = .text(DialogueMessage.text(of: .array(opaque)))
    }
    return scalars
  }

  private static func unexpected(_ expected: String, _ found: String) -> TrainingError {
    .invalid(
      subject: "the program's state", expected: expected, found: found,
      remedy: "See the layout of state files in docs/trainee.md.")
  }

  // MARK: Writing

  /// Memory that another process can open, with the state as a program reads it.
  static func memory(of snapshot: Snapshot) throws(TrainingError) -> StateMemory {
    guard let block = snapshot.blocks[block] else {
      throw unexpected(
        "a state of a program", "the blocks \(snapshot.blocks.keys.sorted().joined(separator: ", "))")
    }
    // As a program wrote it, on this rank or on another one.
    if block.memory.file != nil,
      let found = try? Self.snapshot(block.memory, snapshot.progress), found == snapshot
    {
      return block.memory
    }
    return try written(block, snapshot.scalars)
  }

  private static func written(
    _ block: Snapshot.Block, _ scalars: [String: Snapshot.Scalar]
  ) throws(TrainingError) -> StateMemory {
    // Larger elements first, so that each array is aligned to its own without gaps.
    let entries = block.layout.enumerated().sorted {
      ($1.element.element.byteCount, $0.offset) < ($0.element.element.byteCount, $1.offset)
    }.map(\.element)
    var header: [String: JSONValue] = [:]
    var end = 0
    for entry in entries {
      let size = entry.byteRange?.count ?? 0
      header[entry.name] = .object([
        "dtype": .text(elements.first { $0.element == entry.element }?.word ?? ""),
        "shape": .array(entry.shape.map(JSONValue.integer)),
        "data_offsets": .array([.integer(end), .integer(end + size)]),
      ])
      end += size
    }
    header["__metadata__"] = .object([metadataKey: .text(metadata(scalars))])
    var text = Array(DialogueMessage.text(of: .object(header)).utf8)
    let padding = (alignment - (8 + text.count) % alignment) % alignment
    text += [UInt8](repeating: UInt8(ascii: " "), count: padding)
    let memory = try StateMemory(sharing: 8 + text.count + end, for: "a state for a program")
    memory.writable.storeBytes(of: UInt64(text.count).littleEndian, as: UInt64.self)
    var place = 8
    func add(_ bytes: UnsafeRawBufferPointer) {
      UnsafeMutableRawBufferPointer(rebasing: memory.writable[place..<place + bytes.count]).copyMemory(
        from: bytes)
      place += bytes.count
    }
    text.withUnsafeBytes { add($0) }
    for entry in entries {
      if let range = entry.byteRange { add(UnsafeRawBufferPointer(rebasing: block.memory.bytes[range])) }
    }
    return memory
  }

  private static func metadata(_ scalars: [String: Snapshot.Scalar]) -> String {
    var own: [String: JSONValue] = [
      "scalars": .object(scalars.filter { $0.key != opaqueNames }.mapValues(JSONValue.init))
    ]
    if case .text(let names)? = scalars[opaqueNames],
      let list = try? JSONDocumentDecoder().decode(JSONValue.self, from: Array(names.utf8))
    {
      own["opaque"] = list
    }
    return DialogueMessage.text(of: .object(own))
  }
}

extension JSONValue {
  fileprivate var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }

  fileprivate init(_ scalar: Snapshot.Scalar) {
    self =
      switch scalar {
      case .integer(let integer): .integer(integer)
      case .number(let number) where number.isNaN: .text("NaN")
      case .number(.infinity): .text("Infinity")
      case .number(-.infinity): .text("-Infinity")
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      case .truth(let truth): .boolean(truth)
      }
  }
}

extension Snapshot.Scalar {
  fileprivate init?(_ value: JSONValue) {
    switch value {
    case .integer(let integer): self = .integer(integer)
    case .boolean(let truth): self = .truth(truth)
    default:
      if let number = DialogueMessage.number(value) {
        self = .number(number)
      } else if case .text(let text) = value {
        self = .text(text)
      } else {
        return nil
      }
    }
  }
}
