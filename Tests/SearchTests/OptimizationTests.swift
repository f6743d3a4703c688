import Foundation
import Randomness
import Search
import Testing

/// Whether the model finds better configurations than chance does, on functions whose minimum is known.
@Suite struct OptimizationTests {
  struct Problem: Sendable {
    var name: String
    var space: SearchSpace
    /// The cost above the least possible.
    var regret: @Sendable (Configuration) -> Double
    var trials: Int
  }

  /// Three minima of 0.397887 (Branin 1972; Forrester, Sóbester and Keane 2008, appendix).
  static let branin = Problem(
    name: "Branin",
    space: SearchSpace([
      Parameter(name: "x", domain: .float(low: -5, high: 10, scale: .linear)),
      Parameter(name: "y", domain: .float(low: 0, high: 15, scale: .linear)),
    ]),
    regret: { configuration in
      let (x, y) = (configuration.number("x"), configuration.number("y"))
      let square = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
      return square * square + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10 - 0.397887
    }, trials: 40)

  /// Hartmann 6 (Dixon and Szegö 1978): six minima, the least -3.32237.
  static let hartmann = Problem(
    name: "Hartmann 6", space: SampleSpaces.cube(6),
    regret: { configuration in
      let scales: [[Double]] = [
        [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
      ]
      let centers: [[Double]] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
      ]
      var sum = 0.0
      for (weight, (scale, center)) in zip([1, 1.2, 3, 3.2], zip(scales, centers)) {
        let exponent = (0..<6).reduce(0.0) { sum, j in
          let difference = configuration.number("x\(j)") - center[j]
          return sum + scale[j] * difference * difference
        }
        sum += weight * exp(-exponent)
      }
      return 3.32237 - sum
    }, trials: 60)

  /// Numbers, integers, choices and a condition; 0 at learning rate 0.003, width 128, three layers, gelu.
  static let mixed = Problem(
    name: "mixed",
    space: SearchSpace([
      Parameter(name: "rate", domain: .float(low: 1e-5, high: 0.1, scale: .log)),
      Parameter(name: "layers", domain: .integer(low: 1, high: 8, scale: .linear)),
      Parameter(name: "width", domain: .integer(low: 16, high: 1024, scale: .log)),
      Parameter(
        name: "activation", domain: .categorical([.text("relu"), .text("gelu"), .text("tanh"), .text("elu")])),
      Parameter(
        name: "slope", domain: .float(low: 0, high: 1, scale: .linear),
        condition: Condition(parameter: "activation", values: [.text("elu"), .text("relu")])),
    ]),
    regret: { configuration in
      let rate = log10(configuration.number("rate") / 0.003)
      let width = log2(configuration.number("width") / 128)
      let layers = configuration.number("layers") - 3
      let smooth = rate * rate + 0.1 * width * width + 0.05 * layers * layers
      switch configuration["activation"] {
      case .text("gelu"): return smooth
      case .text("tanh"): return smooth + 0.5
      default: return smooth + 0.2 + abs(configuration.number("slope") - 0.3)
      }
    }, trials: 50)

  static func leastRegret(_ problem: Problem, by sampler: SamplerConfiguration, seed: UInt64) throws -> Double
  {
    var sampler = sampler.makeSampler()
    var evidence = Evidence()
    for trial in 0..<problem.trials {
      var random = CounterGenerator(seed: seed, purpose: .proposal, index: trial)
      let configuration = try sampler.propose(
        TrialID(trial), in: problem.space, given: evidence, using: &random)
      evidence.append(
        .init(
          trial: TrialID(trial), configuration: configuration, budget: 1, cost: problem.regret(configuration))
      )
    }
    return evidence.completed.map(\.cost).min() ?? .infinity
  }

  /// Over 20 seeds the medians are 1e-4, 0.003 and 3e-6, those of random search 1.4, 1.5 and 0.23. The bounds
  /// leave room for three seeds, one of six ending in Hartmann's second minimum at 0.12, and for rounding.
  @Test(arguments: [(branin, 0.01), (hartmann, 0.4), (mixed, 0.001)])
  func `the Gaussian process comes nearer to the minimum than random search`(
    problem: Problem, bound: Double
  ) throws {
    let seeds = Array(1...3) as [UInt64]
    let options = GaussianProcessOptions(candidates: 128, starts: 4)
    let own = try seeds.map { try Self.leastRegret(problem, by: .gp(options), seed: $0) }.sorted()
    let random = try seeds.map { try Self.leastRegret(problem, by: .random, seed: $0) }.sorted()
    #expect(own[1] < bound, "\(problem.name): \(own) by the process, \(random) at random")
    #expect(own[1] < random[1] / 3, "\(problem.name): \(own) by the process, \(random) at random")
  }
}
