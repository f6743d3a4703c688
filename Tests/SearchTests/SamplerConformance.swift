import Foundation
import Randomness
import Search
import Testing

/// What every sampler must do, whatever its method. Each check names the space and the trial that fail it.
struct SamplerConformance {
  let sampler: SamplerConfiguration

  static let spaces: [(name: String, space: SearchSpace)] = [
    ("mixed", SampleSpaces.mixed), ("conditional", SampleSpaces.conditional), ("cube", SampleSpaces.cube(2)),
    ("finite", SampleSpaces.finite), ("single", SampleSpaces.single),
  ]

  /// A cost of any configuration: something smooth in its numbers and arbitrary in its choices.
  static func cost(of configuration: Configuration) -> Double {
    configuration.values.keys.sorted().reduce(0) { sum, name in
      switch configuration[name] {
      case .number(let number): sum + sin(Double(name.count) + number)
      case .text(let text): sum + Double(text.count) / 5
      case nil: sum
      }
    }
  }

  static func stream(_ trial: Int) -> CounterGenerator {
    CounterGenerator(seed: 5, purpose: .proposal, index: trial)
  }

  static func propose(
    _ trial: Int, by sampler: inout any Sampler, in space: SearchSpace, given evidence: Evidence
  ) throws -> Configuration {
    var random = stream(trial)
    return try sampler.propose(TrialID(trial), in: space, given: evidence, using: &random)
  }

  static func roundTrip<Some: Sampler>(_ sampler: Some) throws -> any Sampler {
    try JSONDecoder().decode(Some.self, from: JSONEncoder().encode(sampler))
  }

  /// Proposes `trials` configurations one after the other, each measured before the next unless `outcome`
  /// says otherwise, and checks each.
  func study(
    _ name: String, in space: SearchSpace, trials: Int,
    outcome: (_ trial: Int, Configuration, inout Evidence) -> Void
  ) throws {
    var kept = sampler.makeSampler()
    var evidence = Evidence()
    for trial in 0..<trials {
      let place = "\(name), trial \(trial)"
      let configuration = try Self.propose(trial, by: &kept, in: space, given: evidence)
      #expect(throws: Never.self, "\(place)") { try space.validate(configuration) }
      // Every few trials, or a debug build would take minutes.
      if trial % 5 == 1 || trial == trials - 1 {
        var fresh = sampler.makeSampler()
        let again = try Self.propose(trial, by: &fresh, in: space, given: evidence)
        #expect(again == configuration, "\(place): what a sampler stores changed its answer")
        var restored = try Self.roundTrip(kept)
        let resumed = try Self.propose(trial, by: &restored, in: space, given: evidence)
        #expect(resumed == configuration, "\(place): another answer after a round trip")
        kept = restored
      }
      outcome(trial, configuration, &evidence)
    }
  }

  static func measure(
    _ trial: Int, _ configuration: Configuration, budget: Int = 1, in evidence: inout Evidence
  ) {
    evidence.append(
      .init(
        trial: TrialID(trial), configuration: configuration, budget: budget, cost: cost(of: configuration)))
  }
}
