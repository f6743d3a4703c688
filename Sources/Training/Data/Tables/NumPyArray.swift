/// An array in NumPy's format, versions 1 to 3: the bytes 93 "NUMPY", two of the version, the length of the
/// header in 2 bytes (from version 2 on in 4), a Python dictionary of type, order and shape, then the
/// scalars. Source: NumPy's reference, "numpy.lib.format", section "Format Version 1.0" and those that
/// follow it.
struct NumPyArray {
  let numbers: NumberArray

  /// What errors call it: a path, with the name of the member of an archive.
  var place: String { numbers.place }
  var shape: [Int] { numbers.shape }

  /// A header is shorter, but for types that are no numbers.
  private static let longestHeader = 1 << 16

  /// - Throws: `TrainingError.data` for another format, a scalar that is no number, or too few bytes.
  init(_ content: FileBytes, place: String) throws(TrainingError) {
    let bytes = try content.prefix(Self.longestHeader)
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    guard bytes.starts(with: magic), bytes.count >= 12 else {
      let first = bytes.prefix(6).map { String($0, radix: 16, uppercase: true) }.joined(separator: " ")
      throw .data(
        path: place, expected: "an array of NumPy, which begins with the bytes 93 4E 55 4D 50 59",
        found: bytes.isEmpty ? "an empty file" : "the bytes \(first)",
        remedy: "Write it by numpy.save or numpy.savez.")
    }
    let version = Int(bytes[6])
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
    let shape = extents.1.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    numbers = NumberArray(
      content, from: 8 + lengthSize + length,
      NumberType(kind: kind, size: size, isBigEndian: type.1 == ">"), shape: shape, place: place)
    try requireBytes(content.count - 8 - lengthSize - length)
  }

  private func requireBytes(_ found: Int) throws(TrainingError) {
    let type = numbers.type
    guard type.isKnown else {
      throw .data(
        path: place, expected: "floats, integers or Booleans",
        found: "scalars of type \(type.kind)\(type.size)",
        remedy: "Write array.astype(\"float32\"), of labels array.astype(\"int64\").")
    }
    let expected = Int.clampedProduct(shape + [type.size])
    guard found == expected else {
      throw .data(
        path: place, expected: "\(expected) bytes of data for \(shapeText) scalars",
        found: "\(max(0, found))",
        remedy: "Write or copy the file again: it is damaged or cut off.")
    }
  }

  /// Such as `60000 x 28 x 28`.
  var shapeText: String { shape.isEmpty ? "a single value" : shape.map(String.init).joined(separator: " x ") }

  /// The scalars as class numbers.
  ///
  /// - Throws: `TrainingError.data` when they are floats.
  func integers() throws(TrainingError) -> [Int64] {
    guard numbers.type.kind != "f" else {
      throw .data(
        path: place, expected: "labels that are integers", found: "floats",
        remedy: "Write array.astype(\"int64\"), or task: regression, to learn numbers.")
    }
    // Up to 2^53 a double holds every integer; more classes than that there are not.
    return try numbers.doubles().map { Int64(clamping: Int(max(-1e15, min(1e15, $0)))) }
  }

  /// The samples of an array of `[n, features]`, `[n, height, width]` or `[n, channels, height, width]`.
  func samples() throws(TrainingError) -> SampleFile {
    guard (2...4).contains(shape.count), !shape.contains(0) else {
      throw .data(
        path: place, expected: "2, 3 or 4 dimensions, none of them 0", found: shapeText,
        remedy: "Give [samples, features], [samples, height, width] or [samples, channels, height, width].")
    }
    return SampleFile(numbers, source: place)
  }
}

extension DataSet {
  /// Two arrays: samples `[n, features]`, `[n, height, width]` (one channel) or `[n, channels, height,
  /// width]`, and labels `[n]`, or for regression `[n]` or `[n, targets]`.
  ///
  /// - Parameter areHeld: whether samples are read whole; those that are not stay in their file.
  static func arrays(
    _ samples: NumPyArray, _ labels: NumPyArray, _ task: TaskKind, areHeld: Bool = true
  ) throws(TrainingError) -> DataSet {
    let file = try samples.samples()
    let values = areHeld ? SampleValues.unread(file) : .file(file)
    let shape = file.shape
    if task == .regression {
      return try measured(
        values: values, shape: shape, targets: labels.numbers.floats(), targetShape: labels.shape,
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
