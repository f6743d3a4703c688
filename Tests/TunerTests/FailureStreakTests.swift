import Search
import Testing

@testable import Tuner

/// When failures alike end a run.
@Suite struct FailureStreakTests {
  private static func report(_ reason: String?) -> JobReport {
    let job = Job(id: JobID(3), trial: TrialID(1), origin: .fresh, configuration: Configuration(), target: 1)
    guard let reason else {
      var report = JobReport(failureOf: job, on: GroupID(0), because: "", since: .now)
      report.result = .reached(checkpoint: "checkpoints/a.h5")
      return report
    }
    return JobReport(failureOf: job, on: GroupID(0), because: reason, since: .now)
  }

  /// - Returns: the number of the report that ends the run.
  private static func end(_ limit: Int, _ reasons: [String?]) -> Int? {
    var streak = FailureStreak()
    streak.limit = limit
    for (number, reason) in reasons.enumerated() {
      do throws(TunerError) { try streak.take(report(reason)) } catch { return number }
    }
    return nil
  }

  @Test(arguments: [
    (3, ["no torch", "no torch", "no torch"], 2),
    (3, ["no torch", nil, "no torch", "no torch"], nil),
    (3, ["no torch", "no data", "no torch"], nil),
    // What differs from job to job is the same reason.
    (3, ["exited with code 1 at 3; its last words: a", "exited with code 1 at 12; its last words: b", "exited with code 1 at 7"], 2),
    (0, ["no torch", "no torch", "no torch", "no torch"], nil),
  ] as [(Int, [String?], Int?)])
  func `so many for one reason do`(limit: Int, reasons: [String?], end: Int?) {
    #expect(Self.end(limit, reasons) == end)
  }
}
