import Foundation
import Search
import Testing
import Training

@testable import Tuner

/// What a run directory holds without its journal, and what is saved of it.
@Suite struct RunRemainsTests {
  private static func checkpoint(
    _ trial: Int, job: Int, x: Double, accuracy: Double?, isComplete: Bool = true
  ) -> Checkpoint {
    let metadata = CheckpointMetadata(
      study: "test", trial: trial, job: job, target: 2, budgetUnit: .epochs, configuration: ["x": .number(x)],
      measurements: accuracy.map { [Training.Measurement(budget: 2, metrics: ["dev_accuracy": $0])] } ?? [],
      isComplete: isComplete)
    return Checkpoint(metadata: metadata, snapshot: Snapshot(progress: Progress(), blocks: [:]))
  }

  /// A run directory with checkpoints of five trials, one of them cut short.
  private static func lostRun() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.path + "/checkpoints", withIntermediateDirectories: true)
    for (trial, x, accuracy) in [(0, 1.0, 0.5), (1, 2.0, 0.9), (2, 11.0, 0.99), (3, 4.0, 0.7)] {
      try CheckpointFile.writeMakingDirectory(
        checkpoint(trial, job: trial, x: x, accuracy: accuracy),
        to: directory.path + "/checkpoints/trial-00000\(trial)/job-00000\(trial)-step-000010.h5")
    }
    try CheckpointFile.writeMakingDirectory(
      checkpoint(4, job: 9, x: 5, accuracy: nil, isComplete: false),
      to: directory.path + "/checkpoints/trial-000004/job-000009-unfinished.h5")
    try directory.write("cut", to: "checkpoints/trial-000004/job-000008-step-000010.h5")
    try directory.write("study: test\n", to: "study.yaml")
    return directory
  }

  @Test func `work is named, and the lock, empty directories and killed writers' files are none`() throws {
    let directory = try TemporaryDirectory()
    #expect(try RunRemains(in: directory.path).isEmpty)
    #expect(try RunRemains(in: directory.path + "/nowhere").isEmpty)
    try FileManager.default.createDirectory(
      atPath: directory.path + "/checkpoints/trial-000001", withIntermediateDirectories: true)
    try directory.write("node7 1 -\n", to: "lock")
    try directory.write("", to: "checkpoints/trial-000001/job-000001-step-000001.h5.tmp.7.1")
    #expect(try RunRemains(in: directory.path).isEmpty)
    #expect(try JournalContents.read(ofRunAt: directory.path + "/journal.jsonl") == nil)
    let lost = try Self.lostRun()
    #expect(try RunRemains(in: lost.path).text == "6 checkpoints, study.yaml")
  }

  @Test(arguments: [nil, "", #"{"checksum":"12"#])
  func `a journal that is lost beside work is damage, of one wording for all`(journal: String?) throws {
    let directory = try Self.lostRun()
    if let journal { try directory.write(journal, to: "journal.jsonl") }
    let path = directory.path + "/journal.jsonl"
    let error = try #require(throws: TunerError.self) { _ = try JournalContents.read(ofRunAt: path) }
    let found =
      journal.map { $0.isEmpty ? "an empty file" : "15 bytes without a whole line" } ?? "no such file"
    #expect(error.kind == .damaged)
    #expect(error.found == found)
    #expect(error.expected == "the journal of the work beside it, 6 checkpoints, study.yaml")
    #expect(error.remedy.contains("--from-checkpoints"))
    #expect(try RunStatus(journalAt: path) == .damaged(error))
  }

  @Test func `everything is set aside, listed by score, and the best that the space allows are tried`() throws
  {
    let directory = try Self.lostRun()
    var study = Study.test()
    let rescue = try Rescue(of: directory.path, for: study)
    #expect(rescue.folder == "rescued-1")
    #expect(rescue.found.map(\.trial) == [2, 1, 3, 0])
    // x = 11 is outside the space now.
    #expect(rescue.configurations.map { $0["x"] } == [.number(2), .number(4), .number(1)])
    #expect(rescue.unreadable.count == 1)
    #expect(try RunRemains(in: directory.path).isEmpty)
    #expect(try RunRemains(in: directory.path + "/rescued-1").text == "6 checkpoints, study.yaml")
    // Begun again after a kill, it finds the same.
    #expect(try Rescue(of: directory.path, for: study).configurations == rescue.configurations)

    study.rescued = rescue.configurations
    study.scheduler = .full(FullRunOptions(trials: 4, budget: 1))
    var simulation = Simulation(
      study: study,
      scheduler: try study.scheduler.makeScheduler(space: study.space, seed: study.seed, mutable: []))
    let remains = try simulation.run()
    #expect(try remains.jobs.prefix(3).map(\.job.configuration) == rescue.configurations)
    // The study that goes on is read from the file again, and learns from the journal what was rescued.
    study.rescued = nil
    study.takeRescued(recordedIn: try remains.contents)
    #expect(study.rescued == rescue.configurations)
    (simulation.study, simulation.journal) = (study, remains.journal)
    simulation.checkpoints = remains.checkpoints
    #expect(try simulation.run().result?.summary.ending == .finished)
  }

  @Test func `nothing is replaced by a second rescue`() throws {
    let directory = try Self.lostRun()
    let first = try Rescue(of: directory.path, for: .test())
    try directory.write("trial,score\n", to: "trials.csv")
    let second = try Rescue(of: directory.path, for: .test())
    #expect(second.folder == "rescued-2")
    #expect(second.found.count == first.found.count)
  }
}

/// Whoever writes asks whether the directory is still there.
@Suite struct HeldDirectoryTests {
  private static let owner = RunLock.Owner(host: "node7", process: 4711, batchJob: "")

  private static func replace(_ directory: String, _ how: String) throws {
    let files = FileManager.default
    switch how {
    case "deleted": try files.removeItem(atPath: directory)
    case "renamed": try files.moveItem(atPath: directory, toPath: directory + "-moved")
    case "made anew":
      try files.removeItem(atPath: directory)
      try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
    case "a file now":
      try files.removeItem(atPath: directory)
      try Data().write(to: URL(fileURLWithPath: directory))
    case "without a lock": try files.removeItem(atPath: directory + "/lock")
    default:
      try files.removeItem(atPath: directory + "/lock")
      try Data().write(to: URL(fileURLWithPath: directory + "/lock"))
    }
  }

  @Test(arguments: ["deleted", "renamed", "made anew", "a file now", "without a lock", "with another lock"])
  func `a lock is on what the directory is now`(how: String) throws {
    let parent = try TemporaryDirectory()
    let path = parent.path + "/run"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let lock = try RunLock(of: path, for: Self.owner)
    try lock.directory.check()
    try Self.replace(path, how)
    let place = lock.directory
    let error = try #require(throws: TunerError.self) { try place.check() }
    #expect(error.kind == .system)
    #expect(error.description.contains("stops here"))
    _ = consume lock
    _ = consume parent
  }

  @Test func `a journal that was taken away is not written any more`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.jsonl"
    var journal = try Journal(at: path, in: directory.path, after: nil)
    try journal.append([.session(.started(program: "1"))], at: 1)
    try FileManager.default.removeItem(atPath: path)
    try Data("of another".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TunerError.self) {
      try journal.append([.session(.started(program: "1"))], at: 2)
    }
    #expect(error?.found == "another file in its place")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "of another")
  }

  @Test func `a directory goes with its last file, and the writer makes it again`() throws {
    let directory = try TemporaryDirectory()
    let files = RunFiles(try HeldDirectory(directory.path))
    try FileManager.default.createDirectory(
      atPath: directory.path + "/checkpoints", withIntermediateDirectories: true)
    let trial = directory.path + "/checkpoints/trial-000001"
    let checkpoint = Checkpoint(
      metadata: CheckpointMetadata(
        study: "test", trial: 1, job: 1, target: 1, budgetUnit: .epochs, configuration: [:],
        isComplete: true),
      snapshot: Snapshot(progress: Progress(), blocks: [:]))
    for name in ["a.h5", "b.h5"] {
      try CheckpointFile.writeMakingDirectory(checkpoint, to: "\(trial)/\(name)")
    }
    try files.delete("checkpoints/trial-000001/a.h5")
    #expect(FileManager.default.fileExists(atPath: trial))
    try files.delete("checkpoints/trial-000001/b.h5")
    #expect(!FileManager.default.fileExists(atPath: trial))
    #expect(FileManager.default.fileExists(atPath: directory.path + "/checkpoints"))
    // What an earlier version left is swept.
    try FileManager.default.createDirectory(atPath: trial, withIntermediateDirectories: true)
    try CheckpointFile.writeMakingDirectory(checkpoint, to: directory.path + "/checkpoints/trial-000002/a.h5")
    try files.sweep(keeping: ["checkpoints/trial-000002/a.h5"], unfinished: [])
    #expect(!FileManager.default.fileExists(atPath: trial))
    #expect(FileManager.default.fileExists(atPath: directory.path + "/checkpoints/trial-000002/a.h5"))
    // The writer makes one directory, and no run directory that was taken away.
    try FileManager.default.removeItem(atPath: directory.path + "/checkpoints")
    #expect(throws: TrainingError.self) {
      try CheckpointFile.writeMakingDirectory(checkpoint, to: "\(trial)/a.h5")
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/checkpoints"))
  }

  @Test func `a writer and a deleter of the same directory do not disturb each other`() async throws {
    let directory = try TemporaryDirectory()
    let root = directory.path
    try FileManager.default.createDirectory(atPath: root + "/checkpoints", withIntermediateDirectories: true)
    let checkpoint = Checkpoint(
      metadata: CheckpointMetadata(
        study: "test", trial: 1, job: 1, target: 1, budgetUnit: .epochs, configuration: [:],
        isComplete: true),
      snapshot: Snapshot(progress: Progress(), blocks: [:]))
    let deleter = Task.detached {
      let files = RunFiles(try HeldDirectory(root))
      while !Task.isCancelled { try files.delete("checkpoints/trial-000001/none.h5") }
    }
    for round in 0..<200 {
      let path = "checkpoints/trial-000001/\(round).h5"
      try CheckpointFile.writeMakingDirectory(checkpoint, to: "\(root)/\(path)")
      try RunFiles(HeldDirectory(root)).delete(path)
    }
    deleter.cancel()
    try await deleter.value
    _ = consume directory
  }
}
