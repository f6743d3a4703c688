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
      let found = curve.probabilityThatEnd(of: golden.costs, isBelow: golden.bound)
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
      expected += curve.probabilityThatEnd(of: costs, isBelow: bound)
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

  @Test func `a curve that does not fall ends where it is`() {
    var curve = LearningCurve(end: 10)
    func below(_ bound: Double, _ costs: [Double]) -> Double {
      curve.probabilityThatEnd(of: costs, isBelow: bound)
    }
    #expect(below(0.5, [1, 1, 1, 1]) == 0 && below(1.5, [1, 1, 1, 1]) == 1)
    #expect(below(3, [1, 2, 3, 4]) == 0)
  }
}
