import MPI

/// Read-only memory of a data set, written once and then shared by all who hold it: this process's own, or
/// one copy for all ranks of a node.
///
/// Any thread may read it. The last holder of shared memory must let go of it on the thread that speaks to
/// MPI, as all ranks of the node do.
final class SampleMemory<Scalar: BitwiseCopyable>: @unchecked Sendable {
  private let base: UnsafePointer<Scalar>
  let count: Int
  /// What the memory belongs to, when it isn't this object.
  private let owner: AnyObject?

  /// Memory of this process. `fill` writes every scalar; the memory starts uninitialized.
  init<Failure: Error>(
    count: Int, fill: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Void
  ) throws(Failure) {
    let buffer = UnsafeMutablePointer<Scalar>.allocate(capacity: max(1, count))
    base = UnsafePointer(buffer)
    self.count = count
    owner = nil
    try fill(UnsafeMutableBufferPointer(start: buffer, count: count))
  }

  convenience init(_ scalars: [Scalar]) {
    self.init(count: scalars.count) { _ = $0.initialize(from: scalars) }
  }

  /// Memory that belongs to `owner`.
  fileprivate init(base: UnsafePointer<Scalar>, count: Int, owner: AnyObject) {
    self.base = base
    self.count = count
    self.owner = owner
  }

  deinit {
    if owner == nil { base.deallocate() }
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
  /// One copy for the node. Collective over `node`, whose first rank has the scalars; `count` is the same on
  /// every rank.
  convenience init(
    sharing local: SampleMemory?, count: Int, on node: borrowing Communicator
  ) throws(MPIError) {
    let shared = try SharedArray<Scalar>(count: count, on: node) { window in
      local?.withScalars { _ = window.update(from: $0) }
    }
    self.init(shared: SharedOwner(shared))
  }

  private convenience init(shared: SharedOwner<Scalar>) {
    let scalars = shared.array.withUnsafeBufferPointer { $0 }
    self.init(base: scalars.baseAddress!, count: scalars.count, owner: shared)
  }
}

/// A window in a class, so that it can be an owner.
private final class SharedOwner<Scalar: MPIScalar> {
  let array: SharedArray<Scalar>

  init(_ array: consuming SharedArray<Scalar>) { self.array = array }
}
