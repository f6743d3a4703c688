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
        let place = Place(directory: directory)
        var study = TestStudy()
        (study.secondsUntilWarning, study.secondsUntilLost) = (1, 3)
        let population = study.population
        study.faults.beforeStep = { trial, step in
          if trial == 0, step == 2, place.claim(Place.stopped) { place.standStill(population) }
          // The second generation begins when the first is whole: until the late one is done, nobody works
          // but it.
          if step == Self.stepsOfGeneration { place.wait(for: Place.judged) }
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

/// The run directory, in which the processes of a test find each other, and what becomes of its checkpoints.
private struct Place: Sendable {
  let directory: String

  static let stopped = "stopped"
  /// What the late one did was looked at.
  static let judged = "judged"
  /// Of the job given out first, and of its second giving-out.
  private static let late = "trial-000000/job-000000-step-"
  private static let again = "trial-000000/job-000000-attempt-0-"

  /// True for the first process that asks.
  func claim(_ name: String) -> Bool {
    let descriptor = open("\(directory)/\(name)", O_CREAT | O_EXCL | O_WRONLY, 0o600)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }

  func wait(for name: String) {
    wait { FileManager.default.fileExists(atPath: "\(directory)/\(name)") }
  }

  private func wait(until isTrue: () -> Bool) {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isTrue(), ContinuousClock.now < deadline { usleep(20_000) }
  }

  /// Stops this process until another has done its job, and goes on when the generation is whole; what it
  /// does from then on is watched.
  func standStill(_ population: Int) {
    let waker = Process()
    waker.executableURL = URL(fileURLWithPath: "/bin/sh")
    waker.arguments = [
      "-c",
      """
      for look in $(seq 600); do
        for file in "\(directory)/checkpoints/\(Self.again)"*; do [ -e "$file" ] && break 2; done
        sleep 0.1
      done
      kill -CONT \(getpid())
      """,
    ]
    do {
      try waker.run()
    } catch {
      Issue.record("\(error)")
      return
    }
    kill(getpid(), SIGSTOP)
    waker.waitUntilExit()
    wait { files.keys.count { $0.hasSuffix(".h5") } == population }
    let before = files
    Thread { watch(before) }.start()
  }

  /// Looks at what is there once the late one's state is, and a moment later, in which it could do more.
  private func watch(_ before: [String: Data]) {
    wait { files.keys.contains { $0.hasPrefix(Self.late) } }
    usleep(300_000)
    var after = files
    let late = after.keys.filter { $0.hasPrefix(Self.late) }
    for name in late { after[name] = nil }
    let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    let words = (late.count == 1 ? [] : ["\(late.count) late states"]) + changed
    _ = FileManager.default.createFile(
      atPath: "\(directory)/\(Self.judged)", contents: Data(words.joined(separator: ", ").utf8))
  }

  /// What has changed by the late one; nil when it has not been looked at.
  var changes: String? {
    FileManager.default.contents(atPath: "\(directory)/\(Self.judged)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// The checkpoints, by their paths among them.
  private var files: [String: Data] {
    var files: [String: Data] = [:]
    let root = "\(directory)/checkpoints"
    for path in (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? [] {
      guard path.hasSuffix(".h5") else { continue }
      files[path] = FileManager.default.contents(atPath: "\(root)/\(path)")
    }
    return files
  }
}
