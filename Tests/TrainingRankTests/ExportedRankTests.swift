import Foundation
import MPI
import RankTesting
import Testing
import TraineeTesting
import Training

/// An exported program on several ranks: one without normalization over a batch or dropout, which is the same
/// on any number of them.
@Suite(.serialized) struct ExportedRankTests {
  private static var configuration: TrainingConfiguration {
    var shape = ExportedConfiguration()
    shape.path =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "TrainingTests/Golden/exported/tied.pt2").path
    var configuration = TrainerRankTests.configuration(.adamw)
    configuration.model = .exported(shape)
    return configuration
  }

  private static func make(
    _ trial: Int, _ values: [String: HyperparameterValue], _ group: borrowing Communicator,
    probe: TrainerProbe? = nil
  ) throws(TrainingError) -> Trainer {
    let data: TrainingData
    do { data = try TrainerRankTests.digits.get() } catch { throw .library("\(error)") }
    return try Trainer(
      configuration.setting(values), data: data, seed: 1, trial: trial, on: group, probe: probe)
  }

  @Test func `a group trains a program as one rank does, to rounding`() throws {
    try withRanks { group in
      var configuration = Self.configuration
      configuration.optimizer.kind = .sgd
      var alone = try Trainer(configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4)
      var together = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      #expect(try alone.train(to: 5) { false } == .reachedTarget)
      #expect(try together.train(to: 5) { false } == .reachedTarget)
      let expected = try alone.measure().metrics
      for (name, value) in try together.measure().metrics {
        #expect(abs(value - (expected[name] ?? .nan)) < 1e-4, "\(name)")
      }
      guard let snapshot = try together.snapshot(), let reference = try alone.snapshot() else { return }
      let pairs = zip(
        try #require(snapshot.blocks["parameters"]?.values),
        try #require(reference.blocks["parameters"]?.values))
      for (one, other) in pairs { #expect(abs(one - other) < 1e-6) }
    }
  }

  private static let foreign = Snapshot(
    progress: Progress(step: 4, budget: 1),
    blocks: ["weights.of.another": .init(layout: [.init(name: "w", shape: [2], offset: 0)], values: [1, 2])])

  @Test(arguments: TraineeCheck.allCases)
  func `a trainer of a program is a trainee like any other`(check: TraineeCheck) throws {
    try withRanks { group in
      let isLast = group.rank.rawValue == group.size - 1
      try TraineeConformance(
        budgets: (3, 8),
        changes: [
          "learning_rate": .number(0.02), "weight_decay": .number(0.1), "batch_size": .number(48),
          "label_smoothing": .number(0.1),
        ],
        fixed: ("optimizer", .text("sgd")), foreign: (Self.foreign, "weights.of.another"), tolerance: 1e-3,
        makeFailing: { trial, values, group throws(TrainingError) in
          var steps = 0
          return try Self.make(trial, values, group) { stage throws(TrainingError) in
            if stage == .gathered { steps += 1 }
            if isLast, stage == .forward, steps == 3 { throw .library("lost alone") }
          }
        },
        make: { trial, values, group throws(TrainingError) in try Self.make(trial, values, group) }
      ).run(check, on: group)
    }
  }
}
