/// A message in the encoding of [Protocol Buffers](https://protobuf.dev/programming-guides/encoding/), field by field.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  init() {}

  init(_ fill: (inout ProtocolBuffer) -> Void) { fill(&self) }

  mutating func add(_ field: Int, _ integer: Int) {
    key(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(integer)))
  }

  mutating func add(_ field: Int, _ number: Double) {
    key(field, wireType: 1)
    withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ field: Int, _ number: Float) {
    key(field, wireType: 5)
    withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ field: Int, _ text: String) { add(field, content: Array(text.utf8)) }

  mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, content: message.bytes) }

  private mutating func add(_ field: Int, content: [UInt8]) {
    key(field, wireType: 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func key(_ field: Int, wireType: UInt64) { varint(UInt64(field) << 3 | wireType) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
