internal import Glibc

/// A file that output is added to, up to a limit; of what comes after that, the last bytes are written when it ends.
struct BoundedLog {
  private var file: Int32 = -1
  private var room = 0
  private var tail: [UInt8] = []
  private var leftOut = 0

  /// Nowhere.
  init() {}

  /// - Parameter path: in a directory that is there; nil, or what cannot be written, for nowhere.
  init(_ path: String?) {
    guard let path else { return }
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard file >= 0 else { return }
    var status = stat()
    room = fstat(file, &status) == 0 ? max(0, ProcessOutput.longestLog - Int(status.st_size)) : 0
  }

  mutating func write(_ bytes: ArraySlice<UInt8>) {
    guard file >= 0 else { return }
    let direct = bytes.prefix(room)
    room -= direct.count
    add(direct)
    let rest = bytes.dropFirst(direct.count)
    guard !rest.isEmpty else { return }
    tail.append(contentsOf: rest)
    let most = ProcessOutput.tailLength
    if tail.count > 2 * most {
      leftOut += tail.count - most
      tail.removeFirst(tail.count - most)
    }
  }

  mutating func close() {
    guard file >= 0 else { return }
    if leftOut > 0 { add(Array("\n[\(leftOut) bytes are left out here]\n".utf8)[...]) }
    add(tail[...])
    Glibc.close(file)
    self = Self()
  }

  /// A log is no reason to fail: what the disk refuses is lost.
  private func add(_ bytes: ArraySlice<UInt8>) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, $0.count - written) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      written += count
    }
  }
}
