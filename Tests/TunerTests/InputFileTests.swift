import Foundation
import Search
import Testing
import Training
import Tuner

/// Data that changes under its name.
@Suite struct InputFileTests {
  private func scratch() throws -> URL {
    let directory = FileManager.default.temporaryDirectory.appending(path: "inputs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory
  }

  @Test func `size and checksum are those of the whole file`() throws {
    let directory = try scratch()
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "data").path
    // RFC 3720 §B.4: the CRC-32C of "123456789" is e3069283.
    try Data("123456789".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try InputFile(at: path).description == "9 bytes, CRC-32C e3069283")
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(try InputFile(at: path) == InputFile(bytes: 0, checksum: 0))
    // Longer than one block of reading.
    let long = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try long.write(to: URL(fileURLWithPath: path))
    #expect(try InputFile(at: path).bytes == 3_000_001)
    let error = #expect(throws: TunerError.self) { _ = try InputFile(at: path + "-not-there") }
    #expect(error?.kind == .usage)
  }

  @Test func `a study writes what its files held, and reads it back`() throws {
    var study = Study.test()
    study.inputs = ["a b.csv": InputFile(bytes: 12, checksum: 0xab)]
    let document = try study.document()
    #expect(try JSONDecoder().decode(Study.self, from: JSONEncoder().encode(study)) == study)
    guard case .object(let fields) = document else { throw TestFailure() }
    #expect(fields["inputs"] == .object(["a b.csv": .text("12 bytes, CRC-32C 000000ab")]))
    guard case .object(let plain) = try Study.test().document() else { throw TestFailure() }
    #expect(plain["inputs"] == nil)
  }

  private struct TestFailure: Error {}

  /// As many samples with other labels, more samples, fewer.
  @Test(arguments: [Data([1, 2, 4]), Data([1, 2, 3, 4]), Data([1, 2])])
  func `another content under the same name is a changed study`(content: Data) throws {
    let directory = try scratch()
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "text").path
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    var study = Study.test()
    study.trainee.training?.data = .text(path: path, contextLength: 1)
    var first = Simulation(scheduler: MiniaturePopulation(members: 2, generations: 2))
    first.study = study
    try first.study.noteInputs(recordedIn: nil)
    let before = try first.run()

    try content.write(to: URL(fileURLWithPath: path))
    var second = first
    second.study = study
    try second.study.noteInputs(recordedIn: before.contents)
    (second.journal, second.checkpoints) = (before.journal, before.checkpoints)
    let error = #expect(throws: TunerError.self) { _ = try second.controller() }
    #expect(error?.found.contains("inputs.\(path): 3 bytes") == true)
    second.allowingChanges = true
    _ = try second.controller()
    // The old content again: nothing has changed.
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    second.allowingChanges = false
    try second.study.noteInputs(recordedIn: before.contents)
    _ = try second.controller()
  }

  @Test func `a folder is what its files are called and hold`() throws {
    let directory = try scratch()
    defer { try? FileManager.default.removeItem(at: directory) }
    func write(_ text: String, to name: String) throws {
      let file = directory.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try write("one", to: "cat/a.png")
    try write("two", to: "dog/b.png")
    let before = try InputFile(at: directory.path)
    #expect(before.bytes == 6)
    try write("index", to: ".index")
    #expect(try InputFile(at: directory.path) == before)
    try write("two", to: "dog/c.png")
    #expect(try InputFile(at: directory.path) != before)
    try FileManager.default.removeItem(at: directory.appending(path: "dog/b.png"))
    let renamed = try InputFile(at: directory.path)
    #expect(renamed.bytes == 6 && renamed != before)
  }

  @Test func `a journal from before contents were noted goes on, and notes them`() throws {
    let killed = try Simulation(
      scheduler: MiniaturePopulation(members: 2, generations: 3), killedAtCall: 8
    ).run()
    var later = Simulation(scheduler: MiniaturePopulation(members: 2, generations: 3))
    later.study.inputs = ["data": InputFile(bytes: 1, checksum: 2)]
    (later.journal, later.checkpoints) = (killed.journal, killed.checkpoints)
    let resumed = try later.run()
    #expect(resumed.result?.summary.ending == .finished)
    #expect(try resumed.contents.recordedInputs == later.study.inputs)
  }

  @Test func `data that moved to another path are the same study`() throws {
    let directory = try scratch()
    defer { try? FileManager.default.removeItem(at: directory) }
    let (old, new) = (directory.appending(path: "old").path, directory.appending(path: "new").path)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: old))
    var first = Simulation(scheduler: MiniaturePopulation(members: 2, generations: 3), killedAtCall: 8)
    first.study.trainee.training?.data = .text(path: old, contextLength: 1)
    try first.study.noteInputs(recordedIn: nil)
    let killed = try first.run()
    try FileManager.default.moveItem(atPath: old, toPath: new)
    var second = first
    second.killedAtCall = .max
    second.study.trainee.training?.data = .text(path: new, contextLength: 1)
    try second.study.noteInputs(recordedIn: killed.contents)
    (second.journal, second.checkpoints) = (killed.journal, killed.checkpoints)
    let resumed = try second.run()
    #expect(resumed.result?.summary.ending == .finished)
    #expect(try History(resumed.contents).versions == nil)
    #expect(try resumed.contents.splitChanges(since: TrialID(0), at: 1, readingDataOf: second.study).isEmpty)

    try Data([1, 2, 4]).write(to: URL(fileURLWithPath: new))
    try second.study.noteInputs(recordedIn: nil)
    let refusal = #expect(throws: TunerError.self) { _ = try second.run() }
    #expect(
      refusal?.found.contains("training.data.text.path") == true || refusal?.found.contains("path:") == true)
  }

  @Test func `a test knows of data that changed after the model's training began`() throws {
    let directory = try scratch()
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "text").path
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    let full = { (trials: Int) in
      try SchedulerConfiguration.full(FullRunOptions(trials: trials, budget: 1)).makeScheduler(
        space: Study.test().space, seed: 7, mutable: [])
    }
    var first = Simulation(scheduler: try full(2))
    first.study.trainee.training?.data = .text(path: path, contextLength: 1)
    try first.study.noteInputs(recordedIn: nil)
    let before = try first.run()
    #expect(try before.contents.splitChanges(since: TrialID(0), at: 1, readingDataOf: first.study).isEmpty)

    try Data([1, 2, 4]).write(to: URL(fileURLWithPath: path))
    let found = try before.contents.splitChanges(since: TrialID(0), at: 1, readingDataOf: first.study)
    #expect(found.map(\.path) == ["inputs.\(path)"])

    var second = first
    second.scheduler = try full(4)
    try second.study.noteInputs(recordedIn: before.contents)
    (second.journal, second.checkpoints, second.allowingChanges) = (before.journal, before.checkpoints, true)
    let after = try second.run()
    // Trials 0 and 1 were trained before the change, 2 and 3 after it.
    for trial in 0..<4 {
      let changes = try after.contents.splitChanges(
        since: TrialID(trial), at: 1, readingDataOf: second.study)
      #expect(changes.isEmpty == (trial >= 2), "trial \(trial)")
    }
  }
}
