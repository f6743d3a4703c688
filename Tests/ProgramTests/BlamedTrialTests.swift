import Foundation
import Testing
import Tuner

/// Which trial a script's failure is told of.
@Suite(
  .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: Scripts.hasPython, "no python3"))
struct BlamedTrialTests {
  @Test func `a state that cannot be restored is a failed trial with its reason`() throws {
    let failures = try failures(
      "unrestorable",
      script: """
        import tuner_mpi
        for trial in tuner_mpi.trials(mode="fine", share=0):
            def put(state):
                if trial["mode"] == "bad": raise ValueError("half of it is missing")
            trial.state(memory=(lambda: {"share": trial["share"]}, put))
            for unit in trial.budgets():
                trial.report(loss=trial["share"] + (trial["mode"] == "fine"))
        """,
      search: """
        space: {mode: {type: categorical, choices: [bad, fine]}, share: {type: integer, low: 0, high: 3}}
          sampler: grid
          scheduler: {kind: asha, trials: 8, maximum_budget: 4, reduction: 2}
        """)
    let reason =
      "StateError: state memory: expected one that fits what the script made, found ValueError: half of it is missing"
    #expect(!failures.isEmpty)
    for failure in failures { #expect(failure.hasSuffix(reason)) }
  }

  @Test func `what a script does wrong after a trial is not told of the next one`() throws {
    let failures = try failures(
      "afterwards",
      script: """
        import tuner_mpi
        for trial in tuner_mpi.trials(share=0):
            for unit in trial.budgets():
                trial.report(loss=trial["share"])
            if trial.number == 0: raise ValueError("after the end of trial 0")
        """,
      search: """
        space: {share: {type: integer, low: 0, high: 3}}
          sampler: grid
          scheduler: {kind: full, trials: 4, budget: 1}
        """, trainee: ", state: false")
    #expect(failures == [])
  }

  /// Runs a study; why trials failed, in the words of its journal.
  private func failures(_ name: String, script: String, search: String, trainee: String = "") throws
    -> [String]
  {
    let directory = try Program.scratch(name)
    try script.write(to: directory.appending(path: "script.py"), atomically: true, encoding: .utf8)
    try """
    study: \(name)
    objective: {metric: loss, goal: minimize}
    trainee: {command: [python3, script.py], dialogue: true, metrics: [loss]\(trainee)}
    search:
      \(search)
    """.write(to: directory.appending(path: "\(name).yaml"), atomically: true, encoding: .utf8)
    let output = try Scripts.launch(["\(name).yaml", "--run-directory", "run"], ranks: 3, in: directory)
      .wait()
    try #require(output.code == 0, "\(output.standardError)")
    let journal = directory.appending(path: "run/journal.jsonl").path
    let contents = try #require(try JournalContents.read(journal))
    return contents.lines.compactMap { line in
      guard case .outcome(let record) = line.record, case .failed(let reason) = record.outcome.result else {
        return nil
      }
      return reason
    }
  }
}
