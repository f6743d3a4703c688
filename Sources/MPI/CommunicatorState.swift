import CMPI
import Glibc

/// What a communicator and the requests on it share: the handle, and what belongs to it. Freed when the last
/// of them is gone, so that no request outlives its communicator.
final class CommunicatorState {
  let raw: cmpi_comm
  let rank: Rank
  let size: Int
  /// For errors: `world`, `group 3`.
  let name: String
  /// The host of each rank; empty until the environment has gathered them.
  var hosts: [String] = []
  /// True when the node has a core for each rank of the job on it.
  var hasOwnCore = false
  /// All-reduces begun, as a place in the reserved tags.
  private var reductions: CInt = 0
  /// Collectives begun, counted alike on all ranks: what a roll call compares.
  var collectives: Int32 = 0
  /// Memory that reductions receive into, kept because fresh pages cost more than the reduction itself.
  private var scratch: [UnsafeMutableRawBufferPointer] = []
  /// False after a time-out: messages may still be under way, so nothing is freed or used again.
  var isIntact = true
  /// World and self are not ours to free.
  var isOurs: Bool
  var cancellation: Cancellation?

  init(_ raw: cmpi_comm, name: String, isOurs: Bool) throws(MPIError) {
    self.raw = raw
    self.name = name
    self.isOurs = isOurs
    var rank: CInt = 0
    var size: CInt = 0
    try check("MPI_Comm_set_errhandler", cmpi_return_errors(raw))
    try check("MPI_Comm_rank", MPI_Comm_rank(raw.handle, &rank))
    try check("MPI_Comm_size", MPI_Comm_size(raw.handle, &size))
    self.rank = Rank(Int(rank))
    self.size = Int(size)
  }

  func nextReductionTag() -> CInt {
    defer { reductions = (reductions + 1) % CInt(ReservedTag.reductions.count) }
    return ReservedTag.reductions.lowerBound + reductions
  }

  func takeScratch(byteCount: Int) throws(MPIError) -> UnsafeMutableRawBufferPointer {
    if let index = scratch.lastIndex(where: { $0.count >= byteCount }) {
      return scratch.remove(at: index)
    }
    // Not by `allocate`, which ends the process where there is no memory.
    var memory: UnsafeMutableRawPointer?
    let length = max(byteCount, 4096)
    guard posix_memalign(&memory, 64, length) == 0, let memory else {
      throw .memory(
        purpose: "a buffer for messages on \(name)", needed: length, found: "\(HostMemory.available())",
        host: host(of: rank))
    }
    return UnsafeMutableRawBufferPointer(start: memory, count: length)
  }

  /// - Throws: `MPIError.cancelled` when another thread has ended the waits here.
  func checkCancellation(of phase: @autoclosure () -> String) throws(MPIError) {
    cancellation?.noteLook()
    guard let reason = cancellation?.reason else { return }
    isIntact = false
    throw .cancelled(phase: phase(), rank: rank, host: host(of: rank), reason: reason)
  }

  func giveBack(_ buffer: UnsafeMutableRawBufferPointer) { scratch.append(buffer) }

  func host(of rank: Rank) -> String {
    hosts.indices.contains(rank.rawValue) ? hosts[rank.rawValue] : "an unknown host"
  }

  deinit {
    for buffer in scratch { free(buffer.baseAddress) }
    // Where waits were cancelled, messages of others may still be under way here: a communicator that takes the freed
    // one's place would get them.
    guard isOurs, isIntact, cancellation?.reason == nil, !isFinalized() else { return }
    var handle = raw
    do throws(MPIError) {
      try check("MPI_Comm_free", MPI_Comm_free(&handle.handle), on: self)
    } catch {
      report(error)
    }
  }
}

/// After `MPI_Finalize` nothing can be freed, and nothing need be.
func isFinalized() -> Bool {
  var flag: CInt = 0
  return inTurn { MPI_Finalized(&flag) } == MPI_SUCCESS && flag != 0
}
