import Randomness
import Testing

@testable import Search

/// Which points a grid has, in which order they are tried, and what becomes of it.
@Suite struct GridSamplerTests {
  private static func points(_ space: SearchSpace, _ options: GridOptions) throws -> [Configuration] {
    let grid = try ParameterGrid(space, options)
    return (0..<grid.count).map { grid.configuration($0) }
  }

  @Test func `values are even in their scale, ends included, and discrete domains are thinned`() throws {
    let space = SearchSpace([
      Parameter(name: "rate", domain: .float(low: 1e-4, high: 1, scale: .log)),
      Parameter(name: "layers", domain: .integer(low: 1, high: 3, scale: .linear)),
      Parameter(name: "width", domain: .integer(low: 0, high: 100, scale: .linear)),
      Parameter(name: "act", domain: .categorical((0..<7).map { .text("\($0)") })),
    ])
    let options = GridOptions(resolution: 3, resolutions: ["rate": 5])
    #expect(try options.pointCount(in: space) == 5 * 3 * 3 * 7)
    let points = try Self.points(space, options)
    #expect(Set(points).count == points.count)
    for point in points { try space.validate(point) }
    let rates = Set(points.map { $0.number("rate") }).sorted()
    #expect(zip(rates, [1e-4, 1e-3, 1e-2, 0.1, 1]).allSatisfy { isClose($0, $1) })
    #expect(Set(points.map { $0.number("layers") }) == [1, 2, 3])
    #expect(Set(points.map { $0.number("width") }) == [0, 50, 100])
    #expect(Set(points.map { $0["act"] }).count == 7)
  }

  @Test func `what is inactive makes no points`() throws {
    let options = GridOptions(resolution: 2)
    // sgd: 2 momenta. adamw and lamb: no decay, or cosine with one of two cycle counts, 1 and 5, neither
    // damped.
    #expect(try options.pointCount(in: SampleSpaces.conditional) == 2 + 2 * (1 + 2))
    let points = try Self.points(SampleSpaces.conditional, options)
    #expect(Set(points).count == 8)
    // All five cycle counts; of these two have two dampings.
    let finer = GridOptions(resolution: 2, resolutions: ["cycles": 5])
    #expect(try finer.pointCount(in: SampleSpaces.conditional) == 2 + 2 * (1 + 3 + 2 * 2))
    #expect(Set(try Self.points(SampleSpaces.conditional, finer)).count == 18)
  }

  @Test func `a huge grid is counted, as far as numbers go, and then refused`() throws {
    #expect(try GridOptions(resolution: 1000).pointCount(in: SampleSpaces.cube(3)) == 1_000_000_000)
    #expect(try GridOptions(resolution: 1000).pointCount(in: SampleSpaces.cube(30)) == .max)
    var sampler: any Sampler = GridSampler(GridOptions(resolution: 1000))
    let error = #expect(throws: SearchError.self) {
      _ = try SamplerConformance.propose(0, by: &sampler, in: SampleSpaces.cube(30), given: Evidence())
    }
    #expect(error?.description.hasSuffix("Lower the resolution, or use another sampler.") == true)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 10, 25, 64, 97, 100])
  func `the order has every point once`(count: Int) throws {
    let grid = try ParameterGrid(SampleSpaces.cube(1), GridOptions(resolution: count))
    #expect(Set((0..<count).map { grid.number(at: $0) }) == Set(0..<count))
  }

  @Test func `the first few points lie far apart`() throws {
    // Of 1,000 points the first 20 have all ten values of each parameter.
    let grid = try ParameterGrid(SampleSpaces.cube(3), GridOptions(resolution: 10))
    let first = (0..<20).map { grid.configuration(grid.number(at: $0)) }
    for name in ["x0", "x1", "x2"] { #expect(Set(first.map { $0[name] }).count >= 8, "\(name)") }
  }

  @Test func `every point is tried once, and chance follows`() throws {
    var proposed: [Configuration] = []
    try SamplerConformance(sampler: .grid(GridOptions(resolution: 3))).study(
      "grid", in: SampleSpaces.cube(2), trials: 12
    ) { trial, configuration, evidence in
      proposed.append(configuration)
      if trial % 4 == 1 {
        evidence.failed[TrialID(trial)] = configuration
      } else {
        SamplerConformance.measure(trial, configuration, in: &evidence)
      }
    }
    let points = Set(try Self.points(SampleSpaces.cube(2), GridOptions(resolution: 3)))
    #expect(Set(proposed.prefix(9)) == points)
    #expect(points.isDisjoint(with: proposed.suffix(3)))
  }

  @Test func `what was measured before the study is left out`() throws {
    let points = try Self.points(SampleSpaces.finite, GridOptions())
    var evidence = Evidence()
    for (trial, point) in points.dropFirst(3).enumerated() {
      SamplerConformance.measure(500 + trial, point, in: &evidence)
    }
    var sampler: any Sampler = GridSampler()
    let next = try SamplerConformance.propose(0, by: &sampler, in: SampleSpaces.finite, given: evidence)
    #expect(points.prefix(3).contains(next))
  }

  @Test(arguments: [
    (
      GridOptions(resolution: 0),
      "sampler grid: expected resolution of at least 1, found 0. Raise it, or leave it out for the default."
    ),
    (
      GridOptions(resolutions: ["x7": 2]),
      "sampler grid: expected resolutions of parameters of the search space, found one of x7. Write one of x0, or remove it."
    ),
  ])
  func `wrong options are refused`(options: GridOptions, message: String) {
    let error = #expect(throws: SearchError.self) { try options.pointCount(in: SampleSpaces.cube(1)) }
    #expect(error?.description == message)
  }
}
