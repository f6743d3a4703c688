import Foundation
import Testing

/// Output that nobody reads ends no work, and a printed command can be pasted.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct OutputTests {
  /// Ways to leave the program without a reader or a place for its output.
  @Test(
    arguments: [
      "$T run S > /dev/full 2> /dev/full", "$T run S >&- 2>&-", "$T run S <&- >&- 2>&-",
      "{ sleep 0.2; exec $T run S; } 2>&1 | true", "{ sleep 0.2; exec $T run S 2> /dev/null; } | true",
      "mpirun -n 2 $T run S > /dev/full 2>&1",
    ])
  func `a run goes on without a reader`(line: String) throws {
    let directory = try SmallStudy.directory("deaf", trials: 3)
    // The code of the program, and not that of its reader.
    let line = line.contains("|") ? "set -o pipefail; " + line : line
    let words = line.replacing("S", with: "small.yaml --run-directory run --json")
    let output = try Launched(["bash", "-c", words], in: directory, environment: ["T": Program.path]).wait()
    #expect(output.code == 0, "\(output.standardError)")
    let status = try Program.run(["status", "run"], in: directory)
    #expect(
      status.code == 0 && status.standardOutput.hasPrefix("finished: 3 trials"), "\(status.standardOutput)")
    // Nothing that was printed went into a file of the run.
    #expect(try Program.run(["report", "run"], in: directory).code == 0)
  }

  @Test(
    arguments: [
      ("status run", 71), ("test run", 71), ("check small.yaml", 71),
      ("simulate small.yaml", 71), ("report run", 0), ("status nowhere", 66), ("list .", 71),
      ("watch run --once", 71),
    ], ["> /dev/full", ">&-"])
  func `a command that only answers fails when it cannot`(command: (words: String, code: Int32), end: String)
    throws
  {
    let directory = try SmallStudy.finished("unheard")
    let output = try Program.shell("$T \(command.words) \(end)", in: directory)
    #expect(output.code == command.code, "\(output.standardError)")
    if command.code == 71 { #expect(output.standardError.contains("standard output: expected to write")) }
  }

  @Test(
    arguments: [
      "plain", "my study", "a'b", "x[1]{2}", "dollar $HOME `id`", "new\nline", "tilde~", "ü", "\"q\" \\",
    ])
  func `printed commands can be pasted`(name: String) throws {
    let directory = try SmallStudy.directory("paste")
    let run = "runs/\(name)"
    let file = "\(name).yaml"
    try FileManager.default.moveItem(
      at: directory.appending(path: "small.yaml"), to: directory.appending(path: file))
    let settings = [
      "--set", "model.hidden=[8, 8]", "--set",
      "search.space.learning_rate={type: float, low: 1e-3, high: 0.1}",
    ]
    let output = try Program.run([file, "--run-directory", run] + settings, in: directory)
    try #require(output.code == 0, "\(output.standardError)")
    let test = try Program.shell(try Self.line("test", of: output), in: directory)
    #expect(test.code == 0 && test.standardOutput.hasPrefix("trial "), "\(test.standardError)")
    let report = try Program.shell(try Self.line("report", of: output), in: directory)
    #expect(report.code == 0, "\(report.standardError)")
    let weights = try Program.shell("test -f \(try Self.line("weights", of: output))", in: directory)
    #expect(weights.code == 0)
    let extended = try Program.shell(try Self.line("extend", of: output), in: directory)
    #expect(extended.code == 0, "\(extended.standardError)")
    #expect(extended.standardOutput.contains("  trials     4, "))
    // The words arrive as they were given.
    let stub = "show() { printf '%s\\0' \"$@\"; }; "
    let line = try Self.line("extend", of: output).dropFirst(Program.path.count)
    let words = try Program.shell("\(stub)show\(line)", in: directory).standardOutput.split(separator: "\0")
    #expect(
      words.map(String.init)
        == [file, "--run-directory", run] + settings + ["--set", "search.scheduler.trials=4"])
  }

  @Test func `a command to resume has the option that cannot follow others before them`() throws {
    let directory = try SmallStudy.directory("dashes")
    try FileManager.default.moveItem(
      at: directory.appending(path: "small.yaml"), to: directory.appending(path: "-s.yaml"))
    let output = try Program.run(["--run-directory", "run", "--", "-s.yaml"], in: directory)
    let extended = try Program.shell(try Self.line("extend", of: output), in: directory)
    #expect(extended.code == 0, "\(extended.standardError)")
    #expect(extended.standardOutput.contains("  trials     4, "))
  }

  /// What follows a word at the beginning of a line, up to the next such word: a command may have newlines.
  private static func line(_ word: String, of output: Program.Output) throws -> String {
    let lines = output.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("  \(word) ") })
    let names = [
      "best", "limits", "ties", "schedule", "edge", "weights", "front", "report", "test", "extend", "resume",
    ]
    let rest = lines[(start + 1)...].prefix { line in !names.contains { line.hasPrefix("  \($0) ") } }
    let text = ([lines[start].dropFirst(13)] + rest).joined(separator: "\n")
    return text.trimmingCharacters(in: .newlines)
  }
}
