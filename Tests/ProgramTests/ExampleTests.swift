import Foundation
import Testing

/// The examples of programs, each run to its end by the command in the comment at the top of its experiment.
@Suite(
  .serialized, .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: Scripts.hasPython, "no python3"))
struct ExampleTests {
  @Test func `there is an example of every kind`() {
    let names = Example.all.map(\.testDescription)
    for name in ["csv-regression", "numpy-random", "plain-argparse", "pytorch-ddp", "rl-pbt", "shell"] {
      #expect(names.contains(name))
    }
  }

  @Test(arguments: Example.needing(.nothing))
  func `an example runs to its end`(example: Example) throws { try run(example) }

  @Test(
    .enabled(if: Scripts.has("numpy"), "no Python with NumPy beside libtorch"),
    arguments: Example.needing(.numPy))
  func `an example in NumPy runs to its end`(example: Example) throws { try run(example) }

  @Test(
    .enabled(if: Scripts.hasTorch, "no Python with PyTorch and NumPy beside libtorch"),
    arguments: Example.needing(.torch))
  func `an example in PyTorch runs to its end`(example: Example) throws { try run(example) }

  private func run(_ example: Example) throws {
    if FileManager.default.fileExists(atPath: example.folder.appending(path: "make_data.py").path) {
      let maker = try Launched(
        ["python3", "make_data.py"], in: example.folder, environment: Scripts.environment)
      try #require(maker.wait().code == 0)
    }
    let command = /mpirun -n (\d+) tuner-mpi experiment\.yaml/
    let ranks = try #require(example.experiment.firstMatch(of: command).flatMap { Int($0.1) })
    let run = try Program.scratch("example-\(example.testDescription)").appending(path: "run").path
    let output = try Scripts.launch(
      ["experiment.yaml", "--run-directory", run], ranks: ranks, in: example.folder
    ).wait()
    try #require(output.code == 0, "\(output.standardError)")
    #expect(output.standardOutput.contains(", 0 failed;"), "\(output.standardOutput)\(output.standardError)")
    if example.experiment.contains("kind: pbt") {
      #expect(!output.exploits.isEmpty, "\(output.standardError)")
    }
    let status = try Program.run(["status", run], in: example.folder)
    #expect(status.code == 0 && status.standardOutput.hasPrefix("finished: "), "\(status.standardOutput)")
  }
}

/// A folder of `configs` with an experiment and its script.
struct Example: CustomTestStringConvertible, Sendable {
  /// What the script imports beside Python's own library and the client.
  enum Need { case nothing, numPy, torch }

  var folder: URL
  var experiment: String
  var need: Need

  var testDescription: String { folder.lastPathComponent }

  /// Nil for a folder without an experiment.
  private init?(_ folder: URL) {
    func text(_ name: String) -> String? {
      FileManager.default.contents(atPath: folder.appending(path: name).path)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    guard let experiment = text("experiment.yaml") else { return nil }
    let script = text("train.py") ?? ""
    self.folder = folder
    self.experiment = experiment
    need = script.contains("import torch") ? .torch : script.contains("import numpy") ? .numPy : .nothing
  }

  static let all: [Example] = {
    let configs = Program.root.appending(path: "configs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: configs.path)) ?? []
    // Plug-ins are compiled first: their own tests do that.
    return names.sorted().compactMap { Example(configs.appending(path: $0)) }
      .filter { !$0.experiment.contains("kind: plugin") }
  }()

  static func needing(_ need: Need) -> [Example] { all.filter { $0.need == need } }
}
