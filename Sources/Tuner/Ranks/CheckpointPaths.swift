import Foundation
import Search

/// Where a job's checkpoints lie, relative to the run directory. The job's number is in the name, because a
/// trial can come by the same step twice: after a fork back in time.
enum CheckpointPaths {
  static let directory = "checkpoints"

  /// What the names of the trials' directories begin with.
  static let trialPrefix = "trial-"

  /// Such as `checkpoints/trial-000017`.
  static func directory(of trial: TrialID) -> String {
    "\(directory)/\(trialPrefix)\(padded(trial.rawValue))"
  }

  /// The state that the job reaches: `checkpoints/trial-000017/job-000123-step-000400.h5`. A further attempt in the
  /// same session has its number in the name, `job-000123-attempt-2-57-step-000400.h5`; a first one has not, so that a
  /// study's records are the same however often it was interrupted.
  static func reached(by job: Job, step: Int, in attempt: Attempt) -> String {
    let number = attempt.isRepeated ? text(attempt) : ""
    return "\(directory(of: job.trial))/\(prefix(of: job.id))\(number)step-\(padded(step)).h5"
  }

  /// A state on the way there; each replaces the one before:
  /// `checkpoints/trial-000017/job-000123-attempt-2-57-unfinished.h5`.
  static func unfinished(of job: Job, in attempt: Attempt) -> String {
    "\(directory(of: job.trial))/\(prefix(of: job.id))\(text(attempt))unfinished.h5"
  }

  /// What the names of a job's files begin with.
  static func prefix(of job: JobID) -> String { "job-\(padded(job.rawValue))-" }

  private static func text(_ attempt: Attempt) -> String { "attempt-\(attempt.session)-\(attempt.number)-" }
  /// What the name of a job's file begins with: all up to its second dash.
  static func prefix(ofFile name: String) -> Substring {
    guard let first = name.firstIndex(of: "-"), let second = name[first...].dropFirst().firstIndex(of: "-")
    else { return "" }
    return name[...second]
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
