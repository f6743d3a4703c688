import MPI

/// Read-only memory of a data set, written once and then shared by all who hold it: this process's own, or
/// one copy for all ranks of a node.
///
/// Any thread may read it, and let go of it.
final class SampleMemory<Scalar: BitwiseCopyable>: @unchecked Sendable {
  private let base: UnsafePointer<Scalar>
  let count: Int
  /// What the memory belongs to.
  private let owner: AnyObject

  /// Memory of this process. `fill` writes every scalar; the memory starts uninitialized.
  ///
  /// - Throws: `TrainingError.memory` when there is no room for it; what `fill` throws.
  convenience init(
    count: Int, fill: (UnsafeMutableBufferPointer<Scalar>) throws(TrainingError) -> Void
  ) throws(TrainingError) where Scalar: Numeric {
    let block = try AlignedBlock<Scalar>(uninitialized: count, for: "the data")
    try fill(block.values)
    self.init(base: UnsafePointer(block.values.baseAddress!), count: count, owner: block)
  }

  convenience init(_ scalars: [Scalar]) throws(TrainingError) where Scalar: Numeric {
    try self.init(count: scalars.count) { _ = $0.initialize(from: scalars) }
  }

  /// Memory that belongs to `owner`.
  fileprivate init(base: UnsafePointer<Scalar>, count: Int, owner: AnyObject) {
    self.base = base
    self.count = count
    self.owner = owner
  }

  /// Changes the scalars where they are. Only for who alone holds the memory yet.
  func change<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(TrainingError) -> Result
  ) throws(TrainingError) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeMutableBufferPointer(start: UnsafeMutablePointer(mutating: base), count: count))
  }

  /// Lends the memory to `body`, which must not keep it: a temporary owner is gone right after.
  func withScalars<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeBufferPointer(start: base, count: count))
  }
}

extension SampleMemory where Scalar: MPIScalar {
  /// One copy for the node, or where it can share none, one for each rank. Collective over `node`, whose
  /// first rank has the scalars; `count` and `limits` are the same on every rank.
  ///
  /// - Returns: whether the node's ranks share it.
  static func shared(
    _ local: SampleMemory?, count: Int, limits: SharingLimits, on node: borrowing Communicator,
    deadline: Deadline
  ) throws(MPIError) -> (memory: SampleMemory, isShared: Bool) {
    try shared(count: count, limits: limits, on: node, deadline: deadline) { elements in
      local?.withScalars { _ = elements.update(from: $0) }
    }
  }

  /// As above, filled where it stays: `fill` is called on the first rank alone.
  static func shared(
    count: Int, limits: SharingLimits, on node: borrowing Communicator, deadline: Deadline,
    fill: (UnsafeMutableBufferPointer<Scalar>) -> Void
  ) throws(MPIError) -> (memory: SampleMemory, isShared: Bool) {
    let array = try SharedArray<Scalar>(
      count: count, on: node, limits: limits, deadline: deadline, fill: fill)
    let owner = SharedOwner(array)
    let scalars = owner.array.withUnsafeBufferPointer { $0 }
    let memory = SampleMemory(base: scalars.baseAddress!, count: scalars.count, owner: owner)
    return (memory, owner.array.isShared)
  }
}

/// A shared array in a class, so that it can be an owner.
private final class SharedOwner<Scalar: MPIScalar> {
  let array: SharedArray<Scalar>

  init(_ array: consuming SharedArray<Scalar>) { self.array = array }
}
