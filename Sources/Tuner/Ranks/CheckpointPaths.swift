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

  /// The state that the job reaches: `checkpoints/trial-000017/job-000123-step-000400.h5`.
  static func reached(by job: Job, step: Int) -> String {
    "\(directory(of: job.trial))/\(prefix(of: job.id))step-\(padded(step)).h5"
  }

  /// A state on the way there; each replaces the one before:
  /// `checkpoints/trial-000017/job-000123-unfinished.h5`.
  static func unfinished(of job: Job) -> String {
    "\(directory(of: job.trial))/\(prefix(of: job.id))unfinished.h5"
  }

  /// What the names of a job's files begin with.
  static func prefix(of job: JobID) -> String { "job-\(padded(job.rawValue))-" }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
