import Foundation
import HDF5
import Search
import Testing
import Training
import Tuner

@Suite struct PopulationFileTests {
  let directory: RunFolder
  let path: String

  init() throws {
    directory = try RunFolder()
    path = directory.path + "/population.h5"
  }

  static let population = Population(
    generation: 4,
    members: [
      .init(
        trial: TrialID(17), budget: 2, score: 0.75,
        configuration: Configuration(["learning_rate": .number(0.001), "optimizer": .text("lamb")]),
        origin: .fork(of: TrialID(3), at: 1), checkpoint: "checkpoints/trial-000017/budget-000002.h5"),
      .init(
        trial: TrialID(3), budget: 2, score: -1, configuration: Configuration(["learning_rate": .number(1)]),
        origin: .resume(from: 1), checkpoint: "checkpoints/trial-000003/budget-000002.h5"),
      .init(
        trial: TrialID(4), budget: 1, score: nil,
        configuration: Configuration(["momentum": .number(0.5), "optimizer": .number(2)]), origin: .fresh,
        checkpoint: nil),
    ])

  func write() throws {
    try PopulationFile.write(
      Self.population, of: "digits", objective: Objective(metric: "dev_accuracy", goal: .maximize),
      budgetUnit: "epochs", to: path)
  }

  @Test func `a population comes back, without its checkpoints too`() throws {
    try write()
    #expect(try Population(at: path) == Self.population)
  }

  @Test func `an empty population comes back`() throws {
    try PopulationFile.write(
      Population(generation: 0, members: []), of: "digits",
      objective: Objective(metric: "dev_loss", goal: .minimize), budgetUnit: "steps", to: path)
    #expect(try Population(at: path) == Population(generation: 0, members: []))
  }

  @Test func `the tables have one row a member, NaN and -1 where there is nothing`() throws {
    try write()
    let file = try HDF5File.open(path, checksums: .required)
    #expect(try file.root.attribute("format", as: String.self) == PopulationFile.format)
    #expect(try file.root.attribute("format_version", as: Int.self) == PopulationFile.version)
    #expect(try file.root.read("trial", as: Int.self).values == [17, 3, 4])
    #expect(try file.root.read("score", as: Double.self).values.map(\.isNaN) == [false, false, true])
    #expect(try file.root.read("origin_trial", as: Int.self).values == [3, 3, -1])
    #expect(try file.root.read("origin_budget", as: Int.self).values == [1, 1, -1])
    let columns = try file.root.group("hyperparameters")
    #expect(try columns.names() == ["learning_rate", "momentum", "optimizer"])
    #expect(try columns.read("learning_rate", as: Double.self).values.prefix(2) == [0.001, 1])
    #expect(try columns.read("optimizer", as: String.self).values == ["lamb", "", "2"])
    #expect(
      try file.root.link("members/trial-000017/state")
        == .external(file: "checkpoints/trial-000017/budget-000002.h5", path: "/"))
  }

  @Test(.enabled(if: python != nil, "no Python that imports h5py: name one by TUNER_PYTHON"))
  func `the documented program finds the best member's weights`() throws {
    try write()
    let folder = directory.path + "/checkpoints/trial-000017"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try CheckpointFile.write(
      Checkpoint(
        metadata: CheckpointMetadata(
          study: "digits", trial: 17, job: 1, target: 2, budgetUnit: .epochs, configuration: [:],
          isComplete: true),
        snapshot: Snapshot(
          progress: Progress(),
          blocks: [
            "parameters": .init(
              layout: [.init(name: "layers.0.weight", shape: [2, 3], offset: 0)], values: [1, 2, 3, 4, 5, 6])
          ])),
      to: folder + "/budget-000002.h5")
    let document = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/checkpoint-format.md"), encoding: .utf8)
    func fenced(_ language: String, _ word: String) throws -> String {
      let blocks = document.components(separatedBy: "```\(language)\n").dropFirst()
      return try #require(blocks.map { $0.components(separatedBy: "\n```")[0] }.first { $0.contains(word) })
    }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-c", try fenced("python", "population.h5")]
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(String(decoding: output, as: UTF8.self) == (try fenced("text", "trial 17 score")) + "\n")
  }
}

/// A Python with h5py: the one that TUNER_PYTHON names, else the one that the project's tests share.
private let python: String? = {
  let environment = ProcessInfo.processInfo.environment
  let shared = (environment["HOME"] ?? "") + "/.cache/tuner-mpi/python/bin/python"
  return [environment["TUNER_PYTHON"], shared].compactMap { $0 }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}()

/// A new directory, removed with everything in it when it goes.
final class RunFolder: Sendable {
  let path = FileManager.default.temporaryDirectory.path + "/run-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      Issue.record(error)
    }
  }
}
