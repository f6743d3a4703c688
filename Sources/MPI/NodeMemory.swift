import CMPI
import Glibc

/// Memory that all ranks of a node read, and its first rank or all of them write: a file in memory that each
/// of them maps.
///
/// Not `MPI_Win_allocate_shared`: where the node's shared memory is too small, that returns an error to one
/// rank while the others wait inside the library for ever; and what it grants may have no pages behind it, so
/// that the first write to them is a bus error. Here the pages are reserved first, every rank's failure is
/// known to all before the next step, and letting go waits for nobody.
final class NodeMemory {
  /// Where a file in memory can be.
  enum Place: CaseIterable {
    /// `/dev/shm`, where MPI's own messages go through too. Containers often give it 64 MB.
    case sharedMemory
    /// A file without a name, which takes no file system's space; the other ranks reach it through the first
    /// one's process, which separate user namespaces forbid.
    case anonymous
  }

  enum Writers { case first, all }

  private let mapping: UnsafeMutableRawPointer
  private let length: Int

  var base: UnsafeMutableRawPointer { mapping + MemoryFile.markSize }

  fileprivate init(_ mapping: UnsafeMutableRawPointer, length: Int) {
    self.mapping = mapping
    self.length = length
  }

  /// At the first place that has it. Collective over `node`.
  ///
  /// - Parameters:
  ///   - byteCount: the same on every rank.
  ///   - limits: the same on every rank.
  /// - Returns: nil on all ranks when any of them has no part in such memory anywhere.
  static func make(
    _ byteCount: Int, _ limits: SharingLimits, writtenBy writers: Writers, on node: borrowing Communicator,
    deadline: Deadline
  ) throws(MPIError) -> NodeMemory? {
    for place in Place.allCases where place != .anonymous || limits.allowsAnonymousMemory {
      let memory = try make(
        byteCount, at: place, most: limits.sharedMemory, writtenBy: writers, on: node, deadline: deadline)
      if let memory { return memory }
    }
    return nil
  }

  /// - Parameter most: bytes that the shared memory may be given; nil for half of what it has free.
  private static func make(
    _ byteCount: Int, at place: Place, most: Int?, writtenBy writers: Writers,
    on node: borrowing Communicator, deadline: Deadline
  ) throws(MPIError) -> NodeMemory? {
    var file: MemoryFile?
    if node.isRoot { file = MemoryFile(byteCount: byteCount, at: place, most: most) }
    defer { file?.close() }
    // Marked before the others look.
    var memory = file?.map()
    let own = memory == nil ? [] : file.map { $0.mark + Array($0.path.utf8) }
    let address = try node.broadcastBytes(own, deadline: deadline)
    guard address.count > MemoryFile.markSize else { return nil }
    if !node.isRoot {
      let mark = Array(address.prefix(MemoryFile.markSize))
      let path = String(decoding: address.dropFirst(MemoryFile.markSize), as: UTF8.self)
      memory = MemoryFile.map(path, byteCount: byteCount, mark: mark, isWritten: writers == .all)
    }
    // The file goes only when everyone has it.
    return try node.firstFailure(memory == nil ? [] : nil, deadline: deadline) == nil ? memory : nil
  }

  deinit { munmap(mapping, length) }
}

/// The file behind the memory, on the rank that makes it. It begins with a mark, by which the others know
/// that they have opened the right one.
private struct MemoryFile {
  /// A page, so that what follows is aligned for any use.
  static let markSize = 4096

  let path: String
  let mark: [UInt8]
  private let descriptor: CInt
  private let length: Int
  private let isNamed: Bool

  /// Nil where there is no such place, or no space in it.
  init?(byteCount: Int, at place: NodeMemory.Place, most: Int?) {
    let (length, overflow) = byteCount.addingReportingOverflow(Self.markSize)
    if overflow { return nil }
    self.length = length
    var random = SystemRandomNumberGenerator()
    mark = (0..<Self.markSize).map { _ in UInt8.random(in: 0...255, using: &random) }
    switch place {
    case .sharedMemory:
      guard length <= most ?? Self.freeSharedMemory() / 2 else { return nil }
      path = "/dev/shm/tuner-mpi-\(getpid())-\(UInt64.random(in: 0...UInt64.max, using: &random))"
      descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      isNamed = true
    case .anonymous:
      descriptor = cmpi_memory_file("tuner-mpi")
      path = "/proc/\(getpid())/fd/\(descriptor)"
      isNamed = false
    }
    guard descriptor >= 0 else { return nil }
    // Reserves every page: a mapping of a file that is only long enough ends in a bus error.
    guard posix_fallocate(descriptor, 0, length) == 0 else {
      close()
      return nil
    }
  }

  /// The whole of it, marked.
  func map() -> NodeMemory? {
    let mapping = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapping, mapping != MAP_FAILED else { return nil }
    mapping.copyMemory(from: mark, byteCount: mark.count)
    return NodeMemory(mapping, length: length)
  }

  /// Another rank's file.
  static func map(_ path: String, byteCount: Int, mark: [UInt8], isWritten: Bool) -> NodeMemory? {
    let descriptor = open(path, (isWritten ? O_RDWR : O_RDONLY) | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { Glibc.close(descriptor) }
    let length = byteCount + markSize
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_size == length else { return nil }
    let protection = isWritten ? PROT_READ | PROT_WRITE : PROT_READ
    let mapping = mmap(nil, length, protection, MAP_SHARED, descriptor, 0)
    guard let mapping, mapping != MAP_FAILED else { return nil }
    let memory = NodeMemory(mapping, length: length)
    return memcmp(mapping, mark, mark.count) == 0 ? memory : nil
  }

  /// The mappings stay.
  func close() {
    if isNamed { unlink(path) }
    Glibc.close(descriptor)
  }

  private static func freeSharedMemory() -> Int {
    var information = statvfs()
    guard statvfs("/dev/shm", &information) == 0 else { return 0 }
    return Int(
      clamping: UInt64(information.f_bavail).multipliedReportingOverflow(
        by: UInt64(information.f_frsize)
      ).partialValue)
  }
}
