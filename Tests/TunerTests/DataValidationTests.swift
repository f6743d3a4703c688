import Search
import Testing
import Training
import Tuner

/// What data, batches and layers make of each other at the ends of the space.
@Suite struct StudyDataValidationTests {
  private static let digits = Result { try TrainingData(.digits, split: SplitFractions(), seed: 7) }

  private static func study(_ parameters: [Parameter], constraints: [String] = []) throws -> Study {
    var study = Study(
      name: "s", seed: 7, objective: Objective(metric: "dev_loss", goal: .minimize),
      space: SearchSpace(parameters, constraints: try constraints.map { try Constraint($0) }),
      sampler: .random, scheduler: .full(FullRunOptions(trials: 4, budget: 1)), ranksPerTrial: 1,
      secondsBetweenMidJobCheckpoints: 0, fidelity: nil)
    study.trainee = .builtIn(TrainingConfiguration())
    return study
  }

  private static func problem(_ study: Study) -> String {
    do {
      try study.validate(with: digits.get())
      return "in order"
    } catch { return "\(error)" }
  }

  private static let batch = Parameter(
    name: "batch_size", domain: .categorical([.number(1), .number(64)]))
  private static let normalization = Parameter(
    name: "normalization", domain: .categorical([.text("none"), .text("batch")]))

  @Test func `two parameters that exclude each other are found`() throws {
    #expect(
      Self.problem(try Self.study([Self.batch, Self.normalization])).hasPrefix(
        "batch_size: expected at least 2, 2 samples for batch normalization, found 1."))
    #expect(
      Self.problem(
        try Self.study([
          Parameter(name: "data_share", domain: .float(low: 0.1, high: 1, scale: .linear)),
          Parameter(name: "batch_size", domain: .integer(low: 32, high: 256, scale: .linear)),
        ])
      ).hasPrefix("batch_size: expected at most "))
  }

  @Test func `what a condition or a constraint keeps apart is in order`() throws {
    var conditional = Self.batch
    conditional.condition = Condition(parameter: "normalization", values: [.text("none")])
    #expect(Self.problem(try Self.study([Self.normalization, conditional])) == "in order")
    #expect(
      Self.problem(
        try Self.study(
          [Self.batch, Self.normalization], constraints: ["normalization == none or batch_size > 1"]))
        == "in order")
  }
}
