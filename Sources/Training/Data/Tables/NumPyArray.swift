/// An array in NumPy's format, versions 1 to 3: the bytes 93 "NUMPY", two of the version, the length of the
/// header in 2 bytes (from version 2 on in 4), a Python dictionary of type, order and shape, then the
/// scalars. Source: NumPy's reference, "numpy.lib.format", section "Format Version 1.0" and those that
/// follow it.
struct NumPyArray {
  /// What errors call it: a path, with the name of the member of an archive.
  let place: String
  let shape: [Int]
  private let kind: Character
  private let size: Int
  private let isBigEndian: Bool
  private let bytes: ArraySlice<UInt8>

  var count: Int { .clampedProduct(shape) }

  /// - Throws: `TrainingError.data` for another format, a scalar that is no number, or too few bytes.
  init(_ bytes: ArraySlice<UInt8>, place: String) throws(TrainingError) {
    self.place = place
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    guard bytes.starts(with: magic), bytes.count >= 12 else {
      let first = bytes.prefix(6).map { String($0, radix: 16, uppercase: true) }.joined(separator: " ")
      throw .data(
        path: place, expected: "an array of NumPy, which begins with the bytes 93 4E 55 4D 50 59",
        found: bytes.isEmpty ? "an empty file" : "the bytes \(first)",
        remedy: "Write it by numpy.save or numpy.savez.")
    }
    let version = Int(bytes[bytes.startIndex + 6])
    guard (1...3).contains(version) else {
      throw .data(
        path: place, expected: "version 1, 2 or 3 of NumPy's format", found: "version \(version)",
        remedy: "Write it again by numpy.save.")
    }
    let lengthSize = version == 1 ? 2 : 4
    let lengthBytes = bytes.dropFirst(8).prefix(lengthSize)
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes.dropFirst(8 + lengthSize).prefix(length), as: UTF8.self)
    guard let type = header.firstMatch(of: /'descr': *'([<>|=])([a-zA-Z])(\d+)'/),
      let order = header.firstMatch(of: /'fortran_order': *(True|False)/),
      let extents = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/), let size = Int(type.3),
      let kind = type.2.first
    else {
      throw .data(
        path: place, expected: "a header with the type of a number, fortran_order and shape",
        found: "\"\(header.prefix(100))\"",
        remedy: "Write an array of plain numbers, as by array.astype(\"float32\").")
    }
    guard order.1 == "False" else {
      throw .data(
        path: place, expected: "an array in C order", found: "one in Fortran order",
        remedy: "Write numpy.ascontiguousarray(array).")
    }
    shape = extents.1.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    (self.kind, self.size, isBigEndian) = (kind, size, type.1 == ">")
    self.bytes = bytes.dropFirst(8 + lengthSize + length)
    try requireBytes()
  }

  private func requireBytes() throws(TrainingError) {
    guard Self.sizes[kind]?.contains(size) ?? false else {
      throw .data(
        path: place, expected: "floats, integers or Booleans", found: "scalars of type \(kind)\(size)",
        remedy: "Write array.astype(\"float32\"), of labels array.astype(\"int64\").")
    }
    let expected = Int.clampedProduct(shape + [size])
    guard bytes.count == expected else {
      throw .data(
        path: place, expected: "\(expected) bytes of data for \(shapeText) scalars", found: "\(bytes.count)",
        remedy: "Write or copy the file again: it is damaged or cut off.")
    }
  }

  private static let sizes: [Character: Set<Int>] = [
    "f": [2, 4, 8], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "b": [1],
  ]

  /// Such as `60000 x 28 x 28`.
  var shapeText: String { shape.isEmpty ? "a single value" : shape.map(String.init).joined(separator: " x ") }

  /// The scalars as 32-bit floats.
  func floats() throws(TrainingError) -> SampleMemory<Float> {
    try SampleMemory(count: count) { buffer in
      each { place, number in buffer.initializeElement(at: place, to: Float(number)) }
    }
  }

  /// The scalars as doubles.
  func doubles() -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(count)
    each { values.append($1) }
    return values
  }

  /// The scalars as class numbers.
  ///
  /// - Throws: `TrainingError.data` when they are floats.
  func integers() throws(TrainingError) -> [Int64] {
    guard kind != "f" else {
      throw .data(
        path: place, expected: "labels that are integers", found: "floats",
        remedy: "Write array.astype(\"int64\"), or task: regression, to learn numbers.")
    }
    var values: [Int64] = []
    values.reserveCapacity(count)
    // Up to 2^53 a double holds every integer; more classes than that there are not.
    each { _, number in values.append(Int64(clamping: Int(max(-1e15, min(1e15, number))))) }
    return values
  }

  private func each(_ body: (Int, Double) -> Void) {
    bytes.withUnsafeBytes { data in
      for place in 0..<count { body(place, scalar(data, place * size)) }
    }
  }

  private func scalar(_ data: UnsafeRawBufferPointer, _ offset: Int) -> Double {
    func load<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer {
      let raw = data.loadUnaligned(fromByteOffset: offset, as: Integer.self)
      return isBigEndian ? Integer(bigEndian: raw) : Integer(littleEndian: raw)
    }
    return switch (kind, size) {
    case ("f", 2): Double(Float16(bitPattern: load(UInt16.self)))
    case ("f", 4): Double(Float(bitPattern: load(UInt32.self)))
    case ("f", _): Double(bitPattern: load(UInt64.self))
    case ("i", 1): Double(load(Int8.self))
    case ("i", 2): Double(load(Int16.self))
    case ("i", 4): Double(load(Int32.self))
    case ("i", _): Double(load(Int64.self))
    case (_, 1): Double(load(UInt8.self))
    case (_, 2): Double(load(UInt16.self))
    case (_, 4): Double(load(UInt32.self))
    default: Double(load(UInt64.self))
    }
  }
}

extension DataSet {
  /// Two arrays: samples `[n, features]`, `[n, height, width]` (one channel) or `[n, channels, height,
  /// width]`, and labels `[n]`, or for regression `[n]` or `[n, targets]`.
  static func arrays(
    _ samples: NumPyArray, _ labels: NumPyArray, _ task: TaskKind
  ) throws(TrainingError) -> DataSet {
    guard (2...4).contains(samples.shape.count), !samples.shape.contains(0) else {
      throw .data(
        path: samples.place, expected: "2, 3 or 4 dimensions, none of them 0", found: samples.shapeText,
        remedy: "Give [samples, features], [samples, height, width] or [samples, channels, height, width].")
    }
    let (values, shape) = (SampleValues.memory(try samples.floats()), shape(of: samples.shape))
    if task == .regression {
      return try measured(
        values: values, shape: shape, targets: labels.floats(), targetShape: labels.shape,
        source: samples.place, targetSource: labels.place)
    }
    guard labels.shape == [samples.shape[0]] else {
      throw .data(
        path: labels.place, expected: "\(samples.shape[0]) labels, as many as there are samples",
        found: labels.shapeText, remedy: "Give an array with one integer a sample.")
    }
    return try labelled(
      values: values, shape: shape, labels: labels.integers(), source: samples.place,
      labelSource: labels.place)
  }
}
