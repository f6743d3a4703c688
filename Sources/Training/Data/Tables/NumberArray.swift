import Glibc

/// Numbers of one type in C order, in a file or in memory: an array of NumPy, or of the IDX format, behind
/// its header.
struct NumberArray: SampleRows {
  /// What errors call it: a path, with the name of the member of an archive.
  let place: String
  let shape: [Int]
  let type: NumberType
  private let bytes: FileBytes
  /// Of the first number.
  private let offset: Int

  var count: Int { .clampedProduct(shape) }

  /// What a read converts at a time.
  private static let stretch = 1 << 20

  init(_ bytes: FileBytes, from offset: Int, _ type: NumberType, shape: [Int], place: String) {
    (self.bytes, self.offset, self.type, self.shape, self.place) = (bytes, offset, type, shape, place)
  }

  func read(_ rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>) throws(TrainingError) {
    let width = Int.clampedProduct(Array(shape.dropFirst()))
    let range = rows.lowerBound * width..<rows.upperBound * width
    if type.isNativeFloat {
      try bytes.read(
        offset + range.lowerBound * type.size, into: UnsafeMutableRawBufferPointer(values), of: place)
      return
    }
    try forEachNumber(in: range) { values[$0 - range.lowerBound] = Float($1) }
  }

  /// The numbers as doubles.
  func doubles() throws(TrainingError) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(count)
    try forEachNumber(in: 0..<count) { values.append($1) }
    return values
  }

  /// The numbers as 32-bit floats.
  func floats() throws(TrainingError) -> SampleMemory<Float> {
    try SampleMemory(count: count) { buffer throws(TrainingError) in
      try forEachNumber(in: 0..<count) { buffer[$0] = Float($1) }
    }
  }

  private func forEachNumber(
    in range: Range<Int>, _ body: (Int, Double) -> Void
  ) throws(TrainingError) {
    let most = Self.stretch / type.size
    let scratch = try AlignedBlock<UInt8>(
      uninitialized: min(most, range.count) * type.size, for: "numbers that are read")
    for start in stride(from: range.lowerBound, to: range.upperBound, by: most) {
      let count = min(most, range.upperBound - start)
      let raw = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(scratch.values)[..<(count * type.size)])
      try bytes.read(offset + start * type.size, into: raw, of: place)
      type.forEach(count, in: UnsafeRawBufferPointer(raw)) { body(start + $0, $1) }
    }
  }
}

/// The bytes of a file: where they lie, or in memory, where they had to be unpacked.
enum FileBytes: Sendable {
  case file(OpenFile)
  case memory(ArraySlice<UInt8>)

  var count: Int {
    switch self {
    case .file(let file): file.size
    case .memory(let bytes): bytes.count
    }
  }

  /// - Throws: `TrainingError.data` for a file that is not there, or is damaged.
  static func opened(_ path: String) throws(TrainingError) -> FileBytes {
    if try CompressedFile.isPacked(path) { return .memory(try CompressedFile.read(path)[...]) }
    return .file(try OpenFile(path))
  }

  /// The first bytes, as many as there are of them.
  func prefix(_ most: Int) throws(TrainingError) -> [UInt8] {
    let count = min(most, count)
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: TrainingError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(TrainingError) { try read(0, into: buffer, of: "") } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// - Parameter place: what errors call it.
  func read(
    _ offset: Int, into buffer: UnsafeMutableRawBufferPointer, of place: String
  ) throws(TrainingError) {
    switch self {
    case .file(let file): try file.read(offset, into: buffer)
    case .memory(let bytes):
      let first = bytes.startIndex + offset
      buffer.copyBytes(from: bytes[first..<first + buffer.count])
    }
  }
}

/// A file that stays open and is read where one likes, from any thread.
final class OpenFile: Sendable {
  private let path: String
  private let descriptor: CInt
  let size: Int

  init(_ path: String) throws(TrainingError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CompressedFile.unreadable(path, String(cString: strerror(errno)))
    }
    var information = stat()
    fstat(descriptor, &information)
    (self.path, self.descriptor, size) = (path, descriptor, Int(information.st_size))
  }

  deinit { close(descriptor) }

  func read(_ offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(TrainingError) {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw .data(
          path: path, expected: "\(buffer.count) bytes from byte \(offset) on",
          found: count == 0 ? "a file that ends after \(offset + done)" : String(cString: strerror(errno)),
          remedy: "Look whether the file is still there and whole.")
      }
      done += count
    }
  }
}
