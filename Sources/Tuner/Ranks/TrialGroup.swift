import MPI

/// Why a job ended without its result.
enum JobFailure: Error {
  /// The trial's own fault: data for the sampler, and the group is ready for the next job.
  case trial(reason: String)
  /// The run's: the group, or all of it, cannot go on.
  case run(TunerError)
}

/// A group of ranks that trains one trial at a time: its communicator, and what its ranks decide together.
final class TrialGroup {
  let id: GroupID
  let communicator: Communicator

  init(_ id: GroupID, _ communicator: consuming Communicator) {
    self.id = id
    self.communicator = communicator
  }

  var isRoot: Bool { communicator.isRoot }

  /// Goes on only if all ranks can: a rank that failed alone would leave the others waiting for it.
  /// Collective.
  ///
  /// - Parameter failure: why this rank cannot go on; nil when it can.
  /// - Throws: `JobFailure.trial` on every rank, with the reason of the first rank that failed.
  func agree(_ failure: String?) throws(JobFailure) {
    let reason = try waiting { () throws(MPIError) -> String? in
      let size = Int64(communicator.size)
      let vote = failure == nil ? size : Int64(communicator.rank.rawValue)
      let first = try communicator.allReduce(vote, .minimum)
      if first == size { return nil }
      let words = failure.map { Array($0.utf8) }
      let bytes = try communicator.broadcastBytes(words, from: Rank(Int(first)))
      return String(decoding: bytes, as: UTF8.self)
    }
    if let reason { throw .trial(reason: reason) }
  }

  /// The root's decision, on all ranks. Collective.
  func share(_ interruption: Interruption) throws(JobFailure) -> Interruption {
    try waiting { () throws(MPIError) in
      var byte = [interruption.rawValue]
      try communicator.broadcast(&byte)
      return Interruption(rawValue: byte[0]) ?? .proceed
    }
  }

  private func waiting<Result>(_ body: () throws(MPIError) -> Result) throws(JobFailure) -> Result {
    do throws(MPIError) {
      return try body()
    } catch {
      throw .run(TunerError(error, "\(id)"))
    }
  }
}
