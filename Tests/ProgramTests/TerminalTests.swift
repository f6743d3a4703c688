import Foundation
import Testing

/// What a newcomer does with a run, and reads: a log, a study that goes on, a study that is looked at.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct TerminalTests {
  /// Times of day and durations differ from run to run.
  private static func lines(of output: Program.Output) -> [String] {
    output.standardError.split(separator: "\n").map {
      String($0.replacing(/^\d\d:\d\d:\d\d/, with: "TIME"))
    }
  }

  @Test func `a log has the beginning, the best, the failures, and what a later session goes on from`() throws
  {
    let directory = try SmallStudy.directory("log", trials: 3)
    let first = try Program.run(["small.yaml", "--run-directory", "run"], in: directory)
    let lines = Self.lines(of: first)
    #expect(lines.first == "TIME  small begins: random, full, 3 jobs")
    #expect(
      lines.dropFirst().allSatisfy {
        $0.contains(/^TIME  best dev_accuracy \d\.\d+ ± 0\.\d+  trial \d at 1 epochs$/)
      }
    )
    #expect(lines.count > 1 && lines.allSatisfy { $0.count <= 100 })
    let score = try #require(lines.last).split(separator: " ")[3]
    let second = try Program.run(
      ["small.yaml", "--run-directory", "run", "--set", "search.scheduler.trials=4"], in: directory)
    #expect(Self.lines(of: second).first == "TIME  small resumed: 3 of 4 trials, best \(score)")
    #expect(!(second.standardError + second.standardOutput).contains("\u{1B}"))
  }

  @Test func `none says nothing, and live draws where it is told to, without colour if asked`() throws {
    let directory = try SmallStudy.directory("modes")
    let none = try Program.run(["small.yaml", "--progress", "none", "--run-directory", "a"], in: directory)
    #expect(none.code == 0 && none.standardError.isEmpty)
    let live = try Program.shell(
      "$T small.yaml --progress live --run-directory b", in: directory, ["TERM": "xterm", "NO_COLOR": "1"])
    #expect(live.code == 0 && live.standardError.contains("\u{1B}[J"))
    #expect(live.standardError.contains("small   1 rank: 1 group   random, full   dev 179 samples\u{1B}[K"))
    #expect(!live.standardError.contains("m" + "small") && !live.standardError.contains("\u{1B}[1m"))
    let wrong = try Program.run(["small.yaml", "--progress", "lively"], in: directory)
    #expect(wrong.code == 64 && wrong.standardError.contains("expected a known name, found lively"))
  }

  @Test func `two ranks too many are told`() throws {
    let directory = try SmallStudy.directory("too-many", trials: 2)
    let output = try Program.run(["small.yaml", "--run-directory", "run"], ranks: 5, in: directory)
    #expect(output.code == 0)
    #expect(
      output.standardError.contains(
        "tuner-mpi: 2 of 4 groups will idle: this search trains at most 2 trials at once; start 3 ranks, or let more "
          + "trials begin together.\n"))
  }

  @Test func `SIGINT saves, says so, and what comes next`() throws {
    let directory = try SmallStudy.directory("interrupted", trials: 500, budget: 3)
    let run = try Launched([Program.path, "small.yaml", "--run-directory", "run"], in: directory)
    while run.isRunning, try !run.errorsSoFar.contains("best") { usleep(1000) }
    run.signal(SIGINT)
    let output = try run.wait()
    #expect(output.code == 0)
    let lines = Self.lines(of: output)
    #expect(lines.suffix(2) == ["TIME  saving: SIGINT received", "TIME  saved, unfinished: SIGINT received"])
    #expect(output.standardOutput.hasPrefix("small saved, unfinished: SIGINT received\n"))
    #expect(output.standardOutput.contains("\n  resume     \(Program.path) small.yaml --run-directory run\n"))
    let status = try Program.run(["status", "run"], in: directory)
    #expect(status.code == 75)
    #expect(
      status.standardOutput.contains(
        /^unfinished: \d+ jobs answered, \d+ not yet, best so far dev_accuracy 0\.\d+ ± 0\.\d+ of trial \d+ at 3 epochs\n$/
      ))
    let watched = try Program.run(["watch", "run", "--once"], in: directory)
    #expect(watched.code == 0)
    #expect(
      watched.standardOutput.hasPrefix(
        "small   saved, unfinished: SIGINT received   1 rank: 1 group   random, full   dev 179 samples\n"))
  }

  @Test func `a study at work is seen from another terminal, and followed to its end`() throws {
    let directory = try SmallStudy.directory("watched", trials: 6, budget: 40)
    let run = try Launched([Program.path, "small.yaml", "--run-directory", "run"], in: directory)
    while run.isRunning, try !run.errorsSoFar.contains("begins") { usleep(1000) }
    let watch = try Launched([Program.path, "watch", "run"], in: directory)
    let status = try Program.run(["status", "run"], in: directory)
    let list = try Program.run(["list", "."], in: directory)
    let first = try Program.shell("$T watch run | head -1", in: directory)
    #expect(run.isRunning)
    #expect(status.code == 75)
    #expect(
      status.standardOutput.contains(
        #/^running on \S+ since \d{4}-\d\d-\d\d \d\d:\d\d \(process \d+\): \d jobs answered, /#),
      "\(status.standardOutput)")
    #expect(list.standardOutput.contains(/\.\/run  running  \d/), "\(list.standardOutput)")
    #expect(first.standardOutput.split(separator: "\n").count == 1)
    #expect(try run.wait().code == 0)
    let watched = try watch.wait()
    #expect(watched.code == 0 && watched.standardError.isEmpty)
    let last = try #require(watched.standardOutput.split(separator: "\n").last)
    #expect(last.contains("  small  6 of 6 jobs  best 0.") && last.hasSuffix("  finished"), "\(last)")
    #expect(watched.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func `every study under a directory is listed`() throws {
    let directory = try SmallStudy.finished("listed")
    _ = try Program.shell(
      "mkdir -p deep/er; cp -r run deep/er/copy; sed -i 2d deep/er/copy/journal.jsonl", in: directory)
    let output = try Program.run(["list", "."], in: directory)
    #expect(output.code == 0)
    let lines = output.standardOutput.split(separator: "\n")
    #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 100 })
    #expect(lines[0].contains(/^study           state     trials  best +written$/))
    #expect(
      lines.contains { $0.contains(/^\.\/run           finished  2       dev_accuracy \d\.\d+  \d+ s ago$/) }
    )
    #expect(
      lines.contains {
        $0.contains(/^\.\/deep\/er\/copy  damaged   \?       \? +\d+ s ago$/)
      })
    let none = try Program.run(["list", "checkpoints"], in: directory.appending(path: "run"))
    #expect(none.standardOutput == "no study under checkpoints\n")
  }

  @Test func `the built-in study has a member for each group, and keeps its members`() throws {
    let directory = try Program.scratch("built-in-\(UUID().uuidString)")
    func run(_ ranks: Int, generations: Int) throws -> Program.Output {
      try Program.run(
        ["--set", "search.scheduler.generations=\(generations)", "--set", "search.scheduler.interval=1"],
        ranks: ranks, in: directory)
    }
    let first = try run(10, generations: 1)
    #expect(first.standardOutput.contains("  trials     9, 0 failed; 9 jobs "), "\(first.standardError)")
    let second = try run(3, generations: 2)
    #expect(second.standardOutput.contains("  trials     9, 0 failed; 18 jobs "), "\(second.standardError)")
    let third = try Program.run(
      [
        "--set", "search.scheduler.generations=1", "--set", "search.scheduler.interval=1", "--run-directory",
        "other",
      ], ranks: 3, in: directory)
    #expect(third.standardOutput.contains("  trials     8, 0 failed; 8 jobs "), "\(third.standardError)")
  }

  /// A terminal says that it is ready when it takes a byte; a frozen connection takes no more.
  @Test func `a terminal that nobody reads stops no run`() throws {
    let directory = try SmallStudy.directory("frozen", trials: 60)
    let script = """
      import os, pty, subprocess, sys
      master, slave = pty.openpty()
      run = subprocess.run([sys.argv[1], "small.yaml", "--run-directory", "run", "--progress", "live"],
          stdout=slave, stderr=subprocess.DEVNULL, timeout=100)
      sys.exit(run.returncode)
      """
    try script.write(to: directory.appending(path: "frozen.py"), atomically: true, encoding: .utf8)
    let run = try Program.shell("python3 frozen.py $T", in: directory, ["TERM": "xterm"])
    #expect(run.code == 0, "\(run.standardError)")
    #expect(try Program.run(["status", "run"], in: directory).code == 0)
  }
}
