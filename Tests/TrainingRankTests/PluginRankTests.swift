import MPI
import RankTesting
import Testing
import TraineeTesting
import Training

/// What only a plug-in does.
@Suite(.serialized) struct PluginRankTests {
  private typealias Example = PluginConformanceRankTests

  private func make(
    _ library: PluginLibrary, _ values: [String: HyperparameterValue] = [:], on group: borrowing Communicator
  ) throws(TrainingError) -> PluginTrainee {
    try PluginTrainee(
      Example.configuration("plug-in").setting(values), trial: 1, seed: 1, of: library, on: group)
  }

  @Test func `the state has the plug-in's arrays, by name, whatever the number of ranks`() throws {
    let library = try Example.library(.units)
    try withRanks { group in
      let trainee = try make(library, on: group)
      _ = try trainee.train(to: 2) { false }
      guard let snapshot = try trainee.snapshot() else { return }
      let block = try #require(snapshot.blocks["state"])
      #expect(block.layout.map(\.name) == ["u", "sweeps_done"])
      #expect(block.layout.map(\.element) == [.float64, .int64])
      #expect(block.layout.map(\.shape) == [[12, 12], []])
      #expect(block.bytes(of: "sweeps_done")?.load(as: Int64.self) == 40)
    }
  }

  @Test func `each rank has its own part of a divided state`() throws {
    let library = try Example.library(.ownStates)
    try withRanks { group in
      let trainee = try make(library, on: group)
      _ = try trainee.train(to: 2) { false }
      guard let snapshot = try trainee.snapshot() else { return }
      let rows = (0..<group.size).map { snapshot.blocks["rank_\($0)"]?.layout.first?.shape.first ?? 0 }
      #expect(snapshot.blocks.count == group.size)
      #expect(rows.reduce(0, +) == 12)
    }
  }

  @Test func `a state of another shape is refused on all ranks, with both shapes`() throws {
    let library = try Example.library(.units)
    try withRanks { group in
      let small = try make(library, on: group)
      _ = try small.train(to: 1) { false }
      let state = try small.snapshot()
      let large = try make(library, ["size": .number(16)], on: group)
      let error = #expect(throws: TrainingError.self) { try large.restore(state) }
      #expect(error?.description.contains("expected u float64 [16, 16], found u float64 [12, 12]") == true)
    }
  }

  @Test func `a trial is taken up where only live values differ`() throws {
    let library = try Example.library(.units)
    try withRanks { group in
      let living = try make(library, on: group)
      _ = try living.train(to: 3) { false }
      let state = try living.snapshot()
      let other = try Example.configuration("plug-in").setting(["damping": .number(0.9)])
      #expect(try living.takeUp(other, trial: 2))
      try living.restore(state)
      #expect(try living.effectiveHyperparameters()["damping"] == .number(0.9))
      let fresh = try PluginTrainee(other, trial: 2, seed: 1, of: library, on: group)
      try fresh.restore(state)
      _ = try living.train(to: 6) { false }
      _ = try fresh.train(to: 6) { false }
      #expect(try living.snapshot() == fresh.snapshot())
      let larger = try Example.configuration("plug-in").setting(["size": .number(16)])
      #expect(try !living.takeUp(larger, trial: 3))
    }
  }

  @Test func `what the plug-in refuses names its reason on all ranks`() throws {
    let library = try Example.library(.units)
    try withRanks { group in
      let error = #expect(throws: TrainingError.self) {
        _ = try make(library, ["damping": .text("much")], on: group)
      }
      #expect(error?.description.contains("damping: expected a number, found much") == true)
      let trainee = try make(library, on: group)
      let before = try trainee.effectiveHyperparameters()
      #expect(throws: TrainingError.self) {
        try trainee.set(["sweeps": .number(0), "damping": .number(0.1)])
      }
      #expect(try trainee.effectiveHyperparameters() == before)
    }
  }

  @Test func `a residual that is not finite is a diverged trial`() throws {
    let library = try Example.library(.units)
    try withRanks { group in
      let trainee = try make(library, ["damping": .number(1e200)], on: group)
      _ = try trainee.train(to: 2) { false }
      let error = #expect(throws: TrainingError.self) { _ = try trainee.measure() }
      #expect(error == .diverged(step: 2, what: "residual"))
    }
  }

  @Test func `a plug-in that does not stop when it must is told so on all ranks`() throws {
    let library = try Example.library(.whole, flaw: "deaf")
    try withRanks { group in
      let trainee = try make(library, on: group)
      let isLast = group.rank.rawValue == group.size - 1
      var steps = 0
      let error = #expect(throws: TrainingError.self) {
        _ = try trainee.train(to: 6) {
          steps += 1
          return isLast && steps == 2
        }
      }
      #expect(error?.description.hasSuffix("found that it trained on when must_stop had said so") == true)
    }
  }

  @Test func `a plug-in without a state trains every job from the beginning`() throws {
    let library = try Example.library(.units, flaw: "stateless")
    try withRanks { group in
      let trainee = try make(library, on: group)
      _ = try trainee.train(to: 3) { false }
      let state = try trainee.snapshot()
      #expect(state?.blocks.isEmpty ?? true)
      let next = try make(library, on: group)
      try next.restore(state)
      #expect(next.budget == 0)
      _ = try next.train(to: 5) { false }
      #expect(try next.measure().metrics["sweeps_done"] == 100)
    }
  }
}
