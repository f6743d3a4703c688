import Foundation
import MPI
import Training

/// A group of ranks that trains one trial at a time: its communicator, and what its ranks decide together.
final class TrialGroup {
  let id: GroupID
  /// Of the world, the root first.
  let ranks: [Int]
  let communicator: Communicator
  /// What ends every wait of this group's ranks, those of its trainers included.
  let cancellation: Cancellation

  init(
    _ id: GroupID, ranks: [Int], _ communicator: consuming Communicator,
    _ cancellation: Cancellation = Cancellation()
  ) {
    self.id = id
    self.ranks = ranks
    self.communicator = communicator
    self.cancellation = cancellation
  }

  var isRoot: Bool { communicator.isRoot }

  /// This rank's.
  var host: String {
    let hosts = communicator.hosts
    return hosts.indices.contains(communicator.rank.rawValue)
      ? hosts[communicator.rank.rawValue] : "an unknown host"
  }

  /// Goes on only if all ranks can: a rank that failed alone would leave the others waiting for it.
  /// Collective.
  ///
  /// - Parameter failure: why this rank cannot go on; nil when it can.
  /// - Throws: on every rank the failure of the first that failed.
  func agree(_ failure: JobFailure?) throws(JobFailure) {
    // Who waits in vain for the others cannot ask them either.
    if let failure, case .fault(let fault) = failure, fault.cause == .peer { throw failure }
    let words = try failure.map { failure throws(JobFailure) in try encoded(failure) }
    let failed = try waiting { () throws(MPIError) in try communicator.firstFailure(words) }
    if let failed { throw try decoded(JobFailure.self, failed.words) }
  }

  /// What the root says, on all ranks. Collective.
  func share<Word: Codable>(_ word: Word?) throws(JobFailure) -> Word {
    let words = try word.map { word throws(JobFailure) in try encoded(word) }
    return try decoded(
      Word.self, waiting { () throws(MPIError) in try communicator.broadcastBytes(words) })
  }

  /// The root's decision, on all ranks. Collective.
  func share(_ interruption: Interruption) throws(JobFailure) -> Interruption {
    try waiting { () throws(MPIError) in
      var byte = [interruption.rawValue]
      try communicator.broadcast(&byte)
      return Interruption(rawValue: byte[0]) ?? .proceed
    }
  }

  private func encoded(_ word: some Encodable) throws(JobFailure) -> [UInt8] {
    do { return [UInt8](try JSONEncoder().encode(word)) } catch { throw defect("\(error)") }
  }

  private func decoded<Word: Decodable>(_ type: Word.Type, _ bytes: [UInt8]) throws(JobFailure) -> Word {
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch { throw defect("\(error)") }
  }

  private func defect(_ found: String) -> JobFailure {
    .fault(
      Fault(
        .defect,
        TunerError(
          .defect, subject: "what the ranks of \(id) tell each other", expected: "a word that all know",
          found: found, remedy: "Report this as a bug.")))
  }

  private func waiting<Result>(_ body: () throws(MPIError) -> Result) throws(JobFailure) -> Result {
    do throws(MPIError) { return try body() } catch { throw .fault(.peers(of: id, "\(error)")) }
  }
}
