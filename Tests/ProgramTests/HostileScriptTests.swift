import Foundation
import Search
import Testing
import Tuner

/// Scripts that do what no script should: each is one failed trial with its reason, and leaves nothing behind.
@Suite(
  .serialized, .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: Scripts.hasPython, "no python3"))
struct HostileScriptTests {
  /// What each way of misbehaving is called in the reason of its trial.
  private static let reasons = [
    "exits": "on rank 0: it exited with code 1 while it was told to train to 1",
    "raises": "on rank 0: RuntimeError: no such thing",
    "sys_exit": "found SystemExit: 3",
    "crashes": "on rank 0: it was killed by SIGSEGV while it was told to train to 1",
    "hangs": "on rank 0: expected a word within 3 s while it was told to train to 1, found silence",
    "talks": "expected to train for at most 5 s, found no end after that time",
    "daemon": "on rank 0: it exited with code 1 while it was told to train to 1",
    "floods": "its last words: xxx",
    "rubbish": "the dialogue: expected a message: a JSON object with the key \"say\", found rubbish.",
    "nan": "diverged at step 2: loss is not finite",
    "unknown_metric": "expected loss at budget 2, found only los. Report it by this name.",
    "no_metric": "expected loss at budget 2, found none. Report it by this name.",
    "deaf": "on rank 0: expected a word within 3 s while it was told to train to 1, found silence",
    "breaks": "that goes on until it ends by itself, found a break",
    "alone": "on rank 1: it exited with code 7 while it was told to train to 1",
    "greedy": "out of memory: python3 on rank 0: expected at most 314.6 MB, by trainee.limits.memory, found ",
    "differs": "on rank 1: expected the first rank's values in force, share 0, found share 1",
  ]

  private static let script = """
    import os, signal, subprocess, sys, time
    import tuner_mpi

    for trial in tuner_mpi.trials(mode="fine", share=0.0):
        mode = trial["mode"]
        if mode == "differs": trial.in_force(share=trial.rank)
        for unit in trial.budgets():
            if mode == "greedy":
                hoard = bytearray(b"x" * 600_000_000)
                time.sleep(1000)
            if mode == "late" and unit == 2:
                answer = b'{"say":"reached","budget":2,"metrics":{"loss":0}}\\n'
                os.write(4, answer)
            if mode == "exits": os._exit(1)
            if mode == "raises": raise RuntimeError("no such thing")
            if mode == "sys_exit": sys.exit(3)
            if mode == "crashes": os.kill(os.getpid(), signal.SIGSEGV)
            if mode == "hangs": time.sleep(1000)
            while mode == "talks":
                print("still here", flush=True)
                time.sleep(0.05)
            if mode == "daemon":
                subprocess.Popen(["sleep", "MARK"], start_new_session=True)
                os._exit(1)
            if mode == "floods":
                for line in range(200_000): sys.stderr.write("x" * 999 + "\\n")
                os._exit(1)
            if mode == "rubbish":
                os.write(4, b"rubbish\\n")
                time.sleep(1000)
            if mode == "nan": trial.report(loss=float("nan"))
            elif mode == "unknown_metric": trial.report(los=1.0)
            elif mode != "no_metric": trial.report(loss=1.0)
            if mode == "deaf":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                while True: time.sleep(1)
            if mode == "breaks": break
            if mode == "alone":
                if trial.rank == 1: os._exit(7)
                time.sleep(1000)
    """

  @Test func `each is a failed trial with its reason, and the others go on`() throws {
    let directory = try Program.scratch("hostile")
    // A number of seconds that no other process sleeps.
    let mark = "1000.\(ProcessInfo.processInfo.processIdentifier)"
    try Self.script.replacing("MARK", with: mark).write(
      to: directory.appending(path: "hostile-\(mark).py"), atomically: true, encoding: .utf8)
    let modes = (Self.reasons.keys.sorted() + ["late", "fine"]).joined(separator: ", ")
    try """
    study: hostile
    objective: {metric: loss, goal: minimize}
    trainee:
      command: [python3, hostile-\(mark).py]
      dialogue: true
      metrics: [loss]
      settings: {share: 0}
      limits: {seconds_of_silence: 3, seconds: 5, mebibytes: 300}
    search:
      space: {mode: {type: categorical, choices: [\(modes)]}}
      sampler: grid
      scheduler: {kind: full, trials: \(Self.reasons.count + 2), budget: 2}
    resources: {ranks_per_trial: 2}
    """.write(to: directory.appending(path: "hostile.yaml"), atomically: true, encoding: .utf8)

    let output = try Scripts.launch(["hostile.yaml", "--run-directory", "run"], ranks: 5, in: directory).wait()
    try #require(output.code == 0, "\(output.standardError)")
    let contents = try #require(
      try JournalContents.read(directory.appending(path: "run/journal.jsonl").path))
    var found: [String: String] = [:]
    var modesOfJobs: [JobID: String] = [:]
    for line in contents.lines {
      if case .job(let record) = line.record { modesOfJobs[record.job.id] = record.job.configuration["mode"]?.description }
      if case .outcome(let record) = line.record, case .failed(let reason) = record.outcome.result {
        found[modesOfJobs[record.outcome.job] ?? ""] = reason
      }
    }
    #expect(found.keys.sorted() == Self.reasons.keys.sorted())
    for (mode, words) in Self.reasons {
      #expect(found[mode]?.contains(words) == true, "\(mode): \(found[mode] ?? "no failure")")
    }
    #expect(Scripts.processes(naming: mark).isEmpty)
    try expectBoundedLogs(in: directory.appending(path: "run/logs"))
  }

  private func expectBoundedLogs(in logs: URL) throws {
    let sizes = try SmallStudy.files(in: logs).values.map(\.count)
    // One has said 200 MB.
    #expect(sizes.max() ?? 0 > 4_000_000)
    #expect(sizes.allSatisfy { $0 < 5_000_000 })
  }
}
