import CMPI

extension CommunicatorState {
  /// Returns when all `members` have called it: what makes a blocking call that knows no deadline safe to
  /// enter. The first member hears from each of the others, then lets them go. Collective over `members`.
  func assemble(_ members: [Rank], deadline: Deadline) throws(MPIError) {
    guard let first = members.first, members.count > 1 else { return }
    let others = rank == first ? members.dropFirst() : [first]
    if rank == first {
      for other in others { try receiveToken(from: other, deadline) }
      for other in others { try sendToken(to: other, deadline) }
    } else {
      try sendToken(to: first, deadline)
      try receiveToken(from: first, deadline)
    }
  }

  private func sendToken(to other: Rank, _ deadline: Deadline) throws(MPIError) {
    var request = cmpi_request_null()
    let token = PinnedArray<UInt8>([1])
    try check(
      "MPI_Isend",
      MPI_Isend(
        token.buffer.baseAddress, 1, cmpi_uint8().handle, CInt(other.rawValue), ReservedTag.assembly,
        raw.handle,
        &request.handle), on: self)
    try SingleRequest(
      request, .send, function: "MPI_Isend", keeping: token, as: Phase("making a group", ("with", other)),
      on: self
    ).finish(by: deadline)
  }

  private func receiveToken(from other: Rank, _ deadline: Deadline) throws(MPIError) {
    var request = cmpi_request_null()
    let token = try takeScratch(byteCount: 1)
    try check(
      "MPI_Irecv",
      MPI_Irecv(
        token.baseAddress, 1, cmpi_uint8().handle, CInt(other.rawValue), ReservedTag.assembly, raw.handle,
        &request.handle), on: self)
    try SingleRequest(
      request, .collective, function: "MPI_Irecv", as: Phase("making a group", ("with", other)), on: self
    ).finish(by: deadline)
    giveBack(token)
  }
}
