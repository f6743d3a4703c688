import CMPI

/// Something under way between ranks: one MPI request, or several in a row.
class Operation {
  let state: CommunicatorState
  let phase: Phase
  private(set) var envelope: Envelope?
  private(set) var isComplete = false

  init(_ phase: Phase, on state: CommunicatorState) {
    self.phase = phase
    self.state = state
  }

  /// Moves the operation on; true when it is complete. Never blocks.
  final func test() throws(MPIError) -> Bool {
    if !isComplete { isComplete = try advance() }
    return isComplete
  }

  func advance() throws(MPIError) -> Bool { true }

  /// Gives up, as far as MPI allows: receives are cancelled, a send cannot be.
  func abandon() {}

  final func note(_ envelope: Envelope) { self.envelope = envelope }
}

/// An operation that is one MPI request.
final class SingleRequest: Operation {
  enum Kind {
    case send
    case receive(Datatype)
    case collective
  }

  private var request: cmpi_request
  private let kind: Kind
  private let function: StaticString
  /// Memory that MPI reads until the operation is complete.
  private let kept: AnyObject?

  init(
    _ request: cmpi_request, _ kind: Kind, function: StaticString, keeping kept: AnyObject? = nil,
    as phase: Phase, on state: CommunicatorState
  ) {
    self.request = request
    self.kind = kind
    self.function = function
    self.kept = kept
    super.init(phase, on: state)
  }

  override func advance() throws(MPIError) -> Bool {
    var flag: CInt = 0
    guard case .receive(let datatype) = kind else {
      try check(function, MPI_Test(&request.handle, &flag, cmpi_status_ignore()), on: state)
      return flag != 0
    }
    var status = MPI_Status()
    try check(function, MPI_Test(&request.handle, &flag, &status), on: state)
    if flag != 0 { note(try Envelope(status, counting: datatype, on: state)) }
    return flag != 0
  }

  override func abandon() {
    // What is still being sent, is still read.
    if let kept, !isComplete { _ = Unmanaged.passRetained(kept) }
    guard case .receive = kind, !cmpi_request_is_null(request).isTrue else { return }
    // The caller already has an error in hand; what these two might add would hide it.
    inTurn {
      _ = MPI_Cancel(&request.handle)
      _ = MPI_Request_free(&request.handle)
    }
  }
}

extension CInt {
  var isTrue: Bool { self != 0 }
}

extension Envelope {
  init(_ status: MPI_Status, counting datatype: Datatype, on state: CommunicatorState) throws(MPIError) {
    var status = status
    var count: CInt = 0
    try check("MPI_Get_count", MPI_Get_count(&status, datatype.raw.handle, &count), on: state)
    self.init(source: Rank(Int(status.MPI_SOURCE)), tag: Tag(Int(status.MPI_TAG)), count: Int(count))
  }
}

/// An array whose memory MPI reads or writes while nobody else does. A native array's elements do not move as
/// long as it is referenced and not changed, and nobody but this owner can change it.
final class PinnedArray<Scalar: MPIScalar> {
  let buffer: UnsafeBufferPointer<Scalar>
  private let array: ContiguousArray<Scalar>

  init(_ array: [Scalar]) {
    self.array = ContiguousArray(array)
    buffer = self.array.withUnsafeBufferPointer { $0 }
  }
}
