import Search

/// What a rank's main thread does.
package enum Phase: Int64, Sendable {
  case idle, fetching, starting, training, measuring, saving
  /// Of rank 0.
  case deciding

  /// Completes "it was".
  var words: String {
    switch self {
    case .idle: "waiting for work"
    case .fetching: "fetching a state"
    case .starting: "making the trainer"
    case .training: "training"
    case .measuring: "measuring"
    case .saving: "saving a checkpoint"
    case .deciding: "deciding what comes next"
    }
  }
}

/// A sign of life: what the main thread last wrote down.
package struct Sign: Equatable, Sendable {
  var phase: Phase
  /// The job at work and its trial; −1 where there is none.
  var job: Int
  var trial: Int
  /// Optimizer steps of this attempt.
  var step: Int

  package init(phase: Phase, job: Int = -1, trial: Int = -1, step: Int = 0) {
    (self.phase, self.job, self.trial, self.step) = (phase, job, trial, step)
  }

  /// `it was training trial 4, 112 steps into job 9`.
  var text: String {
    let work = trial < 0 ? "" : " \(TrialID(trial)), \(step) steps into \(JobID(job))"
    return "it was \(phase.words)\(work)"
  }
}

/// A sign in two words, for memory and messages.
package struct SignWords: Equatable, Sendable {
  /// The phase in the highest byte, the step below it.
  var head: Int64
  /// The job in the upper half, the trial in the lower.
  var work: Int64

  private static let stepBits: Int64 = 56

  init(head: Int64, work: Int64) { (self.head, self.work) = (head, work) }

  package init(_ sign: Sign) {
    head = sign.phase.rawValue << Self.stepBits | Int64(sign.step)
    work = Int64(sign.job) << 32 | Int64(UInt32(truncatingIfNeeded: sign.trial))
  }

  var sign: Sign {
    Sign(
      phase: Phase(rawValue: head >> Self.stepBits) ?? .idle,
      job: Int(work >> 32), trial: Int(Int32(truncatingIfNeeded: work)),
      step: Int(head & (1 << Self.stepBits - 1)))
  }
}

/// Rank 0's sign of life: another word each time.
package struct ControllerWord: Equatable, Sendable {
  var rawValue: Int64

  init(rawValue: Int64) { self.rawValue = rawValue }

  /// - Parameter count: of the words so far.
  init(count: Int64, phase: Phase) { rawValue = count << 8 | phase.rawValue }

  var phase: Phase { Phase(rawValue: rawValue & 0xff) ?? .deciding }
}
