import MPI
import Tensors

// Whether a trial fits, asked before any of it is allocated. Only what no trial of its shape can do without
// counts, so that none is refused that would have fitted.
extension TrainingConfiguration {
  /// - Throws: `TrainingError.memory` when this process lacks the memory for the trial. Local.
  func requireMemory(for form: DataSet.Form) throws(TrainingError) {
    guard try shortage(for: form, ranksOnHost: 1) != nil else { return }
    // What earlier trials took is kept by the process, and of use to this one.
    TensorRuntime.releaseFreedMemory()
    if let failure = try shortage(for: form, ranksOnHost: 1) { throw failure }
  }

  /// As above, for all ranks of a group together. Collective.
  ///
  /// - Throws: the same on every rank.
  func requireMemory(for form: DataSet.Form, on group: borrowing Communicator) throws(TrainingError) {
    let hosts = group.hosts
    let own = hosts.indices.contains(group.rank.rawValue) ? hosts[group.rank.rawValue] : ""
    let ranksOnHost = max(1, hosts.count { $0 == own })
    let first = try group.together { () throws(TrainingError) in
      try shortage(for: form, ranksOnHost: ranksOnHost, ranks: group.size)
    }
    do throws(MPIError) {
      guard try group.firstFailure(first == nil ? nil : []) != nil else { return }
      TensorRuntime.releaseFreedMemory()
      try group.barrier()
    } catch {
      throw TrainingError(error)
    }
    let second = try shortage(for: form, ranksOnHost: ranksOnHost, ranks: group.size)
    try group.agree(second)
  }

  /// Why ranks of a host cannot hold the trial; nil when they can. A GPU's memory is the library's to grant.
  ///
  /// - Parameters:
  ///   - ranks: of the group; nil for those of the host.
  ///   - available: for tests; nil for the host's.
  func shortage(
    for form: DataSet.Form, ranksOnHost: Int, ranks: Int? = nil, available: HostMemory? = nil
  ) throws(TrainingError) -> TrainingError? {
    guard device == .cpu else { return nil }
    let least = try memoryEstimate(for: form, ranksPerTrial: ranks ?? ranksOnHost).least
    let whose = ranksOnHost == 1 ? "the trial" : "the trial on \(ranksOnHost) ranks of a host"
    return MemoryDemand(
      bytes: .clampedProduct([least, ranksOnHost]),
      purpose: "parameters, gradients and optimizer memory of \(whose)"
    ).shortage(available: available)
  }
}
