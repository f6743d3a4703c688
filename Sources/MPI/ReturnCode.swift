import CMPI

/// The one place where a return code becomes an error, and where MPI is called.
@inline(__always)
func check(
  _ function: StaticString, _ call: @autoclosure () -> CInt, on state: CommunicatorState? = nil
) throws(MPIError) {
  let code = inTurn(call)
  if code != MPI_SUCCESS { throw failure(of: function, code, on: state) }
}

@inline(never)
func failure(of function: StaticString, _ code: CInt, on state: CommunicatorState?) -> MPIError {
  var errorClass: CInt = 0
  var length: CInt = 0
  let hasClass = inTurn { MPI_Error_class(code, &errorClass) } == MPI_SUCCESS
  let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(cmpi_max_error_string) + 1) {
    buffer in
    buffer.initialize(repeating: 0)
    let hasMessage = inTurn { MPI_Error_string(code, buffer.baseAddress, &length) } == MPI_SUCCESS
    return hasMessage ? String(cString: buffer.baseAddress!) : "error code \(code)"
  }
  return .failedCall(
    MPIError.FailedCall(
      function: function.description, errorClass: hasClass ? Int(errorClass) : -1, message: message,
      rank: state?.rank, communicator: state?.name,
      remedy: remedy(for: hasClass ? errorClass : MPI_ERR_UNKNOWN)))
}

private func remedy(for errorClass: CInt) -> String {
  switch errorClass {
  case MPI_ERR_TRUNCATE: "Sender and receiver disagree on the length of a message: report this as a defect."
  case MPI_ERR_NO_MEM: "Give each rank more memory, or use fewer ranks on a node."
  case MPI_ERR_RANK, MPI_ERR_TAG, MPI_ERR_COUNT, MPI_ERR_TYPE, MPI_ERR_BUFFER, MPI_ERR_ROOT, MPI_ERR_COMM:
    "The call's arguments are wrong: report this as a defect."
  default:
    "If another rank or node died, start the same command again; otherwise the library's own output says more."
  }
}

/// For a `deinit`, which cannot throw: what it should have released is lost either way, but not silently.
func report(_ error: MPIError) {
  let line = "\(error)\n"
  var bytes = Array(line.utf8)
  bytes.withUnsafeMutableBytes { writeToStandardError($0) }
}
