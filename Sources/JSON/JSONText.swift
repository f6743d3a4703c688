/// The buffer and the frames that are open.
struct JSONText {
  enum Kind { case untouched, scalar, object, array }

  struct Frame {
    var kind = Kind.untouched
    /// Where its members begin in `members`.
    var firstMember: Int
    var isSorted = true
    var elements = 0
  }

  private(set) var bytes: [UInt8] = []
  private(set) var frames: [Frame] = []
  /// Of all open objects: where each member's key begins, and the key.
  private var members: [(start: Int, key: String)] = []

  mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
  }

  /// Opens a frame at `depth`, after closing what is open there and above.
  mutating func open(at depth: Int) {
    close(to: depth)
    frames.append(Frame(firstMember: members.count))
  }

  mutating func close(to depth: Int) {
    while frames.count > depth { closeLast() }
  }

  mutating func begin(_ kind: Kind, at depth: Int) {
    guard frames[depth].kind == .untouched else { return }
    frames[depth].kind = kind
    bytes.append(kind == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
  }

  mutating func beginMember(_ key: String, at depth: Int) {
    close(to: depth + 1)
    if members.count > frames[depth].firstMember {
      bytes.append(UInt8(ascii: ","))
      if key < members[members.count - 1].key { frames[depth].isSorted = false }
    }
    members.append((bytes.count, key))
    quote(key)
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func beginElement(at depth: Int) {
    close(to: depth + 1)
    if frames[depth].elements > 0 { bytes.append(UInt8(ascii: ",")) }
    frames[depth].elements += 1
  }

  mutating func beginScalar(at depth: Int) {
    close(to: depth + 1)
    frames[depth].kind = .scalar
  }

  private mutating func closeLast() {
    guard let frame = frames.popLast() else { return }
    switch frame.kind {
    case .scalar: return
    case .untouched: bytes += [UInt8(ascii: "{"), UInt8(ascii: "}")]
    case .array: bytes.append(UInt8(ascii: "]"))
    case .object:
      if !frame.isSorted { sort(from: frame.firstMember) }
      members.removeSubrange(frame.firstMember...)
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func sort(from firstMember: Int) {
    let own = members[firstMember...]
    // A member ends before the comma of the next.
    let ends = own.dropFirst().map { $0.start - 1 } + [bytes.count]
    let pieces = zip(own, ends).map { (key: $0.key, bytes: bytes[$0.start..<$1]) }.sorted { $0.key < $1.key }
    var sorted: [UInt8] = []
    sorted.reserveCapacity(bytes.count - own[firstMember].start)
    for piece in pieces {
      if !sorted.isEmpty { sorted.append(UInt8(ascii: ",")) }
      sorted += piece.bytes
    }
    bytes.replaceSubrange(own[firstMember].start..., with: sorted)
  }
}

// Values.
extension JSONText {
  /// The shortest text that reads back as the same number, a whole one without its fraction.
  mutating func write(_ number: Double) throws {
    guard number.isFinite else {
      throw EncodingError.invalidValue(
        number, EncodingError.Context(codingPath: [], debugDescription: "JSON has no \(number)"))
    }
    var text = number.description
    text.withUTF8 { utf8 in
      let isWhole =
        utf8.count > 2 && utf8[utf8.count - 2] == UInt8(ascii: ".") && utf8.last == UInt8(ascii: "0")
      bytes.append(contentsOf: isWhole ? utf8.dropLast(2) : utf8[...])
    }
  }

  mutating func write(plain value: some CustomStringConvertible) {
    bytes.append(contentsOf: value.description.utf8)
  }

  mutating func quote(_ text: String) { bytes.append(quoting: text) }
}
