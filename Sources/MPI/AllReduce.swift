import CMPI

/// Who carries out an all-reduce. Libraries tune their blocking all-reduce, but a blocking call knows no
/// deadline and overlaps with nothing; their nonblocking one is often several times slower (Open MPI 5.0, two
/// ranks: 3.5 times at 4 kB, 2.8 times at 7.5 MB). So small groups use an exchange of this module's own,
/// which is both nonblocking and fast.
public enum AllReduceAlgorithm: Sendable {
  /// `exchange` up to 16 ranks, `library` above, where a library knows the machine's network better.
  case automatic
  /// Recursive doubling for short arrays, ring for long ones, by point-to-point messages.
  case exchange
  /// `MPI_Iallreduce`.
  case library

  func usesExchange(ranks: Int) -> Bool {
    switch self {
    case .automatic: ranks <= 16
    case .exchange: true
    case .library: false
    }
  }
}

extension Communicator {
  /// Replaces `values`, on every rank, with their elementwise `reduction` over this communicator's ranks, the
  /// same bits on every rank. Collective: every rank calls it, with the same count, below 2³¹. MPI 3.1
  /// §5.9.6, `MPI_Allreduce`.
  public borrowing func allReduce<Scalar: MPIScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction, deadline: Deadline? = nil,
    by algorithm: AllReduceAlgorithm = .automatic
  ) throws(MPIError) {
    try allReduceOperation(values, reduction, algorithm).finish(by: self.deadline(deadline))
  }

  /// As above, over a span.
  public borrowing func allReduce<Scalar: MPIScalar>(
    _ values: inout MutableSpan<Scalar>, _ reduction: Reduction, deadline: Deadline? = nil
  ) throws(MPIError) {
    try values.withUnsafeMutableBufferPointer { buffer throws(MPIError) in
      try allReduce(buffer, reduction, deadline: deadline)
    }
  }

  /// As above, over an array.
  public borrowing func allReduce<Scalar: MPIScalar>(
    _ values: inout [Scalar], _ reduction: Reduction, deadline: Deadline? = nil
  ) throws(MPIError) {
    try withMemory(of: &values) { buffer throws(MPIError) in
      try allReduce(buffer, reduction, deadline: deadline)
    }
  }

  /// As above, over one value.
  public borrowing func allReduce<Scalar: MPIScalar>(
    _ value: Scalar, _ reduction: Reduction, deadline: Deadline? = nil
  ) throws(MPIError) -> Scalar {
    var values = [value]
    try allReduce(&values, reduction, deadline: deadline)
    return values[0]
  }

  /// Starts an all-reduce of `values` in place; the buffer must stay alive and untouched until the request is
  /// complete. Several may be under way at once if every rank starts them in the same order. It moves on only
  /// when some rank's request is tested. Collective.
  public borrowing func startAllReduce<Scalar: MPIScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction,
    by algorithm: AllReduceAlgorithm = .automatic
  ) throws(MPIError) -> Request {
    Request(try allReduceOperation(values, reduction, algorithm))
  }

  private borrowing func allReduceOperation<Scalar: MPIScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction, _ algorithm: AllReduceAlgorithm
  ) throws(MPIError) -> Operation {
    state.collectives &+= 1
    let phase = Phase("all-reduce", count: values.count, of: Scalar.self)
    guard size > 1, let base = values.baseAddress, values.count > 0 else {
      return Operation(phase, on: state)
    }
    let elements = try count(values.count, of: "MPI_Iallreduce")
    if algorithm.usesExchange(ranks: size) {
      return try AllReduceExchange(
        base, count: values.count, stride: MemoryLayout<Scalar>.stride, Scalar.datatype.raw, reduction.raw,
        as: phase, on: state)
    }
    var request = cmpi_request_null()
    try check(
      "MPI_Iallreduce",
      MPI_Iallreduce(
        cmpi_in_place(), base, elements, Scalar.datatype.raw.handle, reduction.raw.handle, state.raw.handle,
        &request.handle), on: state)
    return SingleRequest(request, .collective, function: "MPI_Iallreduce", as: phase, on: state)
  }
}
