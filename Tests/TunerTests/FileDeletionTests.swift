import Foundation
import Search
import Testing

@testable import Tuner

/// What rank 0 deletes, and when.
@Suite struct FileDeletionTests {
  let directory: RunFolder

  init() throws { directory = try RunFolder() }

  private func write(_ path: String) throws {
    let full = "\(directory.path)/\(path)"
    try FileManager.default.createDirectory(
      atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data([1]).write(to: URL(fileURLWithPath: full))
  }

  private func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(directory.path)/\(path)")
  }

  private let first = Attempt(session: 0, number: 0, isRepeated: false)

  private static func job(_ number: Int, of trial: Int) -> Job {
    Job(
      id: JobID(number), trial: TrialID(trial), origin: .fresh, configuration: Configuration(), target: 1)
  }

  @Test func `a sweep keeps what is named and what belongs to unfinished jobs, of thousands`() throws {
    // Job numbers that begin alike, and names of the same job in another trial's directory.
    let jobs = (0..<2000).map { Self.job($0, of: $0 % 100) }
    var kept: [String] = []
    var doomed: [String] = []
    for job in jobs {
      let (reached, unfinished) = (
        CheckpointPaths.reached(by: job, step: 7, in: first), CheckpointPaths.unfinished(of: job, in: first)
      )
      try write(reached)
      try write(unfinished)
      if job.id.rawValue % 2 == 0 { kept += [reached, unfinished] } else { doomed += [reached, unfinished] }
    }
    let elsewhere = CheckpointPaths.unfinished(of: Self.job(2, of: 3), in: first)
    let named = CheckpointPaths.reached(by: jobs[1], step: 7, in: first)
    let torn = kept[0] + ".tmp.12.3"
    for path in [elsewhere, torn, "checkpoints/stray.h5", "checkpoints/notes.txt"] { try write(path) }
    try RunFiles(HeldDirectory(directory.path)).sweep(
      keeping: [named], unfinished: jobs.filter { $0.id.rawValue % 2 == 0 })
    #expect(kept.allSatisfy(isThere) && isThere(named) && isThere("checkpoints/notes.txt"))
    #expect(
      !(doomed.filter { $0 != named } + [elsewhere, torn, "checkpoints/stray.h5"]).contains(where: isThere))
  }

  @Test func `nobody waits for a deletion, and the end waits for all`() throws {
    let deletion = try FileDeletion(runDirectory: directory.path)
    let paths = (0..<10).map { CheckpointPaths.unfinished(of: Self.job($0, of: $0), in: first) }
    for path in paths { try write(path) }
    let goOn = deletion.pause()
    for path in paths { try deletion.delete(path) }
    #expect(paths.allSatisfy(isThere))
    goOn()
    try deletion.wait()
    #expect(!paths.contains(where: isThere))
  }

  @Test func `what is written after a sweep began stays, also under the name of what it found`() throws {
    let deletion = try FileDeletion(runDirectory: directory.path)
    let (old, new) = (
      CheckpointPaths.unfinished(of: Self.job(0, of: 0), in: first), CheckpointPaths.unfinished(of: Self.job(1, of: 1), in: first)
    )
    let replaced = CheckpointPaths.unfinished(of: Self.job(2, of: 2), in: first)
    for path in [old, replaced] { try write(path) }
    let goOn = deletion.pause()
    try deletion.sweep(keeping: [], unfinished: [])
    try write(new)
    try write(replaced + ".new")
    #expect(rename("\(directory.path)/\(replaced).new", "\(directory.path)/\(replaced)") == 0)
    goOn()
    try deletion.wait()
    #expect(!isThere(old) && isThere(new) && isThere(replaced))
  }

  @Test(.enabled(if: getuid() == 0)) func `a file that cannot be deleted is an error of the next call`()
    throws
  {
    let deletion = try FileDeletion(runDirectory: directory.path)
    // Nobody, not even root, unlinks what another file system is mounted on; proc has such names everywhere.
    let proc = try FileDeletion(runDirectory: "/proc")
    try proc.delete("self/status")
    #expect(throws: TunerError.self) { try proc.wait() }
    #expect(throws: TunerError.self) { try proc.delete("self/status") }
    try deletion.delete("none.h5")
    try deletion.wait()
  }
}
