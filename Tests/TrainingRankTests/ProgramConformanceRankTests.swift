import Foundation
import MPI
import RankTesting
import Testing
import TraineeTesting
import Training

/// Programs are trainees like any other: plain commands, and those that speak the dialogue through the Python client.
@Suite(.serialized) struct ProgramConformanceRankTests {
  /// A descent into a bowl, in a shell: its state is a file.
  private static let plainScript = """
    set -e
    read x at < $3/state 2>/dev/null || { x=0; at=0; }
    # Long enough to be given up.
    [ $2 -le 3 ] || sleep 0.3
    while [ $at -lt $2 ]; do
      if [ "$4" = "$5" ] && [ $at -ge 2 ]; then exit 3; fi
      x=$(awk -v x=$x -v r=$1 'BEGIN { printf "%.17g", x - r * (x - 1) }')
      at=$((at + 1))
    done
    echo $x $at > $3/state
    awk -v x=$x 'BEGIN { printf "loss %.17g\\n", (x - 1) * (x - 1) }'
    """

  /// The same with the Python client.
  private static let dialogueScript = """
    import tuner_mpi
    for trial in tuner_mpi.trials(rate=0.1, width=4, failing=-1):
        weights = [0.0] * trial["width"]
        trial.state(weights=(lambda: list(weights), lambda saved: weights.__setitem__(slice(None), saved)))
        trial.in_force(rate=lambda: trial["rate"])
        for unit in trial.budgets():
            if trial["failing"] == trial.rank and unit == 3:
                raise RuntimeError("lost alone")
            for place in range(len(weights)):
                weights[place] -= trial["rate"] * (weights[place] - 1)
            trial.report(loss=sum((weight - 1) ** 2 for weight in weights))
    """

  private static func file(_ name: String, _ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/\(getpid())-\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "clients/python/src").path

  private static func program(_ command: [String], isDialogue: Bool, fixed: [String]) -> ProgramConfiguration {
    ProgramConfiguration(
      command, isDialogue: isDialogue, processes: .rank,
      metrics: [PrintedMetric("loss", pattern: isDialogue ? nil : "loss (.*)")],
      settings: ["rate": .number(0.1), "failing": .number(-1), "width": .number(4)], fixed: fixed,
      environment: ["PYTHONPATH": package], keepsState: true)
  }

  @Test(arguments: TraineeCheck.allCases) func `a plain command is a trainee like any other`(
    check: TraineeCheck
  ) throws {
    let script = try Self.file("plain.sh", Self.plainScript)
    defer { try? FileManager.default.removeItem(atPath: script) }
    let program = Self.program(
      ["sh", script, "{rate}", "{budget}", "{state}", "{failing}", "{rank}"], isDialogue: false, fixed: [])
    try withRanks { group in
      let last = Double(group.size - 1)
      let place = ProgramPlace(program, study: "test", seed: 1)
      try TraineeConformance(
        budgets: (3, 8), changes: ["rate": .number(0.3)], fixed: nil, foreign: (Self.foreign, "weights.of.another"),
        tolerance: 1e-9, isOneStep: true,
        makeFailing: { trial, values, group throws(TrainingError) in
          let failing = try program.setting(values.merging(["failing": .number(last)]) { $1 })
          return try PlainTrainee(failing, trial: trial, at: place, on: group)
        },
        make: { trial, values, group throws(TrainingError) in
          // Each with a state directory of its own.
          try PlainTrainee(
            program.setting(values), trial: trial, at: ProgramPlace(program, study: "test", seed: 1), on: group)
        }
      ).run(check, on: group)
    }
  }

  @Test(arguments: TraineeCheck.allCases) func `a program in a dialogue is a trainee like any other`(
    check: TraineeCheck
  ) throws {
    let script = try Self.file("dialogue.py", Self.dialogueScript)
    defer { try? FileManager.default.removeItem(atPath: script) }
    let program = Self.program(["python3", script], isDialogue: true, fixed: ["width"])
    try withRanks { group in
      let last = Double(group.size - 1)
      let place = ProgramPlace(program, study: "test", seed: 1)
      try TraineeConformance(
        budgets: (3, 8), changes: ["rate": .number(0.3)], fixed: ("width", .number(5)),
        foreign: (Self.foreign, "weights.of.another"), tolerance: 1e-9,
        makeFailing: { trial, values, group throws(TrainingError) in
          let failing = try program.setting(values.merging(["failing": .number(last)]) { $1 })
          return try DialogueTrainee(failing, trial: trial, at: place, on: group)
        },
        make: { trial, values, group throws(TrainingError) in
          try DialogueTrainee(program.setting(values), trial: trial, at: place, on: group)
        }
      ).run(check, on: group)
    }
  }

  private static let foreign = Snapshot(
    progress: Progress(step: 4, budget: 1),
    blocks: ["weights.of.another": .init(layout: [.init(name: "w", shape: [2], offset: 0)], values: [1, 2])])
}
