import MPI
import RankTesting
import Search
import Testing
import TraineeTesting
import Training

@Suite(.serialized) struct DescentConformanceRankTests {
  private static func make(
    _ trial: Int, _ values: [String: HyperparameterValue], _ group: borrowing Communicator,
    faults: Descent.Faults = Descent.Faults()
  ) throws(TrainingError) -> Descent {
    var configuration = Configuration(["learning_rate": .number(0.125)])
    for (name, value) in values { configuration[name] = ParameterValue(value) }
    let job = Job(
      id: JobID(0), trial: TrialID(trial), origin: .fresh, configuration: configuration, target: 1)
    return try Descent(job, on: group, faults: faults)
  }

  private static let foreign = Snapshot(
    progress: Progress(step: 4, budget: 1), scalars: ["samples": .integer(3)],
    blocks: ["weights.of.another": .init(layout: [.init(name: "w", shape: [2], offset: 0)], values: [1, 2])])

  private static func conformance(
    _ faults: Descent.Faults = Descent.Faults()
  ) -> TraineeConformance<Descent> {
    var failing = faults
    failing.throwsAt = (.trained, 1)
    return TraineeConformance(
      budgets: (1, 3), changes: ["learning_rate": .number(0.25)], fixed: nil,
      foreign: (foreign, "weights.of.another"), tolerance: 1e-12,
      makeFailing: { trial, values, group throws(TrainingError) in
        try make(trial, values, group, faults: failing)
      },
      make: { trial, values, group throws(TrainingError) in
        try make(trial, values, group, faults: faults)
      })
  }

  @Test(arguments: TraineeCheck.allCases) func `the test function is a trainee like any other`(
    check: TraineeCheck
  ) throws {
    try withRanks { group in try Self.conformance().run(check, on: group) }
  }

  @Test func `a trainee that brings its parent's learning rate back is found out`() throws {
    try withRanks { group in
      var faults = Descent.Faults()
      faults.restoresLearningRate = true
      withKnownIssue { try Self.conformance(faults).run(.hyperparameters, on: group) }
    }
  }
}
