import Foundation
import MPI
import RankTesting
import Search
import Testing
import Tuner

/// A rank that stands still until it is given up and another has done its job, then comes back and does it,
/// too.
@Suite(.serialized) struct RevivedRankRankTests {
  @Test func `a rank back from the dead overwrites, deletes and reports nothing`() throws {
    try withRanks { ranks in
      guard ranks.size >= 3 else { return }
      try withRunDirectory(ranks) { ranks, directory in
        let place = TestPlace(directory: directory)
        var study = TestStudy()
        (study.secondsUntilWarning, study.secondsUntilLost) = (1, 3)
        let population = study.population
        study.faults.beforeStep = { trial, step in
          if trial == 0, step == 2, place.claim(TestPlace.stopped) { place.comeLate(to: population) }
          // The second generation begins when the first is whole: until the late one is done, nobody works
          // but it.
          if step == Self.stepsOfGeneration { place.wait(for: TestPlace.judged) }
        }
        guard let finished = try study.run(on: ranks, in: directory) else { return }
        #expect(finished.result.summary.ending == .finished)
        let losses = try JournalContents(bytes: finished.journal, path: "memory").lines.compactMap { line in
          if case .session(.groupLost(_, let job, _)) = line.record { job } else { nil }
        }
        #expect(losses == [JobID(0)])
        // As if nothing had happened, and each job once.
        let undisturbed = try withOwnDirectory { directory in
          study.faults.beforeStep = nil
          return try study.runLocally(on: ranks, in: directory)
        }
        #expect(try finished.outcomes.map(\.outcome) == undisturbed.outcomes.map(\.outcome))
        #expect(place.changes == "")
      }
    }
  }

  private static let stepsOfGeneration = TestStudy().interval * Descent.stepsPerBudget
}

/// What becomes of the checkpoints by a rank that comes late.
extension TestPlace {
  fileprivate static let stopped = "stopped"
  /// What the late one did was looked at.
  fileprivate static let judged = "judged"
  /// Of the job given out first, and of its second giving-out.
  private static let late = "trial-000000/job-000000-step-"
  private static let again = "trial-000000/job-000000-attempt-0-"

  /// Stops this process until another has done its job, and goes on when the generation is whole; what it
  /// does from then on is watched.
  fileprivate func comeLate(to population: Int) {
    standStill(untilThereIs: "checkpoints/\(Self.again)*")
    wait { checkpoints.count == population }
    let before = checkpoints
    Thread { watch(before) }.start()
  }

  /// Looks at what is there once the late one's state is, and a moment later, in which it could do more.
  private func watch(_ before: [String: Data]) {
    wait { checkpoints.keys.contains { $0.hasPrefix(Self.late) } }
    usleep(300_000)
    var after = checkpoints
    let late = after.keys.filter { $0.hasPrefix(Self.late) }
    for name in late { after[name] = nil }
    let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    let words = (late.count == 1 ? [] : ["\(late.count) late states"]) + changed
    _ = FileManager.default.createFile(
      atPath: "\(directory)/\(Self.judged)", contents: Data(words.joined(separator: ", ").utf8))
  }

  /// What has changed by the late one; nil when it has not been looked at.
  fileprivate var changes: String? {
    FileManager.default.contents(atPath: "\(directory)/\(Self.judged)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
