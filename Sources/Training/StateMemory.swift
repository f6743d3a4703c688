import Glibc
internal import Processes

/// Memory of a state: bytes that start on a cache line and never move. Whoever makes it writes it, before
/// anybody else sees it; from then on nobody does.
///
/// Not an array: it can be shared between a trainer, a writer and a message without a copy, its making can
/// fail (`AlignedBlock` says why that matters), and what still comes to it can keep it alive.
public final class StateMemory: @unchecked Sendable {
  /// For the maker to write to.
  public let writable: UnsafeMutableRawBufferPointer

  /// What another process opens to have the same memory; nil where none can.
  let file: MemoryFile?

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(writable) }
  public var byteCount: Int { writable.count }

  /// Not yet written.
  ///
  /// - Parameter purpose: what errors call it, such as `a copy of the trial's state`.
  /// - Throws: `TrainingError.memory` when there is no room for it.
  public init(byteCount: Int, for purpose: String) throws(TrainingError) {
    let demand = MemoryDemand(bytes: byteCount, purpose: purpose)
    try demand.require()
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 64, max(byteCount, 1)) == 0, let memory else { throw demand.failure() }
    writable = UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
    file = nil
  }

  /// Not yet written, and open to other processes of this host.
  ///
  /// - Throws: `TrainingError.memory` when there is no room for it.
  public convenience init(sharing byteCount: Int, for purpose: String) throws(TrainingError) {
    let demand = MemoryDemand(bytes: byteCount, purpose: purpose)
    try demand.require()
    do throws(ProcessError) {
      let file = try MemoryFile(named: "tuner-mpi state")
      try file.resize(to: byteCount)
      try self.init(file)
    } catch {
      throw demand.failure()
    }
  }

  /// Not yet written.
  ///
  /// - Parameter isShared: whether other processes of this host can open it.
  /// - Throws: `TrainingError.memory` when there is no room for it.
  public convenience init(byteCount: Int, isShared: Bool, for purpose: String) throws(TrainingError) {
    if isShared {
      try self.init(sharing: byteCount, for: purpose)
    } else {
      try self.init(byteCount: byteCount, for: purpose)
    }
  }

  /// What another process has written.
  init(_ file: MemoryFile) throws(ProcessError) {
    writable = try file.map()
    self.file = file
  }

  /// A file that takes so many bytes or more is kept open; less is copied, so that thousands of states need no
  /// descriptors.
  private static let smallestFile = 1 << 20

  /// What another process has written to a file, which is sealed from now on.
  static func written(to file: MemoryFile) throws(TrainingError) -> StateMemory {
    let bytes: UnsafeMutableRawBufferPointer
    do throws(ProcessError) {
      bytes = try file.map()
      if file.seal(), bytes.count >= smallestFile { return try StateMemory(file) }
    } catch {
      throw .library(error.description)
    }
    let copy = try StateMemory(byteCount: bytes.count, for: "a program's state")
    copy.writable.copyMemory(from: UnsafeRawBufferPointer(bytes))
    return copy
  }

  /// Whether other processes of this host can open it.
  public var isShared: Bool { file != nil }

  /// A copy of numbers that are in memory already, and few.
  public convenience init<Scalar: BitwiseCopyable>(copying values: [Scalar]) {
    do throws(TrainingError) {
      try self.init(byteCount: values.count * MemoryLayout<Scalar>.stride, for: "a copy of an array")
    } catch {
      preconditionFailure("\(error)")
    }
    values.withUnsafeBytes { writable.copyMemory(from: $0) }
  }

  deinit {
    if file == nil { free(writable.baseAddress) }
  }
}

extension StateMemory: Equatable {
  /// Equal in every bit.
  public static func == (left: StateMemory, right: StateMemory) -> Bool {
    left === right
      || left.byteCount == right.byteCount
        && (left.byteCount == 0
          || memcmp(left.writable.baseAddress!, right.writable.baseAddress!, left.byteCount) == 0)
  }
}
