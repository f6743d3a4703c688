internal import CHDF5
internal import Glibc

#if _endian(big)
  #error("Arrays go to the file as they lie in memory, which must be little-endian.")
#endif

/// A file being written. HDF5 makes it in memory; the bytes of arrays, nearly all there is, never go that way
/// but straight to the disk, at the place that HDF5 gave them. When the file is closed, the rest follows from
/// memory.
///
/// So every byte reaches the disk by our own system calls, and a full disk is an ordinary error. HDF5 itself
/// does not survive one: when it can't write its metadata out (1.10.8), the file stays open for ever and the
/// program crashes when it exits. Arrays are read once, for the disk and for the checksum together, and the
/// library is not locked meanwhile.
final class NewFile: @unchecked Sendable {
  private let location: Location
  private let disk: CInt
  /// Below 0 before it is made.
  private var memory: CInt = -1
  /// What went to the disk already. Guarded by `Library.locked`.
  private var written: [Range<Int>] = []

  /// How much is written, and read for its checksum, at a time: small enough to stay in the cache between the
  /// two.
  private static let blockSize = 1024 * 1024

  /// - Parameters:
  ///   - path: the file on the disk, made anew.
  ///   - reported: the path that errors name.
  init(at path: String, reportedAs reported: String) throws(HDF5Error) {
    let location = Location(file: reported, object: "")
    self.location = location
    let disk = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard disk >= 0 else { throw location.error(.system(call: "open", code: errno)) }
    self.disk = disk
  }

  deinit {
    close(disk)
    if memory >= 0 { close(memory) }
  }

  /// Makes the file in memory, and gives `open` the path by which HDF5 finds it: for that long only, because
  /// then the file goes with its last user. Not a memfd in /proc, because the library resolves symbolic links
  /// and that one leads nowhere.
  func withMemoryPath(_ open: (String) throws(HDF5Error) -> Handle) throws(HDF5Error) -> Handle {
    let directory = try Self.roomyDirectory(besides: location.file)
    var template = Array("\(directory)/hdf5.XXXXXX".utf8CString)
    memory = mkstemp(&template)
    guard memory >= 0 else {
      throw HDF5Error(file: directory, problem: .system(call: "mkstemp", code: errno))
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    guard fcntl(memory, F_SETFD, FD_CLOEXEC) >= 0 else {
      throw HDF5Error(file: path, problem: .system(call: "fcntl", code: errno))
    }
    return try open(path)
  }

  /// Bytes that the file in memory must find: its metadata, a few kB for each array. It is refused before HDF5
  /// meets the end of the space, which it does not survive.
  private static let leastRoom = 16 << 20

  /// Where the file in memory has room: shared memory, or where that is small, full or read-only, as in many
  /// containers, the folder for temporary files or the file's own.
  private static func roomyDirectory(besides path: String) throws(HDF5Error) -> String {
    let own = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let candidates = ["/dev/shm", "/tmp", own.isEmpty ? "/" : own]
    for directory in candidates {
      var system = statvfs()
      guard statvfs(directory, &system) == 0, access(directory, W_OK) == 0 else { continue }
      let (free, overflow) = Int(system.f_bavail).multipliedReportingOverflow(by: Int(system.f_frsize))
      if overflow || free >= leastRoom { return directory }
    }
    throw HDF5Error(
      file: candidates.joined(separator: ", "), problem: .system(call: "a look for 16 MB of room", code: ENOSPC))
  }

  /// Writes an array's bytes.
  ///
  /// - Returns: their checksum.
  func write(_ bytes: RawSpan, at offset: Int, for place: Location) throws(HDF5Error) -> UInt32 {
    Library.locked { written.append(offset..<offset + bytes.byteCount) }
    var checksum: UInt32 = 0
    var start = 0
    while start < bytes.byteCount {
      let block = bytes.extracting(start..<min(start + Self.blockSize, bytes.byteCount))
      checksum = Checksum.crc32c(block, after: checksum)
      try put(block, at: offset + start, for: place)
      start += block.byteCount
    }
    return checksum
  }

  /// Writes the rest, once HDF5 has closed the file in memory.
  func finish() throws(HDF5Error) {
    let end = Int(lseek(memory, 0, SEEK_END))
    guard end >= 0 else { throw location.error(.system(call: "lseek", code: errno)) }
    let ranges = Library.locked { written.sorted { $0.lowerBound < $1.lowerBound } }
    var position = 0
    for range in ranges {
      try copy(from: position, to: range.lowerBound)
      position = range.upperBound
    }
    try copy(from: position, to: end)
  }

  /// Copies a part of the file from memory to the disk.
  private func copy(from start: Int, to end: Int) throws(HDF5Error) {
    var position = start
    var buffer = [UInt8](repeating: 0, count: min(Self.blockSize, max(0, end - start)))
    while position < end {
      let count = pread(memory, &buffer, min(buffer.count, end - position), position)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw location.error(.system(call: "read", code: errno)) }
      // The file in memory may end before an array that is on the disk alone.
      guard count > 0 else { return }
      try put(buffer.span.extracting(first: count).bytes, at: position, for: location)
      position += count
    }
  }

  private func put(_ bytes: RawSpan, at offset: Int, for place: Location) throws(HDF5Error) {
    var done = 0
    while done < bytes.byteCount {
      let count = bytes.withUnsafeBytes {
        pwrite(disk, $0.baseAddress! + done, $0.count - done, offset + done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw place.error(.system(call: "write", code: errno)) }
      done += count
    }
  }
}
