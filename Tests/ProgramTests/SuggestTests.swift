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
}
