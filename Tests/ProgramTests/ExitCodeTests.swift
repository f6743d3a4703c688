import Foundation
import Testing

/// docs/exit-codes.md: one code for one kind of trouble, in every command.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct ExitCodeTests {
  @Test(
    arguments: [
      "check nothing.yaml", "run nothing.yaml", "simulate nothing.yaml", "test small.yaml",
      "status small.yaml",
      "report small.yaml", "suggest --sampler nobody",
      "run small.yaml --walltime 0",
      "run small.yaml --walltime nan", "status", "check small.yaml --set data=[1",
      "run small.yaml --run-directory small.yaml",
      "check small.yaml --set 'data={kind: hdf5, path: small.yaml}'",
      "check small.yaml --set 'data={kind: hdf5, path: .}'",
    ])
  func `usage is 64`(words: String) throws {
    let output = try Program.shell("$T \(words)", in: try SmallStudy.directory("usage"))
    #expect(output.code == 64, "\(output.standardError)")
    #expect(!output.standardError.isEmpty)
  }

  @Test func `run leaves its code in the file that the environment names, and ends with 0`() throws {
    let directory = try SmallStudy.directory("code-file")
    let script = """
      export TUNER_EXIT_CODE_FILE=code
      for before in 0 71 1; do
        echo $before > code; $T run nothing.yaml 2>/dev/null; echo $? $(cat code)
      done
      $T check nothing.yaml 2>/dev/null; echo $? $(cat code)
      TUNER_EXIT_CODE_FILE=/dev/full $T run nothing.yaml 2>/dev/null; echo $?
      """
    let output = try Program.shell(script, in: directory)
    #expect(output.standardOutput == "0 64\n0 64\n0 1\n64 1\n0\n", "\(output.standardError)")
  }

  @Test(arguments: ["status nowhere", "report nowhere", "test nowhere", "watch nowhere", "list nowhere"])
  func `what is not there is 66`(words: String) throws {
    let output = try Program.shell("$T \(words)", in: try SmallStudy.directory("nowhere"))
    #expect(output.code == 66, "\(output.standardError)")
    #expect(output.standardError.contains("nowhere: expected a "))
  }

  /// How a file of a finished run is damaged, and whom it concerns.
  @Test(
    arguments: [
      (
        "sed -i '3s/time/tmie/' run/journal.jsonl",
        ["run small.yaml --run-directory run", "status run", "report run", "test run"]
      ),
      (
        "sed -i '2d' run/journal.jsonl",
        ["run small.yaml --run-directory run", "status run", "report run", "test run"]
      ),
      ("for f in run/checkpoints/*/*.h5; do truncate -s 1000 $f; done", ["test run"]),
      ("for f in run/checkpoints/*/*.h5; do echo text > $f; done", ["test run"]),
      ("rm -r run/checkpoints", ["test run"]),
      ("for f in run/checkpoints/*/*.h5; do rm $f; mkdir $f; done", ["test run"]),
      // Weights of the same shapes, of another study.
      (
        "$T small.yaml --run-directory other --set seed=5; for f in run/checkpoints/*/*.h5; do cp $(ls other/checkpoints/*/*.h5 | head -1) $f; done",
        ["test run"]
      ),
      ("echo '{\"trial\": 1}' > run/test.json", ["test run"]),
      ("echo nonsense > run/test.json", ["test run"]),
      ("echo '{\"trial\": \"x\"}' > run/test.json", ["test run"]),
      ("rm run/study.yaml", ["test run"]),
      ("echo 'study: [' > run/study.yaml", ["test run"]),
    ] as [(String, [String])])
  func `damage is 65`(damage: String, commands: [String]) throws {
    let directory = try SmallStudy.finished("damage")
    _ = try Program.shell(damage, in: directory)
    for command in commands {
      let output = try Program.shell("$T \(command)", in: directory)
      #expect(output.code == 65, "\(command): \(output.standardError)")
      let said = output.standardOutput + output.standardError
      #expect(
        said.contains("expected") && !said.contains("DecodingError") && !said.contains("NSCocoa"), "\(said)")
    }
  }

  @Test(
    arguments: [
      "run small.yaml --run-directory /proc/nowhere/run", "run small.yaml --run-directory small.yaml/run",
      "report run > /dev/null; mv run/journal.jsonl j; mkdir run/journal.jsonl; $T status run",
    ])
  func `what the system refuses is 71`(words: String) throws {
    let output = try Program.shell("$T \(words)", in: try SmallStudy.finished("refused"))
    #expect(output.code == 71, "\(output.standardError)")
    #expect(!output.standardError.contains("NSCocoa"), "\(output.standardError)")
  }

  @Test func `the help has the table`() throws {
    let help = try Program.run(["--help"], in: try Program.scratch("help")).standardOutput
    for code in ["0 ", "1 ", "64", "65", "66", "70", "71", "75"] {
      #expect(help.contains("\n  \(code)  "), "\(code)")
    }
  }
}
