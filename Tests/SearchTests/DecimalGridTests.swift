import Randomness
import Search
import Testing

/// A value on a grid is the decimal number that the file says.
@Suite struct DecimalGridTests {
  @Test(arguments: [
    (0.3, 1.5, 0.3, ["0.3", "0.6", "0.9", "1.2", "1.5"]),
    (0.05, 0.65, 0.15, ["0.05", "0.2", "0.35", "0.5", "0.65"]),
    (-1.3, 2.2, 0.7, ["-1.3", "-0.6", "0.1", "0.8", "1.5", "2.2"]),
    (1e-5, 8.5e-5, 2.5e-5, ["1e-05", "3.5e-05", "6e-05", "8.5e-05"]),
    (0.1, 0.5, 0.1, ["0.1", "0.2", "0.3", "0.4", "0.5"]),
    (1.1, 3.5, 1.2, ["1.1", "2.3", "3.5"]),
    (100, 1300, 300, ["100", "400", "700", "1000", "1300"]),
  ])
  func `values are decimal numbers on every scale`(
    low: Double, high: Double, step: Double, texts: [String]
  ) throws {
    for scale in [Scale.linear, .log] where scale == .linear || low > step / 2 {
      let domain = Domain.quantized(low: low, high: high, step: step, scale: scale)
      #expect(domain.count == texts.count)
      let values = (0...2000).map { domain.value(at: Double($0) / 2000).description }
      #expect(Set(values) == Set(texts), "\(scale)")
      for text in texts {
        let value = ParameterValue.number(try #require(Double(text)))
        #expect(domain.contains(value))
        #expect(domain.value(at: try #require(domain.unit(of: value))) == value)
      }
    }
  }

  /// As earlier versions, and clients, compute them.
  private static let sum = 0.3 * 3
  private static let grid = Parameter(
    name: "x", domain: .quantized(low: 0.3, high: 1.5, step: 0.3, scale: .linear))

  @Test func `a sum of binary numbers is the decimal number that it stands for`() throws {
    #expect(Self.sum != 0.9)
    let space = SearchSpace(
      [
        Self.grid,
        Parameter(
          name: "near", domain: .integer(low: 1, high: 2, scale: .linear),
          condition: Condition(parameter: "x", values: [.number(0.9)])),
        Parameter(
          name: "above", domain: .integer(low: 1, high: 2, scale: .linear),
          condition: Condition(parameter: "x", low: 0.9, high: nil)),
      ], constraints: [try Constraint("x == 0.9 or x > 1.3")])
    try space.validate()
    for number in [0.9, Self.sum] {
      let configuration = Configuration([
        "x": .number(number), "near": .number(1), "above": .number(2),
      ])
      try space.validate(configuration)
      var random = CounterGenerator(seed: 1, purpose: .proposal)
      let start = try space.completed(Configuration(["x": .number(number)]), using: &random)
      #expect(start["x"]?.description == "0.9")
    }
    let written = Condition(parameter: "x", values: [.number(Self.sum)])
    #expect(written.requirement.isMet(by: .number(0.9), of: Self.grid.domain))
    #expect(!written.requirement.isMet(by: .number(0.6), of: Self.grid.domain))
  }

  @Test func `a study whose record has sums goes on, and tries none of them again`() throws {
    let space = SearchSpace([Self.grid])
    for sampler in [SamplerConfiguration(.grid), SamplerTests.turbo, .random] {
      var source = JobSource(space: space, seed: 1)
      var scheduler = try SchedulerConfiguration.full(FullRunOptions(trials: 5, budget: 1))
        .makeScheduler(space: space, seed: 1, mutable: [])
      var made = sampler.makeSampler()
      var evidence = Evidence()
      var tried: Set<Double> = []
      for trial in 0..<5 {
        let old = trial < 2 ? [Self.sum, 0.3 + 0.3 + 0.3 + 0.3][trial] : nil
        let recorded = old.map {
          JobSource.Recorded(
            decision: .begin(Configuration(["x": .number($0)])),
            configuration: Configuration(["x": .number($0)]))
        }
        let job = try #require(
          try source.nextJob(of: &scheduler, asking: &made, given: evidence, recorded: recorded))
        evidence.append(
          .init(trial: job.trial, configuration: job.configuration, budget: 1, cost: Double(trial)))
        tried.insert((job.configuration.number("x") * 10).rounded())
      }
      #expect(tried == [3, 6, 9, 12, 15], "\(sampler.kind)")
    }
  }

  @Test(arguments: [
    ("x + y == 0.3", 0.1, 0.2, true), ("x * 3 == y", 0.1, 0.3, true), ("x + y <= 0.3", 0.1, 0.2, true),
    ("x + y > 0.3", 0.1, 0.2, false), ("x - y == 0.1", 0.4, 0.3, true), ("x == y", 0.3, 0.4, false),
    ("x < y", 0.3, 0.30000000001, true), ("x + y != 0.3", 0.1, 0.2, false),
  ])
  func `constraints compare decimal numbers as they are written`(
    text: String, x: Double, y: Double, isAllowed: Bool
  ) throws {
    let unit = Domain.float(low: 0, high: 1, scale: .linear)
    let space = SearchSpace(
      [Parameter(name: "x", domain: unit), Parameter(name: "y", domain: unit)],
      constraints: [try Constraint(text)])
    #expect(space.isAllowed(Configuration(["x": .number(x), "y": .number(y)])) == isAllowed)
  }
}
