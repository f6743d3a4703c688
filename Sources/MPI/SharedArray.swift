import Glibc

/// An array that is filled once on a node and read by all its ranks. Where the node can share memory, it
/// takes the memory of one copy; where it cannot, every rank has a copy of its own.
public struct SharedArray<Scalar: MPIScalar>: ~Copyable {
  private let memory: any ElementMemory
  private let elements: UnsafeBufferPointer<Scalar>

  public var count: Int { elements.count }

  /// False when each rank has its own copy.
  public var isShared: Bool { memory is NodeMemory }

  /// Makes the array on all ranks of `node`, which must share memory (`Communicator.splitByNode`). The first
  /// rank fills it; when the initializer returns, every rank can read it. Collective over `node`; letting go
  /// of the array is local.
  ///
  /// - Parameters:
  ///   - count: elements, the same on every rank.
  ///   - limits: the same on every rank.
  ///   - fill: writes all elements; called on the first rank alone.
  /// - Throws: `MPIError.memory` on every rank, with the bytes needed and the bytes there, when there is
  ///   neither memory to share nor enough for a copy on each rank.
  public init(
    count: Int, on node: borrowing Communicator, limits: SharingLimits = SharingLimits(),
    deadline: Deadline? = nil,
    fill: (UnsafeMutableBufferPointer<Scalar>) -> Void
  ) throws(MPIError) {
    let deadline = node.deadline(deadline)
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    let room = MemoryShare(byteCount: overflow ? .max : byteCount, limit: limits.host)
    try room.require(copies: 1, on: node, deadline)
    let shared = try NodeMemory.make(byteCount, limits, writtenBy: .first, on: node, deadline: deadline)
    let memory: any ElementMemory
    if let shared { memory = shared } else { memory = try room.copy(on: node, deadline) }
    let buffer = UnsafeMutableBufferPointer(
      start: memory.base.bindMemory(to: Scalar.self, capacity: count), count: count)
    if node.isRoot { fill(buffer) }
    if shared == nil { try node.broadcastInPieces(buffer, deadline: deadline) }
    // The writer's stores, then the meeting, then the readers' loads.
    try node.barrier(deadline: deadline)
    self.memory = memory
    elements = UnsafeBufferPointer(buffer)
  }

  public subscript(index: Int) -> Scalar { elements[index] }

  /// The elements. The buffer must not be used after the array is gone.
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(elements)
  }
}

/// What shared memory may take. What is nil is asked of the host.
public struct SharingLimits: Sendable {
  /// Bytes of `/dev/shm`; nil for half of what is free there, because MPI's messages go through it too.
  public var sharedMemory: Int?
  /// Whether it may be in a file in memory without a name, whose size no file system limits.
  public var allowsAnonymousMemory = true
  /// Bytes of the host's memory that the node's ranks may take together.
  public var host: Int?

  public init() {}
}

/// What holds an array's elements as long as it lives.
private protocol ElementMemory: AnyObject {
  var base: UnsafeMutableRawPointer { get }
}

extension NodeMemory: ElementMemory {}

/// Memory of one process, where there is some.
private final class PrivateMemory: ElementMemory {
  let base: UnsafeMutableRawPointer

  init?(byteCount: Int) {
    guard let base = malloc(max(byteCount, 1)) else { return nil }
    self.base = base
  }

  deinit { free(base) }
}

/// What a node's copies of an array need, beside what the host has.
private struct MemoryShare {
  var byteCount: Int
  /// Stands for what the host has free, when it is given.
  var limit: Int?

  /// This rank's own memory for the array, once all ranks have theirs. Collective.
  func copy(on node: borrowing Communicator, _ deadline: Deadline) throws(MPIError) -> PrivateMemory {
    try require(copies: node.size, on: node, deadline)
    let own = PrivateMemory(byteCount: byteCount)
    try agree(own == nil, copies: 1, on: node, deadline)
    guard let own else { preconditionFailure("ranks agreed on memory that is not there") }
    return own
  }

  /// Goes on only when the host has the memory for so many copies. Collective.
  func require(copies: Int, on node: borrowing Communicator, _ deadline: Deadline) throws(MPIError) {
    let (needed, overflow) = byteCount.multipliedReportingOverflow(by: copies)
    let there = limit.map { HostMemory(bytes: $0, limit: "the limit that was given") } ?? .available()
    try agree(overflow || needed > there.bytes, there, copies: copies, on: node, deadline)
  }

  /// Throws on every rank when any lacks the memory. Collective.
  func agree(
    _ isLacking: Bool, _ there: HostMemory = .available(), copies: Int, on node: borrowing Communicator,
    _ deadline: Deadline
  ) throws(MPIError) {
    let words = isLacking ? Array(there.description.utf8) : nil
    guard let failed = try node.firstFailure(words, deadline: deadline) else { return }
    let host =
      node.hosts.indices.contains(failed.rank.rawValue) ? node.hosts[failed.rank.rawValue] : "its host"
    throw .memory(
      purpose: copies == 1 ? "data in memory" : "data in memory, a copy for each of \(copies) ranks",
      needed: byteCount.multipliedReportingOverflow(by: copies).overflow ? .max : byteCount * copies,
      found: String(decoding: failed.words, as: UTF8.self), host: host)
  }
}

extension Communicator {
  /// As `broadcast`, of any number of elements.
  fileprivate borrowing func broadcastInPieces<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, deadline: Deadline
  ) throws(MPIError) {
    let longest = 1 << 26
    for start in stride(from: 0, to: buffer.count, by: longest) {
      let piece = start..<min(start + longest, buffer.count)
      try broadcast(UnsafeMutableBufferPointer(rebasing: buffer[piece]), deadline: deadline)
    }
  }
}
