import CMPI

// Each is collective: every rank of the communicator calls it, in the same order, with equal counts below
// 2³¹. All are built on the nonblocking functions, so that none waits without a deadline.

extension Communicator {
  /// Returns when every rank has called it. MPI 3.1 §5.12.1, `MPI_Ibarrier`.
  public borrowing func barrier(deadline: Deadline? = nil) throws(MPIError) {
    var request = cmpi_request_null()
    try check("MPI_Ibarrier", MPI_Ibarrier(state.raw.handle, &request.handle), on: state)
    try finish(request, "MPI_Ibarrier", as: Phase("barrier"), deadline)
  }

  /// Copies the root's elements into every rank's buffer. MPI 3.1 §5.12.2, `MPI_Ibcast`.
  public borrowing func broadcast<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, from root: Rank = .root, deadline: Deadline? = nil
  ) throws(MPIError) {
    var request = cmpi_request_null()
    let elements = try count(buffer.count, of: "MPI_Ibcast")
    try check(
      "MPI_Ibcast",
      MPI_Ibcast(
        buffer.baseAddress, elements, Scalar.datatype.raw.handle,
        CInt(root.rawValue), state.raw.handle, &request.handle), on: state)
    try finish(
      request, "MPI_Ibcast", as: Phase("broadcast", count: buffer.count, of: Scalar.self, ("from", root)),
      deadline)
  }

  /// As above; the array has the same count on every rank.
  public borrowing func broadcast<Scalar: MPIScalar>(
    _ values: inout [Scalar], from root: Rank = .root, deadline: Deadline? = nil
  ) throws(MPIError) {
    try withMemory(of: &values) { buffer throws(MPIError) in
      try broadcast(buffer, from: root, deadline: deadline)
    }
  }

  /// The root's bytes, of any number, on every rank; what the others pass is ignored.
  public borrowing func broadcastBytes(
    _ bytes: [UInt8]?, from root: Rank = .root, deadline: Deadline? = nil
  ) throws(MPIError) -> [UInt8] {
    let deadline = self.deadline(deadline)
    var values = rank == root ? bytes ?? [] : []
    var length = [Int64(values.count)]
    try broadcast(&length, from: root, deadline: deadline)
    if rank != root { values = [UInt8](repeating: 0, count: Int(length[0])) }
    if !values.isEmpty { try broadcast(&values, from: root, deadline: deadline) }
    return values
  }

  /// Every rank's elements, in the order of ranks, on every rank. For small arrays. MPI 3.1 §5.12.5,
  /// `MPI_Iallgather`.
  public borrowing func allGather<Scalar: MPIScalar>(
    _ values: [Scalar], deadline: Deadline? = nil
  ) throws(MPIError) -> [[Scalar]] {
    let values = PinnedArray(values)
    let count = values.buffer.count
    let all: [Scalar] = try allocating(count * size) { buffer throws(MPIError) in
      var request = cmpi_request_null()
      let elements = try MPI.count(count, of: "MPI_Iallgather")
      try check(
        "MPI_Iallgather",
        MPI_Iallgather(
          values.buffer.baseAddress, elements, Scalar.datatype.raw.handle, buffer.baseAddress, elements,
          Scalar.datatype.raw.handle, state.raw.handle, &request.handle), on: state)
      try finish(
        request, "MPI_Iallgather", keeping: values, as: Phase("all-gather", count: count, of: Scalar.self),
        deadline)
    }
    return (0..<size).map { Array(all[$0 * count..<($0 + 1) * count]) }
  }

  private borrowing func finish(
    _ request: cmpi_request, _ function: StaticString, keeping kept: AnyObject? = nil, as phase: Phase,
    _ deadline: Deadline?
  ) throws(MPIError) {
    state.collectives &+= 1
    try SingleRequest(request, .collective, function: function, keeping: kept, as: phase, on: state)
      .finish(by: self.deadline(deadline))
  }
}
