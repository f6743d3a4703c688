import Foundation
import Randomness
import Search
import Testing

@Suite struct AutoSamplerTests {
  static let space = SearchSpace(
    ["a", "b", "c"].map { Parameter(name: $0, domain: .float(low: 0, high: 1, scale: .linear)) })

  private static let model = GaussianProcessSampler(GaussianProcessOptions(maximumObservations: 400))

  /// As many trials as asked for at points of a Sobol sequence, with the costs that `cost` gives.
  static func evidence(
    _ count: Int, in space: SearchSpace = space, planned: Int? = nil, furtherCosts: Int = 0,
    violation: Double = 0,
    cost: ([Double]) -> Double = { $0.reduce(0, +) }
  ) -> Evidence {
    var evidence = Evidence()
    evidence.plannedTrials = planned
    let sequence = SobolSequence(dimension: space.dimension)
    for i in 0..<count {
      let point = sequence.scrambledPoint(at: i, seed: 1)
      evidence.append(
        Evidence.Completed(
          trial: TrialID(i), configuration: space.configuration(at: point), budget: 1, cost: cost(point),
          furtherCosts: (0..<furtherCosts).map { point[$0 % point.count] }, violation: violation))
    }
    return evidence
  }

  static func rationale(_ evidence: Evidence, _ options: AutoOptions = AutoOptions()) throws -> String {
    var sampler = AutoSampler(options)
    var random = CounterGenerator(seed: 3, purpose: .proposal)
    let trial = TrialID(evidence.completed.count)
    _ = try sampler.propose(trial, in: space, given: evidence, using: &random)
    return try #require(sampler.rationale)
  }

  @Test func `a model begins after a fifth of a short study, and after ten trials of a long one`() throws {
    for (planned, initial) in [(nil, 10), (1000, 10), (30, 6), (10, 2), (1, 2)] {
      #expect(try Self.rationale(Self.evidence(initial - 1, planned: planned)).hasPrefix("sobol"))
      #expect(try Self.rationale(Self.evidence(initial, planned: planned)).hasPrefix("gp"))
    }
  }

  @Test func `many trials and several objectives each have their sampler, limits the model`() throws {
    let many = try Self.rationale(Self.evidence(21), AutoOptions(modelled: 20))
    #expect(many.hasPrefix("tpe"))
    #expect(try Self.rationale(Self.evidence(12, violation: 0.5)).hasPrefix("gp"))
    #expect(try Self.rationale(Self.evidence(12, furtherCosts: 1)).hasPrefix("ehvi: with 2 objectives"))
    #expect(try Self.rationale(Self.evidence(12, furtherCosts: 3)).hasPrefix("parego"))
  }

  @Test func `costs that come in steps are tpe's every second time`() throws {
    func rationale(_ count: Int, _ cost: ([Double]) -> Double) throws -> String {
      try Self.rationale(Self.evidence(count, cost: cost))
    }
    let steps = { (point: [Double]) in (point.reduce(0, +) * 3).rounded() }
    #expect(try rationale(20, steps).hasPrefix("gp and tpe in turn"))
    #expect(try rationale(19, steps).hasPrefix("gp: "))
    #expect(try rationale(40) { $0.reduce(0, +) }.hasPrefix("gp: "))
    // Failures of one kind all cost the same, but the best differ.
    #expect(try rationale(40) { $0[0] > 0.5 ? 1 : $0[1] }.hasPrefix("gp: "))
    // Many epochs of few trials are no steps.
    var epochs = Self.evidence(12) { $0[0] }
    for measurement in epochs.completed {
      for budget in 2...10 {
        var again = measurement
        again.budget = budget
        epochs.append(again)
      }
    }
    #expect(try Self.rationale(epochs).hasPrefix("gp: "))
    let evidence = Self.evidence(40, cost: steps)
    for trial in 40..<44 {
      func proposal(_ sampler: any Sampler) throws -> Configuration {
        var (sampler, random) = (sampler, CounterGenerator(seed: 3, purpose: .proposal, index: trial))
        return try sampler.propose(TrialID(trial), in: Self.space, given: evidence, using: &random)
      }
      let expected: any Sampler = trial % 2 == 1 ? TPESampler() : Self.model
      #expect(try proposal(AutoSampler()) == proposal(expected))
    }
  }

  /// How far, on average over ten proposals, a Gaussian process that has seen `evidence` goes from the
  /// guess.
  static func distance(from guess: Double, given evidence: Evidence, in space: SearchSpace) throws
    -> Double
  {
    var sampler = GaussianProcessSampler()
    let distances = try (20..<30).flatMap { trial in
      var random = CounterGenerator(seed: 5, purpose: .proposal, index: trial)
      return try space.point(
        of: try sampler.propose(TrialID(trial), in: space, given: evidence, using: &random)
      ).map { abs($0 - guess) }
    }
    return distances.reduce(0, +) / Double(distances.count)
  }

  @Test func `a guess leads a long study's beginning, and gives way to what is measured`() throws {
    let guessed = SearchSpace(
      Self.space.parameters.map {
        Parameter(name: $0.name, domain: $0.domain, prior: Prior(value: .number(0.8), confidence: .high))
      })
    // Nothing to choose by but the guess, then a valley elsewhere.
    let flat = Self.evidence(12, planned: 2000) { _ in 1 }
    #expect(try Self.distance(from: 0.8, given: flat, in: guessed) < 0.12)
    #expect(try Self.distance(from: 0.8, given: flat, in: Self.space) > 0.25)
    let valley = Self.evidence(60, planned: 60) { $0.map { ($0 - 0.2) * ($0 - 0.2) }.reduce(0, +) }
    #expect(try Self.distance(from: 0.2, given: valley, in: guessed) < 0.05)
  }
}
