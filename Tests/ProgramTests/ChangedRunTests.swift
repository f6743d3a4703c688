import Foundation
import Search
import Testing
import Tuner

/// An experiment, its data, its journal or its checkpoints changed between two starts: the study goes on rightly,
/// or is refused with the difference and taken up again by the command as it was.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct ChangedRunTests {
  /// A scheduler, and how the second start extends it.
  struct Plan: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var options: String
    var extension_: String

    static let all = [
      Plan(testDescription: "full", options: "trials: 4, budget: 1", extension_: "trials=6"),
      Plan(
        testDescription: "asha", options: "trials: 6, maximum_budget: 4, reduction: 2", extension_: "trials=9"
      ),
      Plan(
        testDescription: "hyperband", options: "maximum_budget: 4, reduction: 2", extension_: "iterations=2"),
      Plan(
        testDescription: "pbt", options: "population: 3, generations: 2, interval: 1",
        extension_: "generations=4"),
    ]
  }

  enum Change: CaseIterable, Sendable {
    case narrowedRange, widenedRange, newParameter, objective, goal, seed, sampler, fixedValue, modelWidth
    case grownData, otherLabels, lostCheckpoints, damagedCheckpoints, directoriesAsCheckpoints, tornJournal,
      damagedJournal
  }

  @Test(arguments: Plan.all, Change.allCases)
  func `a change between two starts goes on rightly, or is refused and can be undone`(
    plan: Plan, change: Change
  ) throws {
    let directory = try Program.scratch("changed-\(plan.testDescription)-\(change)")
    let experiment = Experiment(directory: directory, plan: plan)
    try experiment.prepare()
    let first = try Program.run(["s.yaml"], in: directory)
    try #require(first.code == 0, "\(first.standardError)")

    let settings = try experiment.apply(change)
    let extended = ["s.yaml", "--set", "search.scheduler.\(plan.extension_)"]
    let second = try Program.run(extended + settings, in: directory)
    if second.code == 0 {
      try experiment.checkResult(second)
    } else {
      #expect([64, 65].contains(second.code), "\(second.standardError)")
      #expect(
        second.standardError.contains(" -> ") || second.standardError.contains("journal.jsonl:"),
        "no difference is named: \(second.standardError)")
      try experiment.undo(change)
      let third = try Program.run(extended, in: directory)
      #expect(third.code == 0, "\(third.standardError)")
      try experiment.checkResult(third)
    }
    #expect(try Program.run(["status", "runs/s"], in: directory).code == 0)
  }

  /// Labels without permission, as many of them as before.
  @Test func `relabelled data is refused by the run and by the test`() throws {
    let directory = try Program.scratch("relabelled")
    let experiment = Experiment(directory: directory, plan: Plan.all[0])
    try experiment.prepare()
    #expect(try Program.run(["s.yaml"], in: directory).code == 0)
    try experiment.write(samples: 240, shift: 1)
    for command in [["s.yaml", "--set", "search.scheduler.trials=6"], ["test", "runs/s"]] {
      let refused = try Program.run(command, in: directory)
      #expect(refused.code == 64)
      #expect(refused.standardError.contains("inputs.labels: 248 bytes, CRC-32C "))
    }
    let other = try Program.run(["test", "runs/s", "--allow-changes"], in: directory)
    #expect(other.code == 0)
    // What was measured on other labels is not told of these.
    try experiment.write(samples: 240, shift: 0)
    let own = try Program.run(["test", "runs/s"], in: directory)
    #expect(own.code == 0 && own.standardOutput != other.standardOutput, "\(own)")
    #expect(try Program.run(["test", "runs/s"], in: directory).standardOutput == own.standardOutput)
  }
}

/// A study of small images in a directory of its own.
private struct Experiment {
  let directory: URL
  let plan: ChangedRunTests.Plan

  func prepare() throws {
    try write(samples: 240, shift: 0)
    try """
    study: s
    data: {kind: idx, images: images, labels: labels, split: {train: 0.5, dev: 0.25, test: 0.25}}
    model: {kind: mlp, hidden: [8]}
    training: {optimizer: {kind: adamw}, batch_size: 20}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
      sampler: random
      scheduler: {kind: \(plan.testDescription), \(plan.options)}
    """.write(to: directory.appending(path: "s.yaml"), atomically: true, encoding: .utf8)
  }

  /// Images of 4 x 4 whose bright row is their label, `shift` rows further.
  func write(samples: Int, shift: Int) throws {
    var images: [UInt8] = [0, 0, 8, 3] + bigEndian(samples) + bigEndian(4) + bigEndian(4)
    var labels: [UInt8] = [0, 0, 8, 1] + bigEndian(samples)
    for sample in 0..<samples {
      let row = sample * 7 % 4
      images += (0..<16).map { UInt8($0 / 4 == row ? 200 : ($0 * 31 + sample * 17) % 90) }
      labels.append(UInt8((row + shift) % 4))
    }
    try Data(images).write(to: directory.appending(path: "images"))
    try Data(labels).write(to: directory.appending(path: "labels"))
  }

  private func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private var journal: URL { directory.appending(path: "runs/s/journal.jsonl") }
  private var backup: URL { directory.appending(path: "journal.backup") }

  /// - Returns: what the command line says besides.
  func apply(_ change: ChangedRunTests.Change) throws -> [String] {
    let space = "search.space.learning_rate"
    switch change {
    case .narrowedRange: return allowed("\(space).low=0.03")
    case .widenedRange: return allowed("\(space).high=0.3")
    case .newParameter: return allowed("search.space.weight_decay={type: float, low: 0, high: 0.1}")
    case .objective: return allowed("objective.metric=dev_loss", "objective.goal=minimize")
    case .goal: return allowed("objective.goal=minimize")
    case .seed: return allowed("seed=5")
    case .sampler: return allowed("search.sampler=gp")
    case .fixedValue: return allowed("training.batch_size=30")
    case .modelWidth: return allowed("model.hidden=[9]")
    case .grownData:
      try write(samples: 400, shift: 0)
      return ["--allow-changes"]
    case .otherLabels:
      try write(samples: 240, shift: 1)
      return []
    case .lostCheckpoints: try eachCheckpoint { try FileManager.default.removeItem(at: $0) }
    case .damagedCheckpoints: try eachCheckpoint { try Data("no HDF5".utf8).write(to: $0) }
    case .directoriesAsCheckpoints:
      try eachCheckpoint {
        try FileManager.default.removeItem(at: $0)
        try FileManager.default.createDirectory(at: $0, withIntermediateDirectories: false)
      }
    case .tornJournal: try rewriteJournal { $0.dropLast(20) }
    case .damagedJournal:
      try rewriteJournal { bytes in
        var bytes = bytes
        bytes[bytes.startIndex + bytes.count / 2] ^= 1
        return bytes
      }
    }
    return []
  }

  func undo(_ change: ChangedRunTests.Change) throws {
    switch change {
    case .grownData, .otherLabels: try write(samples: 240, shift: 0)
    case .damagedJournal, .tornJournal: try Data(contentsOf: backup).write(to: journal)
    default: return
    }
  }

  private func allowed(_ settings: String...) -> [String] {
    ["--allow-changes"] + settings.flatMap { ["--set", $0] }
  }

  private func eachCheckpoint(_ body: (URL) throws -> Void) throws {
    let root = directory.appending(path: "runs/s/checkpoints")
    let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "h5" { try body(file) }
  }

  private func rewriteJournal(_ body: (Data) -> Data) throws {
    let bytes = try Data(contentsOf: journal)
    try bytes.write(to: backup)
    try body(bytes).write(to: journal)
  }

  /// The best is what the journal's measurements say, by the objective that the study has now.
  func checkResult(_ output: Program.Output) throws {
    let contents = try #require(try JournalContents.read(journal.path))
    let history = try History(contents)
    let (metric, goal) = (history.objective.metric, history.objective.goal)
    let scores = history.trials.flatMap(\.segments).compactMap { segment in
      segment.cost == nil ? nil : segment.measurements.last?.metrics[metric]
    }
    let best = try #require(goal == .maximize ? scores.max() : scores.min())
    #expect(history.best.map { history.objective.score(of: $0.cost) } == best)
    let told = try #require(history.measuredBest).text
    #expect(output.standardOutput.contains("\(metric) \(told)"))
    let failures = history.trials.flatMap(\.segments).filter { segment in
      if case .failed = segment.outcome { true } else { false }
    }
    #expect(failures.isEmpty, "\(failures.map(\.outcome))")
  }
}
