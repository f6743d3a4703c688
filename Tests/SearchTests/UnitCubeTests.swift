import Foundation
import Randomness
import Testing

@testable import Search

@Suite struct UnitCubeTests {
  static let discrete: [Domain] = [
    .integer(low: -7, high: 12, scale: .linear), .integer(low: 1, high: 3, scale: .log),
    .integer(low: 1, high: 100_000, scale: .log),
    .integer(low: -Domain.largestInteger, high: Domain.largestInteger, scale: .linear),
    .integer(low: 1, high: Domain.largestInteger, scale: .log),
    .categorical([.text("a"), .number(3), .text("3"), .number(-0.5)]),
    .ordinal([.text("small"), .number(3), .text("large")]), .fixed(.number(7)),
    .powersOfTwo(from: 16, through: 512),
    .quantized(low: 0, high: 0.9, step: 0.1, scale: .linear),
    .quantized(low: -1.3, high: 2.2, step: 0.7, scale: .linear),
    .quantized(low: 0.1, high: 1, step: 0.1, scale: .log),
    .quantized(low: 1e-3, high: 1e3, step: 1e-3, scale: .log),
    .quantized(low: 0, high: 1e6, step: 1.0 / 3, scale: .linear),
  ]

  /// Every value of a small domain; of a large one its ends and 500 between.
  static func values(of domain: Domain) -> [ParameterValue] {
    switch domain {
    case .ordinal(let choices), .categorical(let choices): return choices
    case .integer(let low, let high, _):
      if high - low < 1000 { return (low...high).map { .number(Double($0)) } }
      var random = CounterGenerator(seed: 3, purpose: .simulation)
      let between = (0..<500).map { _ in low + Int(random.nextUniform() * Double(high - low)) }
      return ([low, low + 1, high - 1, high] + between).map { .number(Double($0)) }
    case .quantized(let low, let high, let step, _):
      let grid = Grid(low, high, step)
      let stride = max(1, grid.count / 500)
      return Swift.stride(from: 0, to: grid.count, by: stride).map { .number(grid.value($0)) } + [
        .number(grid.last)
      ]
    case .float: return []
    }
  }

  @Test(arguments: discrete)
  func `integers and choices survive the way to the cube and back exactly`(domain: Domain) throws {
    for value in Self.values(of: domain) {
      let unit = try #require(domain.unit(of: value))
      #expect(unit > 0 && unit < 1)
      #expect(domain.value(at: unit) == value)
    }
  }

  @Test func `floats survive to rounding and their bounds exactly`() throws {
    let domains: [Domain] = [
      .float(low: -3, high: 5e7, scale: .linear), .float(low: 1e-9, high: 10, scale: .log),
      .float(low: 1e-300, high: 1e300, scale: .log), .float(low: 0.001, high: 0.9999, scale: .logit),
    ]
    for domain in domains {
      guard case .float(let low, let high, _) = domain else { continue }
      #expect(domain.unit(of: .number(low)) == 0)
      #expect(domain.unit(of: .number(high)) == 1)
      for step in 0...100 {
        let unit = Double(step) / 100
        let value = domain.value(at: unit)
        #expect(domain.contains(value))
        // The logarithm of 1e300 is 691, and so carries 1e-13.
        #expect(isClose(try #require(domain.unit(of: value)), unit, relative: 1e-12, absolute: 1e-12))
      }
    }
  }

  @Test func `coordinates outside the cube are clipped`() {
    let domain = Domain.float(low: 1, high: 2, scale: .linear)
    #expect(domain.value(at: -0.1) == .number(1))
    #expect(domain.value(at: 1.1) == .number(2))
    #expect(Domain.categorical([.text("a"), .text("b")]).value(at: 1) == .text("b"))
    #expect(Domain.integer(low: 1, high: 3, scale: .log).value(at: 1) == .number(3))
  }

  @Test func `a uniform point is uniform in the parameter's own scale`() {
    // [1, 10) and [10, 100] share the cube evenly on a log scale; each of three choices has a third of it.
    let rate = Domain.float(low: 1, high: 100, scale: .log)
    #expect(isClose(number(rate.value(at: 0.5)), 10, relative: 1e-14))
    let choices = Domain.categorical([.text("a"), .text("b"), .text("c")])
    #expect(
      [0.0, 0.33, 0.34, 0.66, 0.67, 0.99].map { "\(choices.value(at: $0))" } == [
        "a", "a", "b", "b", "c", "c",
      ])
    // 1 owns [0.5, 1.5) and 2 owns [1.5, 2.5) of the logarithm's range [ln 0.5, ln 2.5).
    let integers = Domain.integer(low: 1, high: 2, scale: .log)
    let border = log(1.5 / 0.5) / log(2.5 / 0.5)
    #expect(integers.value(at: border - 1e-9) == .number(1))
    #expect(integers.value(at: border + 1e-9) == .number(2))
  }

  @Test func `steps are the decimal numbers that they are written as`() {
    let tenths = Domain.quantized(low: 0, high: 0.95, step: 0.1, scale: .linear)
    #expect(tenths.count == 10)
    #expect(
      (0..<10).map { "\(tenths.value(at: (Double($0) + 0.5) / 10))" } == [
        "0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9",
      ])
    #expect(tenths.contains(.number(0.1 + 0.2)))
    #expect(!tenths.contains(.number(0.25)))
    #expect(!tenths.contains(.number(0.95)))
    #expect(Domain.powersOfTwo(from: 16, through: 500).description == "one of 16, 32, 64, 128, 256")
  }

  @Test func `a logit scale is as fine near 1 as near 0`() throws {
    let domain = Domain.float(low: 0.01, high: 0.99, scale: .logit)
    #expect(isClose(number(domain.value(at: 0.5)), 0.5, relative: 1e-14))
    // ln(0.9 / 0.1) / ln(0.99 / 0.01) of the way from the middle to the end.
    let expected = 0.5 + 0.5 * log(9.0) / log(99.0)
    #expect(isClose(try #require(domain.unit(of: .number(0.9))), expected, relative: 1e-14))
    #expect(isClose(try #require(domain.unit(of: .number(0.1))), 1 - expected, relative: 1e-13))
  }

  @Test(arguments: [
    SampleSpaces.mixed, SampleSpaces.conditional, SampleSpaces.finite, SampleSpaces.everyKind,
    SampleSpaces.constrained,
  ])
  func `every point is a configuration, and its point is that configuration`(space: SearchSpace) throws {
    for seed in 0..<200 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .proposal)
      let configuration = space.randomConfiguration(using: &random)
      try space.validate(configuration)
      let back = space.configuration(at: try space.point(of: configuration))
      #expect(Set(back.values.keys) == Set(configuration.values.keys), "seed \(seed)")
      for (name, value) in configuration.values {
        if case .number(let number) = value {
          #expect(isClose(back.number(name), number, relative: 1e-12), "\(name), seed \(seed)")
        } else {
          #expect(back[name] == value, "\(name), seed \(seed)")
        }
      }
    }
  }

  @Test func `inactive parameters lie in the middle and do not matter`() throws {
    let space = SampleSpaces.conditional
    let configuration = Configuration(["optimizer": .text("sgd"), "momentum": .number(0.99)])
    #expect(try space.point(of: configuration) == [0.5 / 3, 1, 0.5, 0.5, 0.5])
    #expect(space.configuration(at: [0.5 / 3, 1, 0.9, 0.1, 0.3]) == configuration)
  }

  private func number(_ value: ParameterValue) -> Double {
    if case .number(let number) = value { number } else { .nan }
  }
}
