import Foundation
import Randomness
import Search
import Testing

@Suite struct StartingConfigurationsTests {
  static let baseline = Configuration(["layers": .number(2), "activation": .text("relu")])

  @Test func `the baseline comes first, then the others in their order, then the sampler`() {
    let few = [Configuration(["layers": .number(1)]), Configuration(["layers": .number(4)])]
    let starting = StartingConfigurations(baseline: Self.baseline, first: few)
    #expect(
      (0..<5).map { starting.configuration(of: TrialID($0)) } == [Self.baseline, few[0], few[1], nil, nil])
    let without = StartingConfigurations(first: few)
    #expect((0..<3).map { without.configuration(of: TrialID($0)) } == [few[0], few[1], nil])
  }

  @Test func `what is left out comes from the proposal, then from a draw`() throws {
    let space = SampleSpaces.conditional
    for seed in 0..<50 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .proposal)
      let proposal = Configuration(["optimizer": .text("sgd"), "momentum": .number(0.5)])
      let whole = try space.completed(
        Configuration(["optimizer": .text("sgd")]), from: proposal, using: &random)
      #expect(whole == proposal)
      let other = try space.completed(
        Configuration(["optimizer": .text("lamb")]), from: proposal, using: &random)
      #expect(other["optimizer"] == .text("lamb"))
      #expect(throws: Never.self, "seed \(seed)") { try space.validate(other) }
      let constrained = try SampleSpaces.constrained.completed(
        Configuration(["layers": .number(4)]), using: &random)
      #expect(constrained["layers"] == .number(4))
      #expect(throws: Never.self, "seed \(seed)") { try SampleSpaces.constrained.validate(constrained) }
    }
  }

  @Test(arguments: [
    (
      ["layer": ParameterValue.number(1)],
      "starting configuration: expected a parameter of the search space, found layer. Did you mean layers?"
    ),
    (
      ["layers": .number(9)],
      """
      starting configuration: expected an integer from 1 to 4 for layers, found 9. Correct the value, or widen the range.
      """
    ),
    (
      ["layers": .number(4), "width": .number(512)],
      """
      starting configuration: expected values that the constraints allow, found layers 4, width 512. Change its values, \
      or the constraints.
      """
    ),
  ])
  func `a wrong one is refused`(values: [String: ParameterValue], message: String) {
    let starting = StartingConfigurations(first: [Configuration(values)])
    let error = #expect(throws: SearchError.self) { try starting.validate(in: SampleSpaces.constrained) }
    #expect(error?.description == message)
  }

  @Test func `the baseline's result is the best before its configuration changed`() throws {
    var history = History(
      study: "s", objective: Objective(metric: "m", goal: .minimize), space: SampleSpaces.finite,
      budgetUnit: "steps")
    #expect(history.baselineComparison == nil)
    let changed = Configuration(["layers": .number(3), "activation": .text("relu")])
    let jobs = [(Self.baseline, 3.0), (Self.baseline, 2), (changed, 1)]
    for (k, (configuration, cost)) in jobs.enumerated() {
      try history.begin(
        Job(
          id: JobID(k), trial: TrialID(0), origin: k == 0 ? .fresh : .resume(from: k),
          configuration: configuration,
          target: k + 1))
      try history.finish(
        Outcome(job: JobID(k), trial: TrialID(0), result: .reached(cost: cost)), measurements: [], at: nil)
    }
    #expect(history.baselineComparison == nil, "nobody named a baseline")
    history.hasBaseline = true
    #expect(history.baselineComparison?.cost == 2)
    #expect(history.baselineComparison?.budget == 2)
    #expect(history.baselineComparison?.costOfBest == 2, "the winner, at 3, is the same trial")
    #expect(history.best?.cost == 1)
  }
}
