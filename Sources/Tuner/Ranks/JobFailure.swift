import Training

/// Why a job ended without its result, as the ranks of a group tell each other.
enum JobFailure: Error, Codable, Equatable {
  /// The trial's own fault: data for the sampler, and the group is ready for the next job.
  case trial(reason: String)
  /// The state that the job starts from is not one of its trainer: of another model, by a changed study.
  case state(reason: String)
  /// It may lie elsewhere.
  case fault(Fault)
}

extension JobFailure {
  /// - Parameters:
  ///   - isMade: whether there is a trainer: a library that fails later fails of what the trial does.
  ///   - host: this rank's.
  init(_ error: TrainingError, isMade: Bool, host: String, group: GroupID) {
    switch error {
    case .place(let subject, let expected, let found, let remedy):
      self = .fault(
        Fault(
          .device,
          TunerError(
            .system, subject: "\(subject) on \(host)", expected: expected, found: found, remedy: remedy)))
    case .peer(let words):
      self = .fault(.peers(of: group, words))
    case .library(let message) where !isMade:
      self = .fault(
        Fault(
          .library,
          TunerError(
            .system, subject: "a trainer on \(host)", expected: "to be made", found: message,
            remedy: "Look at that host, or at what the trial asks for.")))
    case .diverged, .invalid, .data, .memory, .library: self = .trial(reason: error.description)
    }
  }
}

extension Fault {
  /// The ranks of a group could not meet.
  static func peers(of group: GroupID, _ words: String) -> Self {
    Fault(
      .peer,
      TunerError(
        .system, subject: "\(group)", expected: "all its ranks where they work together", found: words,
        remedy: "The same command goes on from the last save."))
  }

  static func storage(_ error: TunerError) -> Self {
    Fault(error.kind == .defect ? .defect : .storage, error)
  }
}
