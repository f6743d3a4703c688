import CMPI

// When a collective takes too long, a rank that waits asks all others where they are. Whoever waits in this
// module, for anything, answers with the number of collectives it has begun on this communicator. Who does
// not answer computes, hangs or is dead; who answers with a smaller number waits somewhere else. Only
// point-to-point messages are used, since the collective in trouble may block every other one.

extension CommunicatorState {
  /// Answers the roll calls of others. Local; cheap enough for every sleep of a wait.
  func answerRollCalls() throws(MPIError) {
    guard size > 1, !isFinalized() else { return }
    while true {
      var flag: CInt = 0
      var status = MPI_Status()
      try check(
        "MPI_Iprobe",
        MPI_Iprobe(cmpi_any_source(), ReservedTag.rollCallQuestion, raw.handle, &flag, &status), on: self)
      guard flag != 0 else { return }
      var question: Int32 = 0
      try check(
        "MPI_Recv",
        MPI_Recv(
          &question, 1, cmpi_int32().handle, status.MPI_SOURCE, ReservedTag.rollCallQuestion, raw.handle,
          cmpi_status_ignore()), on: self)
      try sendEagerly(collectives, to: status.MPI_SOURCE, tag: ReservedTag.rollCallAnswer)
    }
  }

  /// The error for a wait that did not end: names who did not answer.
  func timeOut(
    of phase: String, after deadline: Deadline, missing known: [Rank]?
  ) throws(MPIError) -> MPIError {
    isIntact = false
    // Whoever waits, looks for questions every millisecond; a loaded machine may need longer.
    let missing = if let known { known } else { try rollCall(within: min(2, max(0.5, deadline.seconds))) }
    // If everyone answered, the trouble lies elsewhere: say whom it waits for.
    let named = missing.isEmpty ? (0..<size).map { Rank($0) }.filter { $0 != rank } : missing
    return .timedOut(
      MPIError.TimeOut(
        phase: phase, seconds: deadline.seconds, rank: rank, host: host(of: rank), missing: named,
        hosts: named.map { host(of: $0) }, isRollCalled: known == nil && !missing.isEmpty))
  }

  /// The ranks that do not say in time that they have come as far as this one.
  private func rollCall(within seconds: Double) throws(MPIError) -> [Rank] {
    var absent = Set((0..<size).map { Rank($0) })
    absent.remove(rank)
    for other in absent {
      try sendEagerly(collectives, to: CInt(other.rawValue), tag: ReservedTag.rollCallQuestion)
    }
    let deadline = Deadline.seconds(seconds)
    var backOff = BackOff()
    while !absent.isEmpty, !deadline.hasPassed {
      try answerRollCalls()
      while let (source, begun) = try nextAnswer() {
        if begun >= collectives { absent.remove(source) }
      }
      backOff.pause()
    }
    return absent.sorted()
  }

  private func nextAnswer() throws(MPIError) -> (Rank, Int32)? {
    var flag: CInt = 0
    var status = MPI_Status()
    try check(
      "MPI_Iprobe", MPI_Iprobe(cmpi_any_source(), ReservedTag.rollCallAnswer, raw.handle, &flag, &status),
      on: self)
    guard flag != 0 else { return nil }
    var answer: Int32 = 0
    try check(
      "MPI_Recv",
      MPI_Recv(
        &answer, 1, cmpi_int32().handle, status.MPI_SOURCE, ReservedTag.rollCallAnswer, raw.handle,
        cmpi_status_ignore()), on: self)
    return (Rank(Int(status.MPI_SOURCE)), answer)
  }

  /// Four bytes to a rank that may be dead: never waits. The library copies so small a message at once; the
  /// copy here is leaked only if it did not.
  private func sendEagerly(_ value: Int32, to rank: CInt, tag: CInt) throws(MPIError) {
    let copy = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    copy.initialize(to: value)
    var request = cmpi_request_null()
    try check(
      "MPI_Isend", MPI_Isend(copy, 1, cmpi_int32().handle, rank, tag, raw.handle, &request.handle), on: self)
    var flag: CInt = 0
    try check("MPI_Test", MPI_Test(&request.handle, &flag, cmpi_status_ignore()), on: self)
    if flag != 0 {
      copy.deallocate()
    } else {
      try check("MPI_Request_free", MPI_Request_free(&request.handle), on: self)
    }
  }
}
