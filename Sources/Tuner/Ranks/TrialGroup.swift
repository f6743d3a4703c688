import Foundation
import MPI
import Training

/// Why a job ended without its result.
enum JobFailure: Error {
  /// The trial's own fault: data for the sampler, and the group is ready for the next job.
  case trial(reason: String)
  /// The state that the job starts from is not one of its trainer: of another model, by a changed study.
  case state(reason: String)
  /// The run's: the group, or all of it, cannot go on.
  case run(TunerError)
}

/// Why a rank cannot go on, as it tells the others of its group.
enum Complaint: Codable, Equatable {
  /// The trial's own fault.
  case trial(reason: String)
  /// The fault of the place where the rank runs: any other trial would fail of it too.
  case place(subject: String, expected: String, found: String, remedy: String)

  init(_ error: TrainingError) {
    self =
      switch error {
      case .place(let subject, let expected, let found, let remedy):
        .place(subject: subject, expected: expected, found: found, remedy: remedy)
      case .diverged, .invalid, .data, .memory, .library: .trial(reason: error.description)
      }
  }
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
  /// - Parameter complaint: why this rank cannot go on; nil when it can.
  /// - Throws: on every rank, for the first rank that failed: `JobFailure.trial` with its reason, or
  ///   `JobFailure.run` when the fault is its host's.
  func agree(_ complaint: Complaint?) throws(JobFailure) {
    let words = try complaint.map { complaint throws(JobFailure) in try Self.encode(complaint) }
    let failed = try waiting { () throws(MPIError) -> (host: String, words: [UInt8])? in
      guard let failed = try communicator.firstFailure(words) else { return nil }
      let hosts = communicator.hosts
      let host = hosts.indices.contains(failed.rank.rawValue) ? hosts[failed.rank.rawValue] : "its host"
      return (host, failed.words)
    }
    guard let failed else { return }
    switch try Self.decode(failed.words) {
    case .trial(let reason): throw .trial(reason: reason)
    case .place(let subject, let expected, let found, let remedy):
      throw .run(
        TunerError(
          .system, subject: "\(subject) on \(failed.host)", expected: expected, found: found, remedy: remedy))
    }
  }

  private static func encode(_ complaint: Complaint) throws(JobFailure) -> [UInt8] {
    do { return [UInt8](try JSONEncoder().encode(complaint)) } catch { throw .run(defect("\(error)")) }
  }

  private static func decode(_ words: [UInt8]) throws(JobFailure) -> Complaint {
    do {
      return try JSONDecoder().decode(Complaint.self, from: Data(words))
    } catch {
      throw .run(defect("\(error)"))
    }
  }

  private static func defect(_ found: String) -> TunerError {
    TunerError(
      .defect, subject: "what a group's ranks tell each other", expected: "a complaint", found: found,
      remedy: "Report this as a bug.")
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
