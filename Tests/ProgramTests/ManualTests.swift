import Foundation
import Testing

/// What a shell and `man` are given, by the shell and by groff themselves.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct ManualTests {
  private static func has(_ program: String) -> Bool {
    ["/usr/bin", "/bin", "/usr/local/bin"].contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  @Test(
    .enabled(if: has("bash"), "no bash"),
    arguments: [
      ("tuner-mpi exp", ["export"]),
      ("tuner-mpi export run --format te", ["tensorboard"]),
      ("tuner-mpi run --progress p", ["plain"]),
      ("tuner-mpi suggest --sampler cma", ["cma-es"]),
      ("tuner-mpi simulate --function r", ["rastrigin", "rosenbrock"]),
      ("tuner-mpi check ex", ["experiment.yaml"]),
      ("tuner-mpi report ru", ["runs"]),
      ("tuner-mpi completions f", ["fish"]),
    ])
  func `bash completes commands, kinds and files`(line: String, expected: [String]) throws {
    let directory = try Program.scratch("completions-\(UUID().uuidString)")
    try Program.run(["completions", "bash"], in: directory).standardOutput
      .write(to: directory.appending(path: "script"), atomically: true, encoding: .utf8)
    try "".write(to: directory.appending(path: "experiment.yaml"), atomically: true, encoding: .utf8)
    try "".write(to: directory.appending(path: "example.txt"), atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(
      at: directory.appending(path: "runs"), withIntermediateDirectories: true)
    #expect(try Launched(["bash", "-n", "script"], in: directory).wait().standardError == "")
    let asking = """
      shopt -s extglob progcomp
      source ./script
      COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9
      read -ra COMP_WORDS <<< "$COMP_LINE"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      function=$(complete -p tuner-mpi | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      "$function" tuner-mpi "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let output = try Launched(["bash", "--norc", "-c", asking], in: directory).wait()
    #expect(
      output.standardOutput.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == expected
    )
  }

  @Test(arguments: ["zsh", "fish"])
  func `other shells can read their scripts`(shell: String) throws {
    let directory = try Program.scratch("completions-\(shell)")
    let output = try Program.run(["completions", shell], in: directory)
    #expect(output.code == 0)
    #expect(output.standardOutput.contains("tensorboard"))
    guard Self.has(shell) else { return }
    let script = directory.appending(path: "script")
    try output.standardOutput.write(to: script, atomically: true, encoding: .utf8)
    #expect(try Launched([shell, "-n", script.path], in: directory).wait().standardError == "")
  }

  @Test func `another shell is refused`() throws {
    let directory = try Program.scratch("completions-none")
    let output = try Program.run(["completions", "tcsh"], in: directory)
    #expect(output.code == 64)
    #expect(output.standardError.contains("found tcsh"))
  }

  @Test(.enabled(if: has("groff"), "no groff"))
  func `the manual page is one, and has every command and option`() throws {
    let directory = try Program.scratch("manual")
    let page = try Program.run(["manual"], in: directory)
    #expect(page.code == 0)
    try page.standardOutput.write(
      to: directory.appending(path: "tuner-mpi.1"), atomically: true, encoding: .utf8)
    let rendered = try Launched(
      ["groff", "-man", "-ww", "-Tutf8", "-P-bcou", "tuner-mpi.1"], in: directory
    ).wait()
    #expect(rendered.code == 0)
    #expect(rendered.standardError == "")
    let help = try Program.run(["--experimental-dump-help"], in: directory).standardOutput
    let names = help.matches(of: /"commandName" : "([a-z-]+)"/).map { String($0.1) }
    #expect(names.count > 12)
    for name in names where name != "help" {
      #expect(rendered.standardOutput.contains("\n   \(name)\n") || name == "tuner-mpi", "\(name)")
    }
    for option in ["--walltime", "--from-checkpoints", "--format", "--stragglers", "--sizes", "--set"] {
      #expect(rendered.standardOutput.contains("\n       \(option)"), "\(option)")
    }
  }
}
