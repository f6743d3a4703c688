import Foundation
import Testing

/// `tuner-mpi suggest` behind its pipes; what its answers say is AskTellTests' to check.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct SuggestTests {
  private static let initLine =
    #"{"op":"init","space":[{"name":"x","type":"float","low":0,"high":1}],"seed":3}"#

  /// The program, with pipes in place of a terminal.
  private final class Conversation {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var rest: [UInt8] = []

    init(_ arguments: [String] = []) throws {
      process.executableURL = URL(fileURLWithPath: Program.path)
      process.arguments = ["suggest"] + arguments
      process.standardInput = input
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    func send(_ bytes: [UInt8]) throws { try input.fileHandleForWriting.write(contentsOf: bytes) }
    func send(_ line: String) throws { try send(Array((line + "\n").utf8)) }

    /// The next line, or nil at the end.
    func answer() throws -> String? {
      while true {
        if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          defer { rest.removeSubrange(...end) }
          return String(decoding: rest[..<end], as: UTF8.self)
        }
        // What is there: `read(upToCount:)` would wait for all that was asked for.
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { return nil }
        rest += data
      }
    }

    func end() throws -> Int32 {
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      return process.terminationStatus
    }
  }

  @Test func `an answer is there before the next line is sent`() throws {
    let conversation = try Conversation(["--sampler", "random"])
    try conversation.send(Self.initLine)
    #expect(try conversation.answer() == #"{"ok":true}"#)
    for id in 0..<20 {
      try conversation.send(#"{"op":"ask","n":1}"#)
      #expect(try conversation.answer()?.hasPrefix(#"{"trials":[{"id":\#(id),"params":{"x":"#) == true)
      try conversation.send(#"{"op":"tell","trials":[{"id":\#(id),"value":\#(id)}]}"#)
      #expect(try conversation.answer() == #"{"ok":true}"#)
    }
    #expect(try conversation.end() == 0)
  }

  /// A pipe holds 64 KiB: whoever waits to write before reading would wait for ever.
  @Test func `a client may send ten thousand lines before it reads`() throws {
    let conversation = try Conversation(["--sampler", "random"])
    let count = 10_000
    let line = #"{"op":"tell","trials":[{"id":null,"params":{"x":0.5},"value":1}]}"# + "\n"
    try conversation.send(Array((Self.initLine + "\n" + String(repeating: line, count: count)).utf8))
    for _ in 0...count { #expect(try conversation.answer() == #"{"ok":true}"#) }
    try conversation.send(#"{"op":"quit"}"#)
    #expect(try conversation.answer() == #"{"ok":true}"#)
    #expect(try conversation.answer() == nil)
    #expect(try conversation.end() == 0)
  }

  @Test func `bytes of every kind are answered line by line`() throws {
    let conversation = try Conversation(["--sampler", "random"])
    try conversation.send([0, 255, 0xC0, 0x80, 10, 10, 13, 10])
    try conversation.send(String(repeating: "[", count: 1_000_000))
    try conversation.send(Array(#"{"op":"ask"}"#.utf8))  // no newline: the end of the input ends the line
    for _ in 0..<4 { #expect(try conversation.answer()?.hasPrefix(#"{"error":"the line"#) == true) }
    #expect(try conversation.end() == 0)
    #expect(try conversation.answer()?.hasPrefix(#"{"error":"op: expected an init first"#) == true)
    #expect(try conversation.answer() == nil)
  }

  @Test func `an unknown sampler is refused with a guess`() throws {
    let output = try Program.run(["suggest", "--sampler", "sobl"], in: try Program.scratch("suggest"))
    #expect(output.code == 64)
    #expect(output.standardError.contains("expected a known name, found sobl. Did you mean sobol?"))
  }

  private static let experiment = """
    study: elsewhere
    objective: {metric: loss, goal: minimize}
    limits: {memory: {at_most: 5}}
    search:
      space: {layers: {type: integer, low: 1, high: 8}, rate: {type: float, low: 0.001, high: 0.1, scale: log}}
      baseline: {layers: 3, rate: 0.01}
      scheduler: {kind: full, trials: 2, budget: 4}
    """

  @Test func `an experiment file is asked without init`() throws {
    let folder = try Program.scratch("suggest-experiment")
    let file = folder.appending(path: "experiment.yaml").path
    try Self.experiment.write(toFile: file, atomically: true, encoding: .utf8)
    let conversation = try Conversation([file, "--seed", "3", "--set", "search.scheduler.budget=7"])
    try conversation.send(#"{"op":"ask","n":5}"#)
    let asked = try conversation.answer()
    #expect(
      asked?.hasPrefix(#"{"trials":[{"id":0,"params":{"layers":3,"rate":0.01},"fidelity":7},{"id":1,"#)
        == true)
    try conversation.send(
      #"{"op":"tell","trials":[{"id":0,"value":1,"metrics":{"memory":9}},{"id":1,"value":null}]}"#)
    #expect(try conversation.answer() == #"{"ok":true}"#)
    try conversation.send(#"{"op":"state"}"#)
    #expect(
      try conversation.answer()
        == #"{"told":2,"failed":1,"pending":[],"finished":true,"sampler":"auto","objectives":{"loss":"#
        + #""minimize"},"because":"sobol: too few trials are known for a model","best":{"id":0,"params":{"layers":3,"rate":0.01},"value":1.0,"fidelity":7,"#
        + #""breaks":["memory <= 5 (by 80%)"]}}"#)
    #expect(try conversation.end() == 0)
  }

  @Test func `what an experiment file and the command line cannot both say is refused`() throws {
    let folder = try Program.scratch("suggest-usage")
    let file = folder.appending(path: "e.yaml").path
    try Self.experiment.write(toFile: file, atomically: true, encoding: .utf8)
    for (arguments, message) in [
      (["nowhere.yaml"], "nowhere.yaml: expected a readable experiment file in UTF-8, found no such file"),
      (["--seed", "3"], "--seed: expected an experiment file to change, found none"),
      (["--set", "a=b"], "--set: expected an experiment file to change, found none"),
      ([file, "--sampler", "tpe"], "Write --set search.sampler=NAME."),
      ([file, "--scheduler", "asha"], "Write --set search.scheduler=NAME."),
      (
        [file, "--set", "search.replicates=3"],
        "search.replicates: expected 1, because whoever trains a trial"
      ),
      ([file, "--set", "objective.goal=up"], "objective.goal: expected one of maximize, minimize, found up"),
    ] {
      let output = try Program.run(["suggest"] + arguments, in: folder)
      #expect(output.code == 64)
      #expect(output.standardError.contains(message), "\(output.standardError)")
    }
  }

  @Test func `earlier studies are read from tables`() throws {
    let folder = try Program.scratch("suggest-transfer")
    let table = folder.appending(path: "earlier.csv").path
    try "x,value\n0.2,3\n0.4,1\n0.6,2\n".write(toFile: table, atomically: true, encoding: .utf8)
    let conversation = try Conversation()
    try conversation.send(String(Self.initLine.dropLast()) + #","transfer":["\#(table)"]}"#)
    #expect(try conversation.answer() == #"{"ok":true}"#)
    try conversation.send(#"{"op":"ask"}"#)
    #expect(try conversation.answer() == #"{"trials":[{"id":0,"params":{"x":0.4}}]}"#)
    try conversation.send(String(Self.initLine.dropLast()) + #","transfer":["nowhere.csv"]}"#)
    #expect(
      try conversation.answer()
        == #"{"error":"transfer: nowhere.csv: expected a run directory, a journal, or a table of trials in CSV or "#
        + #"HDF5, found no such file. Correct the path; a relative one starts from the working directory."}"#)
    #expect(try conversation.end() == 0)
  }
}
