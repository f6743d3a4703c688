import Foundation
import Testing

@testable import Processes

/// What processes print, and the memory and the lines that they share with this one.
@Suite struct ProcessOutputTests {
  private func log() -> String {
    FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
  }

  @Test func `a log is bounded, and keeps the beginning and the end`() throws {
    let path = log()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let output = try ProcessOutput()
    output.log(to: path)
    let child = try ChildProcess(
      .init(
        ["sh", "-c", "echo first; head -c 20000000 /dev/zero | tr '\\0' x >&2; echo last >&2"],
        environment: ["PATH": "/usr/bin:/bin"], descriptors: [nil, output.ends.output, output.ends.error]))
    output.ends.closeBoth()
    #expect(output.finish(within: 60))
    child.end(within: 1)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("first\n") || text.contains("first\n"))
    #expect(text.hasSuffix("last\n"))
    #expect(text.contains(" bytes are left out here]"))
    #expect(text.utf8.count < ProcessOutput.longestLog + 200_000)
    #expect(output.lastLines(20).hasSuffix("last\n"))
  }

  @Test(arguments: [1, 3, 100]) func `lines are cut at ends of lines and at returns`(piece: Int) {
    var splitter = LineSplitter()
    var lines: [String] = []
    let bytes = Array("one\ntwo\r\nthree\r50%\r100%\nlast".utf8)
    for start in stride(from: 0, to: bytes.count, by: piece) {
      splitter.take(bytes[start..<min(start + piece, bytes.count)]) { lines.append($0) }
    }
    splitter.end { lines.append($0) }
    #expect(lines == ["one", "two", "three", "50%", "100%", "last"])
  }

  @Test func `another process writes to a memory file by its path`() throws {
    let file = try MemoryFile(named: "test")
    let child = try ChildProcess(
      .init(["sh", "-c", "printf hello > \(file.path)"], environment: ["PATH": "/usr/bin:/bin"]))
    while child.ending == nil { usleep(1000) }
    #expect(child.ending == .exited(code: 0))
    #expect(file.byteCount == 5)
    #expect(try String(decoding: file.map(), as: UTF8.self) == "hello")
  }

  @Test func `a line that is too long is told, and an end`() throws {
    let channel = try LineChannel()
    let other = channel.otherEnd
    let thread = Thread {
      let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: LineChannel.longestLine + 100_000)
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes { write(other, $0.baseAddress! + sent, bytes.count - sent) }
        guard count > 0 else { return }
        sent += count
      }
    }
    thread.start()
    var arrival = LineChannel.Arrival.nothing
    while arrival == .nothing { arrival = channel.receive(waiting: 100) }
    guard case .tooLong(let first) = arrival else {
      Issue.record("\(arrival)")
      return
    }
    #expect(first.count == 200)
  }
}
