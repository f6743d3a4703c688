import Glibc

/// The right to write to a run directory. One program at a time holds it; its end, even by SIGKILL, gives it
/// back.
///
/// An advisory `flock` on the file `lock`, which names its owner for the refusal of a second one. Linux
/// forwards it over NFS (since 2.6.12). Where a file system has no locks at all (some Lustre and NFS mounts),
/// the owner's name decides: a dead process of this host, or the same batch job after a requeue, has left;
/// anyone else must be removed by hand.
///
/// The lock is on what the directory's path leads to: `directory.check()` says whether it still does.
public struct RunLock: ~Copyable {
  /// The directory, held together with the lock.
  public let directory: HeldDirectory
  private let file: HeldFile

  /// Who holds a lock.
  public struct Owner: Equatable, Sendable {
    public var host: String
    public var process: Int32
    /// The batch system's job, or empty.
    public var batchJob: String

    public init(host: String, process: Int32, batchJob: String) {
      self.host = host
      self.process = process
      self.batchJob = batchJob
    }

    var line: String { "\(host) \(process) \(batchJob.isEmpty ? "-" : batchJob)\n" }

    init?(line: String) {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count == 3, let process = Int32(words[1]) else { return nil }
      self.init(host: words[0], process: process, batchJob: words[2] == "-" ? "" : words[2])
    }
  }

  /// - Throws: `TunerError` of kind `usage` when another program holds the lock.
  public init(of directory: String, for owner: Owner) throws(TunerError) {
    let path = directory + "/lock"
    let held = try HeldFile(directory: directory)
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard opened >= 0 else {
      throw TunerError(
        .system, subject: path, expected: "a lock file that can be opened",
        found: String(cString: strerror(errno)), remedy: "Check the permissions of the run directory.")
    }
    let file = HeldFile(path, descriptor: opened)
    try Self.take(opened, path, directory, owner)
    let place = HeldDirectory(held, lock: file)
    // Somebody may have deleted the file between its opening and the lock on it.
    try place.check()
    self.file = file
    self.directory = place
  }

  private static func take(
    _ descriptor: CInt, _ path: String, _ directory: String, _ owner: Owner
  ) throws(TunerError) {
    let code = lock(descriptor)
    if code != 0 {
      let holder = readOwner(descriptor)
      if code == EWOULDBLOCK || !hasLeft(holder, owner) { throw refusal(path, directory, holder) }
    }
    let line = Array(owner.line.utf8)
    guard ftruncate(descriptor, 0) == 0,
      line.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == line.count
    else {
      throw TunerError(
        .system, subject: path, expected: "a lock file that can be written",
        found: String(cString: strerror(errno)),
        remedy: "Check the space and the permissions of the run directory.")
    }
  }

  deinit {
    // An empty file names nobody, for file systems where the name is all there is.
    _ = ftruncate(file.descriptor, 0)
    // Not left to the closing: whoever still holds the directory holds the file, too.
    _ = flock(file.descriptor, LOCK_UN)
  }

  static func readOwner(_ descriptor: CInt) -> Owner? {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    return Owner(line: String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
  }

  /// Without locks: whether the process that the file names is gone for sure.
  static func hasLeft(_ holder: Owner?, _ owner: Owner) -> Bool {
    guard let holder else { return true }
    if holder.host == owner.host { return kill(holder.process, 0) != 0 && errno == ESRCH }
    return !holder.batchJob.isEmpty && holder.batchJob == owner.batchJob
  }

  private static func refusal(_ path: String, _ directory: String, _ holder: Owner?) -> TunerError {
    let name = holder.map { holder in
      "process \(holder.process) on \(holder.host)"
        + (holder.batchJob.isEmpty ? "" : ", batch job \(holder.batchJob)")
    }
    return TunerError(
      .usage, subject: directory, expected: "a run directory that no other program works on",
      found: name ?? "an owner without a name",
      remedy: "Wait for it, end it, or choose another run directory. If it is surely gone, delete \(path).")
  }
}
