import CMPI

// Messages between two ranks. Counts are below 2³¹ elements (MPI 3.1 takes C ints): longer arrays go in
// pieces.

extension Communicator {
  /// Receives a message of at most `buffer.count` elements.
  ///
  /// - Throws: `MPIError.failedCall` when the message is longer. MPI 3.1 §3.7.2, `MPI_Irecv`.
  @discardableResult
  public borrowing func receive<Scalar: MPIScalar>(
    into buffer: UnsafeMutableBufferPointer<Scalar>, from rank: Rank, tag: Tag, deadline: Deadline? = nil
  ) throws(MPIError) -> Envelope {
    let operation = try irecv(buffer, from: rank, tag: tag)
    try operation.finish(by: self.deadline(deadline))
    return operation.envelope!
  }

  /// As above, into a span.
  @discardableResult
  public borrowing func receive<Scalar: MPIScalar>(
    into span: inout MutableSpan<Scalar>, from rank: Rank, tag: Tag, deadline: Deadline? = nil
  ) throws(MPIError) -> Envelope {
    try span.withUnsafeMutableBufferPointer { buffer throws(MPIError) in
      try receive(into: buffer, from: rank, tag: tag, deadline: deadline)
    }
  }

  /// Receives a message whose length is not known beforehand.
  public borrowing func receive<Scalar: MPIScalar>(
    _ type: Scalar.Type, from rank: Rank, tag: Tag, deadline: Deadline? = nil
  ) throws(MPIError) -> [Scalar] {
    let envelope = try probe(for: type, from: rank, tag: tag, deadline: deadline)
    return try allocating(envelope.count) { buffer throws(MPIError) in
      try receive(into: buffer, from: rank, tag: tag, deadline: deadline)
    }
  }

  /// Bytes of a length that is not known beforehand.
  public borrowing func receiveBytes(
    from rank: Rank, tag: Tag, deadline: Deadline? = nil
  ) throws(MPIError) -> [UInt8] {
    try receive(UInt8.self, from: rank, tag: tag, deadline: deadline)
  }

  // MARK: Looking

  /// The envelope of the next message with this tag, from `rank` or from anyone; nil when none has come.
  /// Never waits. Local. MPI 3.1 §3.8.1, `MPI_Iprobe`.
  public borrowing func probeNow<Scalar: MPIScalar>(
    for type: Scalar.Type = UInt8.self, from rank: Rank? = nil, tag: Tag
  ) throws(MPIError) -> Envelope? {
    var flag: CInt = 0
    var status = MPI_Status()
    let source = rank.map { CInt($0.rawValue) } ?? cmpi_any_source()
    try check(
      "MPI_Iprobe", MPI_Iprobe(source, CInt(tag.rawValue), state.raw.handle, &flag, &status), on: state)
    return flag == 0 ? nil : try Envelope(status, counting: Scalar.datatype, on: state)
  }

  /// Waits for a message, and leaves it where it is.
  public borrowing func probe<Scalar: MPIScalar>(
    for type: Scalar.Type = UInt8.self, from rank: Rank? = nil, tag: Tag, deadline: Deadline? = nil
  ) throws(MPIError) -> Envelope {
    let deadline = self.deadline(deadline)
    var backOff = BackOff()
    while true {
      if let envelope = try probeNow(for: type, from: rank, tag: tag) { return envelope }
      if backOff.shouldCheckClock {
        let phase = Phase("wait for a message", rank.map { ("from", $0) }, tag: tag)
        try state.checkCancellation(of: phase.text(on: self.name))
        if deadline.hasPassed {
          throw try state.timeOut(
            of: phase.text(on: self.name),
            after: deadline,
            missing: rank.map { [$0] } ?? ranks.filter { $0 != self.rank })
        }
        if backOff.isPatient { try state.answerRollCalls() }
      }
      backOff.pause()
    }
  }

  // MARK: Starting

  /// Starts a send. The buffer must stay alive and unchanged until the request is complete.
  public borrowing func startSend<Scalar: MPIScalar>(
    _ values: UnsafeBufferPointer<Scalar>, to rank: Rank, tag: Tag
  ) throws(MPIError) -> Request {
    Request(try isend(values, to: rank, tag: tag, keeping: nil))
  }

  /// Starts a send of an array, which the request keeps.
  public borrowing func startSend<Scalar: MPIScalar>(
    _ values: [Scalar], to rank: Rank, tag: Tag
  ) throws(MPIError) -> Request {
    let pinned = PinnedArray(values)
    return Request(try isend(pinned.buffer, to: rank, tag: tag, keeping: pinned))
  }

  /// Starts a send of a part of an array, which the request keeps.
  public borrowing func startSend<Scalar: MPIScalar>(
    _ values: [Scalar], _ part: Range<Int>, to rank: Rank, tag: Tag
  ) throws(MPIError) -> Request {
    let pinned = PinnedArray(values)
    return Request(
      try isend(UnsafeBufferPointer(rebasing: pinned.buffer[part]), to: rank, tag: tag, keeping: pinned))
  }

  /// Starts a receive. The buffer must stay alive and untouched until the request is complete.
  public borrowing func startReceive<Scalar: MPIScalar>(
    into buffer: UnsafeMutableBufferPointer<Scalar>, from rank: Rank, tag: Tag
  ) throws(MPIError) -> Request {
    Request(try irecv(buffer, from: rank, tag: tag))
  }

  private borrowing func isend<Scalar: MPIScalar>(
    _ values: UnsafeBufferPointer<Scalar>, to rank: Rank, tag: Tag, keeping kept: AnyObject?
  ) throws(MPIError) -> Operation {
    var request = cmpi_request_null()
    let elements = try count(values.count, of: "MPI_Isend")
    try check(
      "MPI_Isend",
      MPI_Isend(
        values.baseAddress, elements, Scalar.datatype.raw.handle,
        CInt(rank.rawValue), CInt(tag.rawValue), state.raw.handle, &request.handle), on: state)
    return SingleRequest(
      request, .send, function: "MPI_Isend", keeping: kept,
      as: Phase("send", count: values.count, of: Scalar.self, ("to", rank), tag: tag), on: state)
  }

  private borrowing func irecv<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, from rank: Rank, tag: Tag
  ) throws(MPIError) -> Operation {
    var request = cmpi_request_null()
    let elements = try count(buffer.count, of: "MPI_Irecv")
    try check(
      "MPI_Irecv",
      MPI_Irecv(
        buffer.baseAddress, elements, Scalar.datatype.raw.handle,
        CInt(rank.rawValue), CInt(tag.rawValue), state.raw.handle, &request.handle), on: state)
    return SingleRequest(
      request, .receive(Scalar.datatype), function: "MPI_Irecv",
      as: Phase("receive", count: buffer.count, of: Scalar.self, ("from", rank), tag: tag), on: state)
  }
}

/// A count as MPI takes it.
func count(_ count: Int, of function: String) throws(MPIError) -> CInt {
  guard let count = CInt(exactly: count) else {
    throw .invalid(
      function: function, expected: "fewer than 2,147,483,648 elements in a message", found: "\(count)",
      remedy: "Send it in pieces.")
  }
  return count
}

/// An array of `count` elements that `fill` writes, by MPI: where it fails, they are never freed.
func allocating<Scalar: MPIScalar>(
  _ count: Int, fill: (UnsafeMutableBufferPointer<Scalar>) throws(MPIError) -> Void
) throws(MPIError) -> [Scalar] {
  var array = [Scalar](unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
  try withMemory(of: &array, fill)
  return array
}

/// Lets MPI write into an array: where that fails, its memory is never freed, because a late message may
/// still come to it.
func withMemory<Scalar: MPIScalar>(
  of array: inout [Scalar], _ body: (UnsafeMutableBufferPointer<Scalar>) throws(MPIError) -> Void
) throws(MPIError) {
  var failure: MPIError?
  array.withUnsafeMutableBufferPointer { buffer in
    do throws(MPIError) { try body(buffer) } catch { failure = error }
  }
  guard let failure else { return }
  leak(array)
  throw failure
}
