import Foundation
import MPI
import RankTesting
import Testing

@testable import Training

/// What a trainer makes of a state that is not its own.
@Suite(.serialized) struct TrainerStateRankTests {
  /// A living trainer that becomes another trial, and a new trainer of that trial, from the same state.
  @Test(arguments: OptimizerConfiguration.Kind.allCases)
  func `a trainer takes up another trial as if it had been made for it, bit for bit`(
    optimizer: OptimizerConfiguration.Kind
  ) throws {
    try withRanks { group in
      let parents = TrainerRankTests.configuration(optimizer)
      let clones = try parents.setting([
        "learning_rate": .number(0.003), "batch_size": .number(40), "dropout": .number(0.4),
        "label_smoothing": .number(0.1), "decay": .text("exponential"),
      ])
      var parent = try Trainer(parents, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      _ = try parent.train(to: 5) { false }
      _ = try parent.measure()
      _ = try parent.train(to: 6) { false }
      let state = try parent.snapshot()
      var living = try Trainer(parents, data: TrainerRankTests.digits.get(), seed: 1, trial: 9, on: group)
      _ = try living.train(to: 11) { false }
      #expect(try living.takeUp(clones, trial: 12))
      var made = try Trainer(clones, data: TrainerRankTests.digits.get(), seed: 1, trial: 12, on: group)
      try living.restore(state)
      try made.restore(state)
      #expect(try living.effectiveHyperparameters() == clones.hyperparameters)
      for target in [9, 20] {
        _ = try living.train(to: target) { false }
        _ = try made.train(to: target) { false }
        #expect(try living.measure() == made.measure())
        #expect(try living.snapshot() == made.snapshot())
      }
    }
  }

  @Test func `a trainer takes up no trial of another model, optimizer or share of the data`() throws {
    try withRanks { group in
      let configuration = TrainerRankTests.configuration(.adamw)
      var trainer = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      let others: [[String: HyperparameterValue]] = [
        ["hidden_width_1": .number(25)], ["optimizer": .text("lamb")], ["data_share": .number(0.5)],
        ["activation": .text("tanh")],
      ]
      for values in others {
        #expect(try !trainer.takeUp(configuration.setting(values), trial: 5), "\(values)")
      }
      _ = try trainer.train(to: 3) { false }
      var untouched = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      _ = try untouched.train(to: 3) { false }
      #expect(try trainer.snapshot() == untouched.snapshot())
    }
  }

  @Test(arguments: [1, 7, 100, 1 << 30]) func `bytes are broadcast whole, in pieces of any length`(
    longestPiece: Int
  ) throws {
    try withRanks { group in
      let store = try ParameterStore(
        ModelDeclarations(parameters: [TensorDeclaration("w", [3], .constant(0))]), seed: 1, device: .cpu)
      let peers = try TrainerPeers(group, store)
      var bytes = (0..<100).map { group.isRoot ? UInt8($0) : 0 }
      for count in [0, 99, 100] {
        try bytes.withUnsafeMutableBytes {
          try peers.broadcast(.init(rebasing: $0[..<count]), longestPiece: longestPiece)
        }
      }
      #expect(bytes == (0..<100).map { UInt8($0) })
    }
  }

  @Test func `no rank holds more of a state than the snapshot and its own`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration(.adamw)
      var mlp = MLPConfiguration()
      mlp.hidden = [2000, 2000]
      configuration.model = .mlp(mlp)
      var trainer = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      let snapshot = try trainer.snapshot()
      let before = try PeakMemory()
      try trainer.restore(snapshot)
      let growth = try before.growth()
      // Three blocks of 17 MB.
      #expect(growth < 12 << 20, "\(growth >> 20) MB")
      withExtendedLifetime(snapshot) {}
    }
  }
}

/// How much more memory this process has used at a time than when it began to look.
private struct PeakMemory {
  private let start: Int

  init() throws {
    // Linux: the peak begins again at what is used now.
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    start = try Self.bytes(of: "VmRSS")
  }

  func growth() throws -> Int { try Self.bytes(of: "VmHWM") - start }

  private static func bytes(of key: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(key):") })
    return try #require(Int(line.split(separator: " ").dropLast().last ?? "")) << 10
  }
}
