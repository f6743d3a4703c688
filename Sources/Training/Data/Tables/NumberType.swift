/// How a file writes a number.
struct NumberType: Equatable, Sendable {
  /// As NumPy calls it: `f` for floats, `i` for signed integers, `u` for unsigned ones, `b` for Booleans.
  var kind: Character
  /// Bytes of one.
  var size: Int
  var isBigEndian: Bool

  private static let sizes: [Character: Set<Int>] = [
    "f": [2, 4, 8], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "b": [1],
  ]

  /// Whether there is such a number.
  var isKnown: Bool { Self.sizes[kind]?.contains(size) ?? false }

  /// Whether it is one of this machine's floats of 32 bits.
  var isNativeFloat: Bool { kind == "f" && size == 4 && isBigEndian == (Int(bigEndian: 1) == 1) }

  /// Calls `body` with the numbers in their order. Doubles hold all of them, but integers above 2^53.
  ///
  /// - Parameter data: `count` numbers.
  @inline(__always)
  func forEach(_ count: Int, in data: UnsafeRawBufferPointer, _ body: (Int, Double) -> Void) {
    func each<Integer: FixedWidthInteger>(_: Integer.Type, _ number: (Integer) -> Double) {
      for place in 0..<count {
        let raw = data.loadUnaligned(fromByteOffset: place * MemoryLayout<Integer>.size, as: Integer.self)
        body(place, number(isBigEndian ? Integer(bigEndian: raw) : Integer(littleEndian: raw)))
      }
    }
    switch (kind, size) {
    case ("f", 2): each(UInt16.self) { Double(Float16(bitPattern: $0)) }
    case ("f", 4): each(UInt32.self) { Double(Float(bitPattern: $0)) }
    case ("f", _): each(UInt64.self) { Double(bitPattern: $0) }
    case ("i", 1): each(Int8.self) { Double($0) }
    case ("i", 2): each(Int16.self) { Double($0) }
    case ("i", 4): each(Int32.self) { Double($0) }
    case ("i", _): each(Int64.self) { Double($0) }
    case (_, 1): each(UInt8.self) { Double($0) }
    case (_, 2): each(UInt16.self) { Double($0) }
    case (_, 4): each(UInt32.self) { Double($0) }
    default: each(UInt64.self) { Double($0) }
    }
  }
}
