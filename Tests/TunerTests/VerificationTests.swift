import Foundation
import HDF5
import Search
import Testing
import Training

@testable import Tuner

/// What `verify` finds in a run directory, and what it says that it means.
@Suite struct VerificationTests {
  private static let full = SchedulerConfiguration.full(FullRunOptions(trials: 3, budget: 2))

  /// A finished study, its journal from a simulation, its checkpoints real.
  private struct Finished: ~Copyable {
    let directory: TemporaryDirectory
    let paths: [String]

    func verify(isAtWork: Bool = false) throws -> Verification {
      try Verification(ofRunIn: directory.path, isAtWork: { isAtWork })
    }
  }

  private static func run() throws -> Finished {
    let directory = try TemporaryDirectory()
    var study = Study.test()
    (study.scheduler, study.sampler) = (full, .random)
    let simulation = Simulation(
      study: study, scheduler: try study.makeScheduler(), sampler: try study.sampler.makeSampler())
    let remains = try simulation.run()
    try #require(remains.result?.summary.ending == .finished)
    try Data(remains.journal).write(to: URL(fileURLWithPath: directory.path + "/journal.jsonl"))
    var paths: [String] = []
    for outcome in try remains.outcomes {
      let path = try #require(outcome.checkpoint)
      guard remains.checkpoints.contains(path) else { continue }
      paths.append(path)
      let full = "\(directory.path)/\(path)"
      try FileManager.default.createDirectory(
        atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try CheckpointFile.write(checkpoint(of: outcome.outcome.trial.rawValue), to: full)
    }
    return Finished(directory: directory, paths: paths)
  }

  private static func checkpoint(of trial: Int) -> Checkpoint {
    let values: [Float] = (0..<64).map { Float($0) }
    let layout = [Snapshot.Entry(name: "weight", shape: [64], offset: 0)]
    return Checkpoint(
      metadata: CheckpointMetadata(
        study: "test", trial: trial, job: trial, target: 2, budgetUnit: .epochs, configuration: [:],
        measurements: [],
        isComplete: true),
      snapshot: Snapshot(progress: Progress(), blocks: ["parameters": .init(layout: layout, values: values)]))
  }

  @Test func `a whole run is whole`() throws {
    let run = try Self.run()
    let verification = try run.verify()
    #expect(verification.findings == [])
    #expect(verification.wholeFiles == 1 + run.paths.count)
    #expect(verification.wholeBytes > 0)
  }

  @Test func `a byte that changed in a checkpoint is found, and whether anybody needs it`() throws {
    let run = try Self.run()
    let best = run.paths[0]
    let url = URL(fileURLWithPath: "\(run.directory.path)/\(best)")
    var bytes = [UInt8](try Data(contentsOf: url))
    // In the array of weights: 17 as a Float, little-endian.
    let weight = withUnsafeBytes(of: Float(17)) { Array($0) }
    let place = try #require(bytes.indices.dropLast(4).first { Array(bytes[$0..<$0 + 4]) == weight })
    bytes[place] ^= 1
    try Data(bytes).write(to: url)
    let findings = try run.verify().findings
    #expect(findings.map(\.path) == [best])
    #expect(findings.first?.problem.contains("CRC-32C") == true, "\(findings)")
    #expect(findings.first?.meaning.contains("the study is finished, and needs it for no training") == true)
  }

  @Test func `a checkpoint that is gone, one of another trial and one that nobody needs are told apart`()
    throws
  {
    let run = try Self.run()
    try #require(run.paths.count >= 2)
    try FileManager.default.removeItem(atPath: "\(run.directory.path)/\(run.paths[0])")
    try CheckpointFile.write(Self.checkpoint(of: 77), to: "\(run.directory.path)/\(run.paths[1])")
    try FileManager.default.createDirectory(
      atPath: run.directory.path + "/checkpoints/trial-000099", withIntermediateDirectories: true)
    try run.directory.write("cut", to: "checkpoints/trial-000099/job-000099-step-000001.h5")
    let findings = try run.verify().findings
    let found = Dictionary(uniqueKeysWithValues: findings.map { ($0.path, $0) })
    #expect(found.count == 3)
    #expect(found[run.paths[0]]?.problem == "expected a checkpoint, found no such file")
    #expect(found[run.paths[1]]?.problem.contains("found that of trial 77 at 2") == true, "\(findings)")
    let useless = found["checkpoints/trial-000099/job-000099-step-000001.h5"]
    #expect(useless?.meaning == "nothing needs it: the next start deletes it")
    // Where somebody works there, what is gone may have been deleted a moment ago.
    let atWork = try run.verify(isAtWork: true)
    #expect(atWork.findings.map(\.path).contains(run.paths[0]) == false)
    #expect(atWork.findings.allSatisfy { !$0.meaning.contains("the next start deletes it") })
  }

  @Test func `a run that begins meanwhile is at work`() throws {
    let run = try Self.run()
    try FileManager.default.removeItem(atPath: "\(run.directory.path)/\(run.paths[0])")
    var answers = [false, true]
    let verification = try Verification(ofRunIn: run.directory.path, isAtWork: { answers.removeFirst() })
    #expect(answers.isEmpty && verification.isWhole)
  }

  @Test func `a simulation has no checkpoints that could be missing`() throws {
    let directory = try TemporaryDirectory()
    var study = Study.test()
    (study.scheduler, study.sampler) = (Self.full, .random)
    var controller = try Controller(study, after: nil)
    var cluster = SimulatedCluster(study, groups: 3, training: .test())
    var journal = try Journal(inMemoryAfter: [])
    _ = try Tuner.run(
      &controller, on: &cluster, recording: &journal, RunOptions(program: "test", isSimulated: true))
    try Data(journal.bytes).write(to: URL(fileURLWithPath: directory.path + "/journal.jsonl"))
    let verification = try Verification(ofRunIn: directory.path, isAtWork: { false })
    #expect(verification.isWhole)
    #expect(verification.notes.count == 1 && verification.notes[0].contains("is a simulation's"))
  }

  @Test func `a checkpoint of a newer version is not called damaged`() throws {
    let run = try Self.run()
    try HDF5File.replace("\(run.directory.path)/\(run.paths[0])") { root throws(HDF5Error) in
      try root.setAttribute("format", to: CheckpointFile.format)
      try root.setAttribute("format_version", to: CheckpointFile.version + 1)
    }
    let verification = try run.verify()
    #expect(verification.findings == [] && !verification.isWhole)
    #expect(verification.unread.count == 1)
    #expect(verification.unread.first?.contains("expected version 1, found version 2") == true)
  }

  @Test func `a damaged journal is the finding, and the checkpoints are read all the same`() throws {
    let run = try Self.run()
    let url = URL(fileURLWithPath: run.directory.path + "/journal.jsonl")
    var bytes = [UInt8](try Data(contentsOf: url))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: url)
    let verification = try run.verify()
    #expect(verification.findings.map(\.path) == ["journal.jsonl"])
    #expect(verification.findings.first?.problem.contains("journal.jsonl:") == true)
    #expect(verification.wholeFiles == run.paths.count)
  }

  @Test func `a torn last line is no damage`() throws {
    let run = try Self.run()
    let url = URL(fileURLWithPath: run.directory.path + "/journal.jsonl")
    try (Data(contentsOf: url) + Data("{\"checksum\":\"12".utf8)).write(to: url)
    let verification = try run.verify()
    #expect(verification.isWhole)
    #expect(verification.notes.count == 1 && verification.notes[0].contains("ends in 15 bytes of a line"))
    #expect(verification.notes.first?.contains("a kill cut off") == true)
    #expect(try run.verify(isAtWork: true).notes.first?.contains("that is being written") == true)
  }
}
