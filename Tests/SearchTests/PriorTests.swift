import Foundation
import Randomness
import Search
import Testing

@Suite struct PriorTests {
  static func space(_ domain: Domain, _ value: ParameterValue, _ deviation: Double) -> SearchSpace {
    SearchSpace([Parameter(name: "p", domain: domain, prior: Prior(value: value, deviation: deviation))])
  }

  static let unit = Domain.float(low: 0, high: 1, scale: .linear)

  @Test func `a number's prior is a normal density cut off at the ends`() {
    // By hand: at m = 0.5, s = 0.5 the mass within one deviation is erf(1/√2).
    let mass = erf(1 / 2.0.squareRoot())
    let peak = -log(0.5 * (2 * Double.pi).squareRoot() * mass)
    let space = Self.space(Self.unit, .number(0.5), 0.5)
    #expect(isClose(space.logPriorDensity(at: [0.5]), peak, relative: 1e-13))
    #expect(isClose(space.logPriorDensity(at: [1]), peak - 0.5, relative: 1e-13))
  }

  @Test(arguments: [
    (unit, ParameterValue.number(0.1), 0.25), (unit, .number(0), 0.1), (unit, .number(1), 0.001),
    (.float(low: 1e-5, high: 0.1, scale: .log), .number(1e-3), 0.1),
    (.categorical([.text("a"), .text("b"), .text("c")]), .text("b"), 0.25),
    (.integer(low: 1, high: 9, scale: .log), .number(3), 0.25),
  ])
  func `a density integrates to 1, and draws follow it`(
    domain: Domain, value: ParameterValue, deviation: Double
  ) {
    let space = Self.space(domain, value, deviation)
    let steps = 30_000
    var (mass, mean) = (0.0, 0.0)
    for k in 0..<steps {
      let u = (Double(k) + 0.5) / Double(steps)
      let density = exp(space.logPriorDensity(at: [u]))
      mass += density / Double(steps)
      mean += u * density / Double(steps)
    }
    #expect(isClose(mass, 1, relative: 1e-3))
    var random = CounterGenerator(seed: 2, purpose: .proposal)
    let draws = (0..<4000).map { _ in space.pointFromPrior(using: &random)[0] }
    #expect(draws.allSatisfy { $0 >= 0 && $0 <= 1 })
    // Four standard errors of a mean of 4000 numbers whose deviation is at most 0.33.
    #expect(abs(draws.reduce(0, +) / 4000 - mean) < 0.021)
  }

  @Test func `the surer, the denser at the guess; without a guess the density is 1`() {
    let densities = [Prior.Confidence.low, .medium, .high].map { confidence in
      Self.space(Self.unit, .number(0.3), confidence.deviation).logPriorDensity(at: [0.3])
    }
    #expect(densities == densities.sorted() && densities[0] > 0)
    #expect(SampleSpaces.mixed.logPriorDensity(at: Array(repeating: 0.3, count: 6)) == 0)
  }

  @Test func `an inactive parameter's prior counts nothing`() {
    let space = SearchSpace([
      Parameter(name: "kind", domain: .categorical([.text("a"), .text("b")])),
      Parameter(
        name: "x", domain: Self.unit, condition: Condition(parameter: "kind", values: [.text("a")]),
        prior: Prior(value: .number(0.5), confidence: .high)),
    ])
    #expect(space.logPriorDensity(at: [0.75, 0.5]) == 0)
    #expect(space.logPriorDensity(at: [0.25, 0.5]) > 1)
  }

  @Test(arguments: [
    (
      ParameterValue.number(2), 0.25,
      "parameter p: expected a prior's value that is a number from 0 to 1, found 2. Correct the value, or widen the range."
    ),
    (
      .number(0.5), 0,
      "parameter p: expected a prior's deviation from 0.001 to 10 of the range, found 0.0. "
        + "Write for instance 0.25, or confidence: medium."
    ),
  ])
  func `a wrong prior is refused`(value: ParameterValue, deviation: Double, message: String) {
    let error = #expect(throws: SearchError.self) { try Self.space(Self.unit, value, deviation).validate() }
    #expect(error?.description == message)
  }
}
