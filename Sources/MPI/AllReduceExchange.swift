import CMPI

/// An all-reduce by point-to-point messages, in steps: each sends a piece and receives one, then combines or
/// keeps what came. The steps depend on rank, size and count alone, so the result does too.
///
/// Notation: P ranks, r this rank, n elements.
/// - Short (Thakur, Rabenseifner, Gropp, Int. J. High Perform. Comput. Appl. 19:49 (2005), §4.1, recursive
///   doubling): ⌈log₂ P⌉ steps of n elements. With P no power of 2, the first 2·(P − 2^⌊log₂ P⌋) ranks pair
///   up first.
/// - Long (the same, ring): n is cut into P chunks; P − 1 steps that combine a chunk on its way round, P − 1
///   steps that pass the finished chunks round. Slabs keep the memory in use small enough for the cache.
final class AllReduceExchange: Operation {
  /// One step. Pieces are ranges of elements of the array.
  struct Step {
    var send: (piece: Range<Int>, to: Int)?
    var receive: (piece: Range<Int>, from: Int)?
    /// True: what came is combined with what is there; false: it replaces it.
    var combines = false
  }

  /// Up to so many bytes latency counts, and recursive doubling wins. Two ranks need as many messages in
  /// either form, and the long one's are half as long: libraries send up to about 4 kB at once, more after
  /// asking.
  static func longestShort(ranks: Int) -> Int { ranks == 2 ? 2 << 10 : 32 << 10 }
  /// Bytes that a rank handles at a time in the long form.
  static let slab = 4 << 20

  private let base: UnsafeMutableRawPointer
  private let stride: Int
  private let datatype: cmpi_datatype
  private let reduction: cmpi_op
  private let tag: CInt
  private let plan: ReductionPlan
  private var next = 0
  private var current = Step()
  private var scratch: UnsafeMutableRawBufferPointer
  private var sending = cmpi_request_null()
  private var receiving = cmpi_request_null()
  private var isAbandoned = false

  init(
    _ base: UnsafeMutableRawPointer, count: Int, stride: Int, _ datatype: cmpi_datatype, _ reduction: cmpi_op,
    as phase: Phase, on state: CommunicatorState
  ) throws(MPIError) {
    self.base = base
    self.stride = stride
    self.datatype = datatype
    self.reduction = reduction
    tag = state.nextReductionTag()
    plan = ReductionPlan(
      rank: state.rank.rawValue, size: state.size, count: count,
      isShort: count * stride <= Self.longestShort(ranks: state.size), slab: Self.slab / stride)
    scratch = try state.takeScratch(byteCount: plan.longestPiece * stride)
    super.init(phase, on: state)
    try startStep()
  }

  deinit {
    // After a time-out MPI may still write there.
    if !isAbandoned { state.giveBack(scratch) }
  }

  override func advance() throws(MPIError) -> Bool {
    while next <= plan.stepCount {
      guard try hasArrived() else { return false }
      if let receive = current.receive, current.combines {
        try check(
          "MPI_Reduce_local",
          MPI_Reduce_local(
            scratch.baseAddress, base + receive.piece.lowerBound * stride, CInt(receive.piece.count),
            datatype.handle, reduction.handle), on: state)
      }
      guard try startStep() else { return true }
    }
    return true
  }

  override func abandon() {
    isAbandoned = true
    guard !cmpi_request_is_null(receiving).isTrue else { return }
    inTurn {
      _ = MPI_Cancel(&receiving.handle)
      _ = MPI_Request_free(&receiving.handle)
    }
  }

  /// Posts the next step's messages; false when there is none.
  @discardableResult
  private func startStep() throws(MPIError) -> Bool {
    guard next < plan.stepCount else {
      next = plan.stepCount + 1
      return false
    }
    current = plan.step(next)
    next += 1
    if let receive = current.receive {
      let target = current.combines ? scratch.baseAddress! : base + receive.piece.lowerBound * stride
      try check(
        "MPI_Irecv",
        MPI_Irecv(
          target, CInt(receive.piece.count), datatype.handle, CInt(receive.from), tag, state.raw.handle,
          &receiving.handle), on: state)
    }
    if let send = current.send {
      try check(
        "MPI_Isend",
        MPI_Isend(
          base + send.piece.lowerBound * stride, CInt(send.piece.count), datatype.handle, CInt(send.to), tag,
          state.raw.handle, &sending.handle), on: state)
    }
    return true
  }

  private func hasArrived() throws(MPIError) -> Bool {
    // The piece that is sent may be the one that is combined into next: both must be done.
    var flag: CInt = 0
    try check("MPI_Test", MPI_Test(&receiving.handle, &flag, cmpi_status_ignore()), on: state)
    guard flag != 0 else { return false }
    try check("MPI_Test", MPI_Test(&sending.handle, &flag, cmpi_status_ignore()), on: state)
    return flag != 0
  }
}
