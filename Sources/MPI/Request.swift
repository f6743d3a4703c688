/// A send, receive or reduction under way. It must be completed by `wait`, or by `test` until that says true;
/// until then its buffer belongs to MPI.
public struct Request: ~Copyable {
  let operation: Operation

  init(_ operation: Operation) { self.operation = operation }

  /// True once the operation is complete. Moves it on, never blocks: MPI makes no progress between calls, so
  /// whoever computes meanwhile calls this now and then. Local.
  public borrowing func test() throws(MPIError) -> Bool { try operation.test() }

  /// Waits until the operation is complete.
  ///
  /// - Returns: what was received, for a receive.
  /// - Throws: `MPIError.timedOut` at the deadline.
  @discardableResult
  public consuming func wait(until deadline: Deadline) throws(MPIError) -> Envelope? {
    try operation.finish(by: deadline)
    return operation.envelope
  }

  deinit {
    guard !operation.isComplete else { return }
    operation.abandon()
  }
}
