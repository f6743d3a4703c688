import CZlib
import Glibc

/// Reads files whole, unpacking those that gzip packed.
enum CompressedFile {
  /// The bytes of the file, unpacked when its first bytes say that gzip packed it.
  ///
  /// - Throws: `TrainingError.data` when the file can't be opened or read, or when the packed bytes are
  ///   damaged or end too early; `TrainingError.memory` when there is no room for them.
  static func read(_ path: String) throws(TrainingError) -> [UInt8] {
    let size = try requireFile(path)
    guard let file = gzopen(path, "rb") else { throw unreadable(path, String(cString: strerror(errno))) }
    defer { gzclose_r(file) }
    gzbuffer(file, 1 << 18)
    return try readAll(file, path: path, sizeHint: size)
  }

  /// Whether the first bytes of a file say that gzip packed it.
  ///
  /// - Throws: `TrainingError.data` when the file can't be opened.
  static func isPacked(_ path: String) throws(TrainingError) -> Bool {
    guard try requireFile(path) >= 2 else { return false }
    let first = try FileBytes.file(OpenFile(path)).prefix(2)
    return first == [0x1F, 0x8B]
  }

  /// Its size in bytes.
  private static func requireFile(_ path: String) throws(TrainingError) -> Int {
    // zlib would open a directory, and fail at the first read with a message about data.
    var information = stat()
    guard stat(path, &information) == 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw unreadable(path, "something that is not a file")
    }
    return Int(information.st_size)
  }

  private static func readAll(_ file: gzFile, path: String, sizeHint: Int) throws(TrainingError) -> [UInt8] {
    var bytes: [UInt8] = []
    try MemoryDemand(bytes: sizeHint, purpose: "the bytes of \(path)").require()
    bytes.reserveCapacity(max(1 << 16, sizeHint))
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = chunk.withUnsafeMutableBytes { gzread(file, $0.baseAddress, CUnsignedInt($0.count)) }
      var code: CInt = 0
      let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
      // A file that ends within the packed data reads as its good part, with the error set beside it.
      guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
        throw damaged(path, code: code, message: message)
      }
      if count == 0 { return bytes }
      if bytes.count + Int(count) > bytes.capacity {
        // An array that grows is copied.
        try MemoryDemand(bytes: bytes.count + Int(count), purpose: "the bytes of \(path)").require()
      }
      bytes.append(contentsOf: chunk[..<Int(count)])
    }
  }

  /// Unpacks bytes that gzip packed and that are part of the program.
  static func unpack(_ packed: [UInt8], name: String) throws(TrainingError) -> [UInt8] {
    // 16 more than the largest window asks for gzip's own header and checksum.
    try inflated(packed, window: 15 + 16, name: name)
  }

  /// Unpacks deflated bytes without a header, as archives hold them.
  ///
  /// - Parameter size: of what comes out.
  static func inflated(
    _ packed: ArraySlice<UInt8>, size: Int, name: String
  ) throws(TrainingError) -> [UInt8] {
    try MemoryDemand(bytes: size, purpose: "the bytes of \(name)").require()
    return try inflated(Array(packed), window: -15, name: name)
  }

  /// CRC-32 (ISO 3309), as archives have it.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
  }

  /// - Parameter window: as `inflateInit2` has it.
  private static func inflated(
    _ packed: [UInt8], window: CInt, name: String
  ) throws(TrainingError) -> [UInt8] {
    var stream = z_stream()
    guard inflateInit2_(&stream, window, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .library("zlib could not start to unpack \(name)")
    }
    defer { inflateEnd(&stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var code: CInt = Z_OK
    var packed = packed
    packed.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      var left = input.count
      while code == Z_OK {
        // zlib counts in 32 bits.
        if stream.avail_in == 0 {
          let next = min(left, 1 << 30)
          stream.avail_in = CUnsignedInt(next)
          left -= next
        }
        let produced = chunk.withUnsafeMutableBufferPointer { output -> Int in
          stream.next_out = output.baseAddress
          stream.avail_out = CUnsignedInt(output.count)
          code = inflate(&stream, Z_NO_FLUSH)
          return output.count - Int(stream.avail_out)
        }
        bytes.append(contentsOf: chunk[..<produced])
      }
    }
    guard code == Z_STREAM_END else { throw damaged(name, code: code, message: "") }
    return bytes
  }

  static func unreadable(_ path: String, _ reason: String) -> TrainingError {
    .data(
      path: path, expected: "a readable file", found: reason.lowercasedFirst,
      remedy: "Correct the path under `data`; a relative one starts from the working directory.")
  }

  private static func damaged(_ path: String, code: CInt, message: String) -> TrainingError {
    // zlib names the file first; the error names it already.
    let prefix = "\(path): "
    let bare = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
    let found =
      switch code {
      case Z_BUF_ERROR: "a file that ends within the packed data"
      case Z_ERRNO: String(cString: strerror(errno)).lowercasedFirst
      default: bare.isEmpty ? "damaged data (zlib code \(code))" : "damaged data (\(bare))"
      }
    return .data(
      path: path, expected: "intact gzip data", found: found, remedy: "Fetch or copy the file again.")
  }
}

extension String {
  /// For messages of the system in the middle of a sentence.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
