import Foundation
import Testing

@testable import Processes

/// Processes that this one starts, and what becomes of them.
@Suite struct ChildProcessTests {
  private static func shell(
    _ script: String, _ output: ProcessOutput? = nil, descriptors: [Int32?] = []
  ) throws -> ChildProcess {
    let child = try ChildProcess(
      ChildProcess.Start(
        ["sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"],
        descriptors: [nil, output?.ends.output, output?.ends.error] + descriptors))
    output?.ends.closeBoth()
    return child
  }

  private static func ending(of child: ChildProcess) -> ProcessEnding? {
    let deadline = ContinuousClock.now.advanced(by: .seconds(20))
    while child.ending == nil, ContinuousClock.now < deadline { usleep(1000) }
    return child.ending
  }

  private static func isAlive(_ process: Int32) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let state = status.drop { $0 != ")" }.dropFirst(2).first
    return state != nil && state != "Z"
  }

  private static func number(_ output: ProcessOutput) throws -> Int32 {
    try #require(Int32(output.lastLines().trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  @Test(arguments: [
    ("exit 0", ProcessEnding.exited(code: 0), "exited with code 0"),
    ("exit 3", .exited(code: 3), "exited with code 3"),
    ("kill -SEGV $$", .killed(signal: SIGSEGV), "was killed by SIGSEGV"),
  ])
  func `its ending is told`(script: String, ending: ProcessEnding, words: String) throws {
    let child = try Self.shell(script)
    #expect(Self.ending(of: child) == ending)
    #expect(ending.description == words)
  }

  @Test func `what cannot be started is an error that says why`() {
    let environment = ["PATH": "/usr/bin:/bin"]
    let unknown = #expect(throws: ProcessError.self) {
      try ChildProcess(.init(["no-such-program"], environment: environment))
    }
    #expect(unknown?.description == "starting no-such-program: no such program in PATH, /usr/bin:/bin")
    let place = #expect(throws: ProcessError.self) {
      try ChildProcess(.init(["sh"], environment: environment, directory: "/no/such/directory"))
    }
    #expect(place?.description == "starting sh: No such file or directory")
    #expect(throws: ProcessError.self) { try ChildProcess(.init(["/etc/hostname"], environment: environment)) }
  }

  @Test func `it has the descriptors that it is given, and no others`() throws {
    let output = try ProcessOutput()
    let stray = open("/dev/null", O_RDONLY)
    let channel = try LineChannel()
    let child = try Self.shell(
      "echo hello >&3; read line <&3; echo $line; ls /proc/self/fd/ | tr '\\n' ' '", output,
      descriptors: [channel.otherEnd])
    channel.closeOther()
    #expect(channel.receive(waiting: 20_000) == .line(Array("hello".utf8)))
    #expect(channel.send(Array("there".utf8)) { true })
    #expect(Self.ending(of: child) == .exited(code: 0))
    child.end(within: 0)
    #expect(output.finish(within: 20))
    // ls has one more: the directory that it reads.
    #expect(output.lastLines().split(separator: "\n") == ["there", "0 1 2 3 4 "])
    #expect(channel.receive(waiting: 1000) == .end)
    close(stray)
  }

  @Test func `all that it has started goes with it, in its group or out of it`() throws {
    let output = try ProcessOutput()
    let child = try Self.shell("trap '' TERM; (setsid sleep 1000 & echo $!); sleep 1000 & sleep 1000", output)
    while output.lastLines().isEmpty { usleep(1000) }
    let daemon = try Self.number(output)
    #expect(Self.isAlive(daemon))
    child.end(within: 0.1)
    #expect(output.finish(within: 20))
    #expect(!Self.isAlive(daemon))
    #expect(child.ending == .killed(signal: SIGKILL))
  }

  @Test func `what a killed process has started is found`() throws {
    let output = try ProcessOutput()
    let child = try Self.shell("setsid sleep 1000 & echo $!; wait", output)
    while output.lastLines().isEmpty { usleep(1000) }
    let grandchild = try Self.number(output)
    child.signal(SIGKILL)
    child.end(within: 1)
    #expect(!Self.isAlive(grandchild))
  }
}
