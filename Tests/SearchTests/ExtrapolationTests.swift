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

  @Test func `a curve may wander as far as its steps have been`() {
    func below(_ bound: Double, _ costs: [Double]) -> Double {
      WanderingCurve.probabilityThatEnd(of: costs, isBelow: bound, after: 9)
    }
    #expect(below(0.5, [1, 1, 1]) == 0 && below(1.5, [1, 1, 1]) == 1)
    #expect(below(1, [1, 2, 1]) == 0.5)
    // 9 steps of 1 have a deviation of 3; Student's distribution with 3 degrees of freedom at -1 (scipy
    // 1.16).
    #expect(abs(below(-2, [2, 1, 2, 1]) - 0.19550110947788524) < 1e-12)
  }

  @Test func `a curve that rises for a while is not given up`() throws {
    let options = ExtrapolationOptions(trials: 2, maximumBudget: 40)
    // Both rise at first, and end at 0.04 and 0.03.
    var study = VirtualStudy(try VirtualStudy.scheduler(.extrapolation(options)), seed: 1) { job in
      let rise = [0.046, 0.051, 0.076, 0.066, 0.059][min(job.target, 5) - 1]
      let end = 0.04 - 0.01 * Double(job.trial.rawValue)
      return .reached(cost: job.target <= 5 ? rise : end + 0.019 * pow(Double(job.target - 4), -0.8))
    }
    study.workers = 1
    try study.run()
    #expect(study.jobs.last?.target == 40)
  }

  @Test(arguments: [1, 3])
  func `a cohort waits, and then its best goes on first`(workers: Int) throws {
    let options = ExtrapolationOptions(trials: 6, maximumBudget: 30, cohort: 4)
    let floors = [0.6, 0.2, 0.7, 0.3, 0.1, 0.8]
    var study = VirtualStudy(try VirtualStudy.scheduler(.extrapolation(options)), seed: 1) { job in
      job.trial.rawValue == 2
        ? .failed(reason: "diverged")
        : .reached(cost: floors[job.trial.rawValue] + pow(Double(job.target), -0.8))
    }
    study.workers = workers
    try study.run()
    let lengths = (0..<6).map { trial in study.jobs.last { $0.trial.rawValue == trial }?.target ?? 0 }
    #expect(lengths[1] == 30 && lengths[4] == 30, "\(lengths)")
    if workers == 1 {
      #expect((4...12).contains(lengths[0]) && lengths[2] == 1, "\(lengths)")
      let beyond = try #require(study.jobs.first { $0.target == 5 })
      #expect(beyond.trial.rawValue == 1)
      #expect(study.jobs.filter { $0.id < beyond.id }.map(\.trial.rawValue).max() == 3)
    }
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
