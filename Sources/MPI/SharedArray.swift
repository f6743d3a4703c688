import CMPI

/// An array that exists once on a node and is read by all its ranks, through an MPI shared-memory window: a
/// data set takes the memory of one copy, not of one a rank. MPI 3.1 §11.2.3, `MPI_Win_allocate_shared`.
public struct SharedArray<Scalar: MPIScalar>: ~Copyable {
  private let window: Window
  private let elements: UnsafeBufferPointer<Scalar>

  public var count: Int { elements.count }

  /// Makes the array on all ranks of `node`, which must share memory (`Communicator.splitByNode`). The first
  /// rank fills it; when the initializer returns, every rank can read it. Collective over `node`.
  ///
  /// - Parameters:
  ///   - count: elements, the same on every rank.
  ///   - fill: writes all elements; called on the first rank alone.
  public init(
    count: Int, on node: borrowing Communicator, deadline: Deadline? = nil,
    fill: (UnsafeMutableBufferPointer<Scalar>) throws(MPIError) -> Void
  ) throws(MPIError) {
    try node.barrier(deadline: deadline)
    let stride = MemoryLayout<Scalar>.stride
    let window = try Window(byteCount: node.isRoot ? count * stride : 0, stride: stride, on: node.state)
    let base = try window.baseOfFirstRank().bindMemory(to: Scalar.self, capacity: count)
    if node.isRoot { try fill(UnsafeMutableBufferPointer(start: base, count: count)) }
    // The writer's stores, then the meeting, then the readers' loads: MPI 3.1 §11.5.4, the unified memory
    // model.
    try window.synchronize()
    try node.barrier(deadline: deadline)
    try window.synchronize()
    self.window = window
    elements = UnsafeBufferPointer(start: UnsafePointer(base), count: count)
  }

  public subscript(index: Int) -> Scalar { elements[index] }

  /// The elements. The buffer must not be used after the array is gone.
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(elements)
  }
}

/// The one owner of an `MPI_Win`. Its end is collective over the node's ranks.
private final class Window {
  private var raw = cmpi_window_null()
  private let state: CommunicatorState

  init(byteCount: Int, stride: Int, on state: CommunicatorState) throws(MPIError) {
    self.state = state
    var base: UnsafeMutableRawPointer?
    try check(
      "MPI_Win_allocate_shared",
      MPI_Win_allocate_shared(
        MPI_Aint(byteCount), CInt(stride), cmpi_info_null(), state.raw.handle, &base, &raw.handle), on: state)
    try check("MPI_Win_set_errhandler", cmpi_window_return_errors(raw), on: state)
    // A passive epoch for the window's whole life: what `MPI_Win_sync` needs.
    try check("MPI_Win_lock_all", MPI_Win_lock_all(cmpi_mode_no_check(), raw.handle), on: state)
  }

  func baseOfFirstRank() throws(MPIError) -> UnsafeMutableRawPointer {
    var size: MPI_Aint = 0
    var unit: CInt = 0
    var base: UnsafeMutableRawPointer?
    try check("MPI_Win_shared_query", MPI_Win_shared_query(raw.handle, 0, &size, &unit, &base), on: state)
    guard let base else {
      throw .invalid(
        function: "MPI_Win_shared_query", expected: "the shared memory's address", found: "none",
        remedy: "An empty array needs no window.")
    }
    return base
  }

  func synchronize() throws(MPIError) {
    try check("MPI_Win_sync", MPI_Win_sync(raw.handle), on: state)
  }

  deinit {
    guard !isFinalized(), !cmpi_window_is_null(raw).isTrue else { return }
    do throws(MPIError) {
      try check("MPI_Win_unlock_all", MPI_Win_unlock_all(raw.handle), on: state)
      try check("MPI_Win_free", MPI_Win_free(&raw.handle), on: state)
    } catch {
      report(error)
    }
  }
}
