import Foundation
import Randomness
import Testing

@testable import Search

@Suite struct ExtrapolationTests {
  private struct StudentCase: Decodable {
    var degrees: Double
    var t: Double
    var cumulative: Double
  }

  @Test func `Student's distribution is scipy's`() throws {
    for golden in try golden("student.json", as: [StudentCase].self) {
      let found = StudentDistribution(degrees: golden.degrees).cumulative(golden.t)
      #expect(isClose(found, golden.cumulative, relative: 1e-11), "\(golden)")
    }
  }

  private struct Curve: Decodable {
    var name: String
    var end: Double
    var costs: [Double]
    var bound: Double
    var probability: Double
  }

  @Test func `predictions are those of the regression in numpy`() throws {
    for golden in try golden("learning-curves.json", as: [Curve].self) {
      var curve = LearningCurve(end: golden.end)
      let forecast = curve.forecast(of: golden.costs)
      let found = try #require(forecast).probability(below: golden.bound)
      // Shapes without weight are left out, hence the tolerance.
      #expect(isClose(found, golden.probability, relative: 1e-4, absolute: 1e-4), "\(golden)")
    }
  }

  /// Probabilities mean what they say: over many noisy curves, the end is below the bound about as often.
  @Test func `predictions are calibrated`() {
    var (expected, happened) = (0.0, 0.0)
    var curve = LearningCurve(end: 50)
    for seed in 0..<200 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .simulation)
      let (floor, fall, exponent) = (
        random.nextUniform(), 1 + random.nextUniform(), 0.4 + random.nextUniform()
      )
      func cost(_ x: Double, _ noise: Double) -> Double {
        floor + fall * pow(x, -exponent) + 0.02 * (noise - 0.5)
      }
      let costs = (1...10).map { cost(Double($0), random.nextUniform()) }
      let end = cost(50, random.nextUniform())
      let bound = costs[9] - 0.3 * random.nextUniform()
      expected += curve.forecast(of: costs)?.probability(below: bound) ?? 0
      happened += end < bound ? 1 : 0
    }
    #expect(abs(expected - happened) < 20, "\(expected) expected of 200, \(happened) happened")
  }

  @Test(arguments: [0.0, 0.5])
  func `only what keeps the limits sets the bar`(violation: Double) throws {
    let options = ExtrapolationOptions(trials: 2, maximumBudget: 30)
    var rule = ExtrapolationStopping(options)
    func outcome(_ trial: Int, _ cost: Double, _ violation: Double = 0) -> Outcome {
      Outcome(
        job: JobID(0), trial: TrialID(trial), result: .reached(cost: cost), violation: violation)
    }
    _ = rule.goesOn(outcome(0, 0.1, violation), at: 30)
    // Flat far above it: hopeless, unless what lies below broke a limit.
    let answers = (1...6).map { rule.goesOn(outcome(1, 5 - 1e-4 * Double($0)), at: $0) }
    #expect(answers.contains(false) == (violation == 0))
  }

  @Test func `a hopeless trial is stopped, a promising one is not, and nobody before one has ended`() throws {
    let options = ExtrapolationOptions(trials: 4, maximumBudget: 30)
    // The same shape towards 0.2, 0.6, 0.1 and 0.7; the first one is trained to its end.
    let floors = [0.2, 0.6, 0.1, 0.7]
    var study = VirtualStudy(try VirtualStudy.scheduler(.extrapolation(options)), seed: 1) { job in
      .reached(cost: floors[job.trial.rawValue] + pow(Double(job.target), -0.8))
    }
    study.workers = 1
    try study.run()
    let lengths = (0..<4).map { trial in study.jobs.last { $0.trial.rawValue == trial }?.target ?? 0 }
    #expect(lengths[0] == 30 && lengths[2] == 30)
    #expect((4...12).contains(lengths[1]) && (4...12).contains(lengths[3]), "\(lengths)")
    #expect(study.kept.isEmpty)
  }

  @Test func `of a curve that does not fall the families say nothing`() {
    var curve = LearningCurve(end: 10)
    let (flat, rising) = (curve.forecast(of: [1, 1, 1, 1]), curve.forecast(of: [1, 2, 3, 4]))
    #expect(flat == nil && rising == nil)
  }

  /// Costs at 1...30 of a trial whose learning rate warms up, of one whose rate decays at the end, and of one that
  /// stands until it begins to learn.
  private static let schedules: [(name: String, cost: @Sendable (Double, Double) -> Double)] = [
    ("warm-up", { x, floor in floor + (x < 6 ? 1 + 0.2 * x : 2 / (x - 4)) }),
    ("late drop", { x, floor in floor + (x < 24 ? 1 + 1 / x : 0.05) }),
    ("plateau", { x, floor in x < 8 ? 2.3 : floor + 2 / (x - 6) }),
  ]

  /// Of trials that differ by a floor, each better than the one before; `diverging` is a trial that only rises.
  private static func lengths(
    _ cost: @escaping @Sendable (Double, Double) -> Double, _ forecast: ExtrapolationOptions.Forecast,
    diverging: Int
  ) throws -> [Int] {
    let options = ExtrapolationOptions(trials: 6, maximumBudget: 30, forecast: forecast)
    var study = VirtualStudy(try VirtualStudy.scheduler(.extrapolation(options)), seed: 1) { job in
      let (x, trial) = (Double(job.target), job.trial.rawValue)
      return .reached(cost: trial == diverging ? 3 * x : cost(x, 0.5 - 0.05 * Double(trial)))
    }
    study.workers = 1
    try study.run()
    return (0..<6).map { trial in study.jobs.last { $0.trial.rawValue == trial }?.target ?? 0 }
  }

  @Test(arguments: schedules.indices)
  func `better trials live through what a schedule does to all curves, and a diverging one does not`(
    _ place: Int
  ) throws {
    let (name, cost) = Self.schedules[place]
    let lengths = try Self.lengths(cost, .corrected, diverging: 4)
    #expect(lengths.enumerated().allSatisfy { $0 == 4 ? $1 < 30 : $1 == 30 }, "\(name): \(lengths)")
    let families = try Self.lengths(cost, .families, diverging: 4)
    #expect(
      families[1...3].contains { $0 < 30 }, "\(name): the families alone stop a better one: \(families)")
  }

  @Test func `a trial that is worse than all that ended is stopped under a schedule too`() throws {
    let options = ExtrapolationOptions(trials: 8, maximumBudget: 30)
    let cost = Self.schedules[0].cost
    var study = VirtualStudy(try VirtualStudy.scheduler(.extrapolation(options)), seed: 1) { job in
      .reached(cost: cost(Double(job.target), job.trial.rawValue < 4 ? 0.1 * Double(job.trial.rawValue) : 3))
    }
    study.workers = 1
    try study.run()
    for trial in 4..<8 {
      #expect(try #require(study.jobs.last { $0.trial.rawValue == trial }).target < 30)
    }
  }

  @Test func `options of an earlier version had the families alone`() throws {
    let earlier = #"{"interval":1,"maximumBudget":9,"minimumMeasurements":4,"threshold":0.05,"trials":3}"#
    let options = try JSONDecoder().decode(ExtrapolationOptions.self, from: Data(earlier.utf8))
    #expect(options.forecast == .families)
  }

  @Test func `costs as great as can be are no trap`() throws {
    let options = ExtrapolationOptions(trials: 4, maximumBudget: 9)
    var study = VirtualStudy(try VirtualStudy.scheduler(.extrapolation(options)), seed: 1) { job in
      .reached(cost: pow(10, 170 - Double(job.target)))
    }
    study.workers = 1
    try study.run()
    #expect(study.jobs.count >= 9)
  }

  /// All fell by 0.7 from the fourth measurement on, as was foretold: one that has not moved yet may do so, too.
  @Test func `what is not foretold is judged by how costs changed, not by how wrong forecasts were`() {
    var errors = ForecastErrors()
    for trial in 0..<10 {
      let fall = 0.7 + 0.01 * Double(trial % 3)
      errors.take(end: 0.9 - fall, of: [1, 0.97, 0.93, 0.9], foretold: 0.2)
    }
    let flat = [0.9, 0.9001, 0.9002, 0.9003]
    #expect(errors.probability(thatEndOf: flat, isBelow: 0.21, by: nil) > 0.05)
    #expect(errors.probability(thatEndOf: flat, isBelow: -2, by: nil) < 0.01)
  }
}
