import Foundation
import Randomness
import Testing

@testable import Search

@Suite struct NeighbourhoodTests {
  private static let space = SampleSpaces.cube(2)

  private static func cost(_ point: [Double]) -> Double {
    (point[0] - 0.4) * (point[0] - 0.4) + 2 * (point[1] - 0.6) * (point[1] - 0.6)
  }

  /// Twelve full runs, the best of them near the optimum.
  private static var fullRuns: Evidence {
    var evidence = Evidence()
    evidence.fullBudget = 27
    var random = CounterGenerator(seed: 3, purpose: .simulation)
    for trial in 0..<12 {
      let point = [0.2 + 0.4 * random.nextUniform(), 0.4 + 0.4 * random.nextUniform()]
      for budget in [1, 27] {
        evidence.append(
          Evidence.Completed(
            trial: TrialID(trial), configuration: space.configuration(at: point), budget: budget,
            cost: cost(point) + 1 / Double(budget)))
      }
    }
    return evidence
  }

  /// A halving scheduler begins many trials between two that come to the end: what has been begun near the best one, and
  /// waits or was stopped, is no place to begin at once more.
  @Test func `it does not begin again what was begun, and has not come to the end`() throws {
    var evidence = Self.fullRuns
    var sampler = GaussianProcessSampler()
    var begun: [[Double]] = []
    for number in 0..<8 {
      // The neighbourhood proposes for odd trials.
      let trial = TrialID(101 + 2 * number)
      var random = CounterGenerator(seed: 5, purpose: .proposal, index: trial.rawValue)
      let configuration = try sampler.propose(trial, in: Self.space, given: evidence, using: &random)
      let point = try Self.space.point(of: configuration)
      evidence.append(
        Evidence.Completed(
          trial: trial, configuration: configuration, budget: 1, cost: Self.cost(point) + 1))
      begun.append(point)
    }
    for (number, point) in begun.enumerated() {
      for other in begun[..<number] {
        let distance = hypot(point[0] - other[0], point[1] - other[1])
        #expect(distance > 1e-4, "\(number): \(point) beside \(other)")
      }
    }
  }
}
