import Randomness
import Search
import Testing

@Suite struct PerturbationTests {
  @Test(arguments: [
    SampleSpaces.mixed, SampleSpaces.conditional, SampleSpaces.finite, SampleSpaces.single,
    SampleSpaces.everyKind, SampleSpaces.constrained,
  ])
  func `a perturbed configuration is one of the space, whatever the seed`(space: SearchSpace) throws {
    var random = CounterGenerator(seed: 1, purpose: .proposal)
    var configuration = space.randomConfiguration(using: &random)
    for seed in 0..<300 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .explore)
      configuration = try space.perturbed(configuration, by: Perturbation(), using: &random)
      #expect(throws: Never.self, "seed \(seed)") { try space.validate(configuration) }
    }
  }

  @Test func `numbers are multiplied by one of the factors and clipped`() throws {
    let space = SampleSpaces.mixed
    let configuration = Configuration([
      "learning_rate": .number(0.01), "dropout": .number(0.48), "layers": .number(4), "width": .number(100),
      "activation": .text("gelu"), "batch": .number(64),
    ])
    var seen: Set<Configuration> = []
    for seed in 0..<100 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .explore)
      let perturbation = Perturbation(factors: [0.8, 1.2], resampleProbability: 0)
      let changed = try space.perturbed(configuration, by: perturbation, using: &random)
      #expect([0.01 * 0.8, 0.01 * 1.2].contains(changed.number("learning_rate")))
      #expect([0.48 * 0.8, 0.5].contains(changed.number("dropout")))
      #expect([3, 4].contains(changed.number("layers")))
      #expect([80, 120].contains(changed.number("width")))
      #expect(changed["activation"] == .text("gelu"))
      #expect(changed["batch"] == .number(64), "a choice has no neighbours, even if it is a number")
      seen.insert(changed)
    }
    #expect(seen.count == 16, "two ways for each of four numbers")
  }

  @Test func `a value at 0 can leave it`() {
    let dropout = Domain.float(low: 0, high: 0.5, scale: .linear)
    // 0.2 of a twentieth of the range.
    #expect(dropout.scaled(.number(0), by: 1.2) == .number(0.025 * (1.2 - 1)))
    #expect(dropout.scaled(.number(0), by: 0.8) == .number(0))
    #expect(Domain.integer(low: 0, high: 5, scale: .linear).scaled(.number(0), by: 1.2) == .number(1))
  }

  @Test func `an integer moves by at least 1, in the factor's direction`() {
    let domain = Domain.integer(low: 1, high: 8, scale: .linear)
    #expect(domain.scaled(.number(2), by: 1.2) == .number(3))
    #expect(domain.scaled(.number(2), by: 0.8) == .number(1))
    #expect(domain.scaled(.number(1), by: 0.8) == .number(1))
    #expect(domain.scaled(.number(2), by: 1) == .number(2))
    let signed = Domain.integer(low: -8, high: 8, scale: .linear)
    #expect(signed.scaled(.number(-2), by: 1.2) == .number(-3))
    #expect(signed.scaled(.number(-2), by: 0.8) == .number(-1))
  }

  @Test func `steps and ordered values move to a neighbour`() {
    let batch = Domain.powersOfTwo(from: 16, through: 64)
    #expect(batch.scaled(.number(32), by: 1.2) == .number(64))
    #expect(batch.scaled(.number(32), by: 0.8) == .number(16))
    #expect(batch.scaled(.number(64), by: 1.2) == .number(64))
    #expect(batch.scaled(.number(32), by: 1) == .number(32))
    let dropout = Domain.quantized(low: 0, high: 0.5, step: 0.1, scale: .linear)
    #expect(dropout.scaled(.number(0.3), by: 1.2) == .number(0.4))
    #expect(dropout.scaled(.number(0.1), by: 0.8) == .number(0))
    #expect(dropout.scaled(.number(0), by: 1.2) == .number(0.1))
    let heads = Domain.quantized(low: 8, high: 80, step: 8, scale: .linear)
    #expect(heads.scaled(.number(40), by: 1.5) == .number(64), "60 is nearest to 64, of which it is 4 short")
  }

  @Test func `resampling draws from the whole domain and keeps what is fixed`() throws {
    let space = SampleSpaces.finite
    let start = Configuration(["layers": .number(1), "activation": .text("relu")])
    let always = Perturbation(resampleProbability: 1)
    var seen: Set<Configuration> = []
    for seed in 0..<200 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .explore)
      seen.insert(try space.perturbed(start, by: always, using: &random))
      let fixed = try space.perturbed(start, by: always, keeping: ["layers"], using: &random)
      #expect(fixed["layers"] == .number(1))
    }
    // Missing one of 12 in 200 draws: a chance of 12 (11/12)^200 < 1e-6, and the seeds are fixed.
    #expect(seen.count == 12)
  }

  @Test func `equal streams perturb equally`() throws {
    let space = SampleSpaces.conditional
    let start = Configuration(["optimizer": .text("sgd"), "momentum": .number(0.5)])
    func perturbed() throws -> Configuration {
      var random = CounterGenerator(seed: 9, purpose: .explore, index: 4)
      return try space.perturbed(start, by: Perturbation(), using: &random)
    }
    #expect(try perturbed() == perturbed())
  }

  @Test(arguments: [
    (
      Perturbation(factors: []),
      "explore: expected at least one factor, all finite and above 0, found none. Write for instance 0.8 and 1.2."
    ),
    (
      Perturbation(factors: [0.8, 0]),
      "explore: expected at least one factor, all finite and above 0, found 0.8, 0.0. Write for instance 0.8 and 1.2."
    ),
    (
      Perturbation(resampleProbability: 1.5),
      "explore: expected a resampling probability from 0 to 1, found 1.5. Write for instance 0.25."
    ),
  ])
  func `a wrong perturbation is refused`(perturbation: Perturbation, message: String) {
    let error = #expect(throws: SearchError.self) { try perturbation.validate() }
    #expect(error?.description == message)
  }
}
