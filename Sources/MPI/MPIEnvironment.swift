import CMPI

/// How far threads may use MPI. MPI 3.1 §12.4.3.
public enum ThreadLevel: String, Comparable, Sendable, CaseIterable, CustomStringConvertible {
  /// The process has one thread.
  case single
  /// Any number of threads; the one that initialized MPI speaks to it.
  case funneled
  /// Any thread may call, one at a time.
  case serialized
  /// No restriction.
  case multiple

  public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
  public var description: String { "MPI_THREAD_\(rawValue.uppercased())" }
}

/// MPI while it is in use: made once in a process, before any other use; MPI is finalized when it goes.
public struct MPIEnvironment: ~Copyable {
  /// All ranks that were started together. Not ours to free.
  public var world: Communicator
  public let threadLevel: ThreadLevel

  /// Initializes MPI. Collective over all processes of the job, which learn each other's host names.
  ///
  /// The default level is `serialized`: several threads may speak to MPI, each on communicators of its own, and this
  /// module lets them take turns.
  ///
  /// - Throws: `MPIError.threadLevel` when the library provides less than `required`; `MPIError.timedOut`
  ///   when some rank does not come. MPI 3.1 §12.4.3, `MPI_Init_thread`.
  public init(requiring required: ThreadLevel = .serialized, patience: Double = 300) throws(MPIError) {
    let provided = try Self.start(requiring: required)
    let state = try CommunicatorState(cmpi_comm_world(), name: "world", isOurs: false)
    let world = Communicator(state, patience: patience)
    state.hosts = try world.allGather(Self.paddedHostName()).map(Self.text)
    state.hasOwnCore = state.hosts.count { $0 == state.hosts[state.rank.rawValue] } <= coresOnHost()
    threadLevel = provided
    self.world = world
  }

  private static func start(requiring required: ThreadLevel) throws(MPIError) -> ThreadLevel {
    var initialized: CInt = 0
    try check("MPI_Initialized", MPI_Initialized(&initialized))
    guard initialized == 0 else {
      throw .invalid(
        function: "MPI_Init_thread", expected: "to be the first in this process",
        found: "MPI initialized already",
        remedy: "Keep one MPIEnvironment for the life of the process.")
    }
    var raw: CInt = 0
    try check("MPI_Init_thread", MPI_Init_thread(nil, nil, required.raw, &raw))
    let provided = ThreadLevel(raw: raw)
    guard provided >= required else { throw .threadLevel(required: required, provided: provided) }
    return provided
  }

  /// The library's name and version, in its own words.
  public static func libraryVersion() throws(MPIError) -> String {
    var length: CInt = 0
    var bytes = [CChar](repeating: 0, count: Int(cmpi_max_library_version) + 1)
    try check("MPI_Get_library_version", MPI_Get_library_version(&bytes, &length))
    return text(bytes.prefix(Int(length)).map { UInt8(bitPattern: $0) })
  }

  /// Ends every process of the job at once; for a rank that cannot go on and cannot tell the others. Never
  /// returns in practice. MPI 3.1 §8.7, `MPI_Abort`.
  public borrowing func abort(code: Int32) throws(MPIError) {
    try check("MPI_Abort", MPI_Abort(cmpi_comm_world().handle, code), on: world.state)
  }

  /// `MPI_Finalize` waits for all ranks without a limit. So the ranks meet first, with one; who then stands
  /// alone ends the job instead of hanging till the walltime.
  deinit {
    do throws(MPIError) {
      try world.barrier()
      try check("MPI_Finalize", MPI_Finalize())
    } catch {
      report(error)
      _ = inTurn { MPI_Abort(cmpi_comm_world().handle, 1) }
    }
  }

  private static func paddedHostName() throws(MPIError) -> [UInt8] {
    var length: CInt = 0
    var bytes = [CChar](repeating: 0, count: Int(cmpi_max_processor_name) + 1)
    try check("MPI_Get_processor_name", MPI_Get_processor_name(&bytes, &length))
    return bytes.map { UInt8(bitPattern: $0) }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

extension ThreadLevel {
  fileprivate var raw: CInt {
    switch self {
    case .single: cmpi_thread_single()
    case .funneled: cmpi_thread_funneled()
    case .serialized: cmpi_thread_serialized()
    case .multiple: cmpi_thread_multiple()
    }
  }

  fileprivate init(raw: CInt) {
    self = Self.allCases.last { $0.raw <= raw } ?? .single
  }
}
