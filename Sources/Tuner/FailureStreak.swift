import Search
import Training

/// Jobs in a row that failed for the same reason: then the next ones will, too, and nothing is learned of it. One that
/// diverged is none of them: that is what a search is for.
struct FailureStreak: Sendable {
  /// How many end the run; 0 means that none do.
  var limit = 0
  private var reason = ""
  private var count = 0

  /// - Throws: what is to be mended, once too many have failed alike.
  mutating func take(_ report: JobReport) throws(TunerError) {
    guard case .failed(let reason) = report.result, !reason.hasPrefix(TrainingError.divergence) else {
      count = 0
      return
    }
    let kind = Self.kind(of: reason)
    count = kind == self.reason ? count + 1 : 1
    self.reason = kind
    guard limit > 0, count >= limit else { return }
    throw TunerError(
      .usage, subject: "the study", expected: "jobs that do not all fail for one reason",
      found: "\(count) in a row: \(reason)",
      remedy: "Mend the cause: the same command goes on. How many failures alike are too many says "
        + "trainee.limits.failures_in_a_row; 0 means never.")
  }

  /// The reason without what differs from job to job: numbers, and the last words that were printed.
  private static func kind(of reason: String) -> String {
    let words = reason.prefix { $0 != ";" }
    return String(words.filter { !$0.isNumber })
  }
}
