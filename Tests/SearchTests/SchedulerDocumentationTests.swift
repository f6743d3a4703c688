import Foundation
import Search
import Testing

/// docs/search.md says what the code does: names, options, defaults, Hyperband's table.
@Suite struct SchedulerDocumentationTests {
  /// Two configurations of each kind that differ in all required options, and have the defaults elsewhere.
  private static let pairs: [(SchedulerConfiguration, SchedulerConfiguration)] = [
    (.full(FullRunOptions(trials: 1, budget: 1)), .full(FullRunOptions(trials: 2, budget: 2))),
    (
      .median(MedianStoppingOptions(trials: 8, maximumBudget: 8)),
      .median(MedianStoppingOptions(trials: 9, maximumBudget: 9))
    ),
    (
      .extrapolation(ExtrapolationOptions(trials: 8, maximumBudget: 8)),
      .extrapolation(ExtrapolationOptions(trials: 9, maximumBudget: 9))
    ),
    (
      .successiveHalving(SuccessiveHalvingOptions(trials: 8, maximumBudget: 8)),
      .successiveHalving(SuccessiveHalvingOptions(trials: 9, maximumBudget: 9))
    ),
    (.hyperband(HyperbandOptions(maximumBudget: 8)), .hyperband(HyperbandOptions(maximumBudget: 9))),
    (
      .asha(ASHAOptions(trials: 8, maximumBudget: 8)), .asha(ASHAOptions(trials: 9, maximumBudget: 9))
    ),
    (
      .freezeThaw(FreezeThawOptions(runs: 8, maximumBudget: 8)),
      .freezeThaw(FreezeThawOptions(runs: 9, maximumBudget: 9))
    ),
    (.bohb(BOHBOptions(maximumBudget: 8)), .bohb(BOHBOptions(maximumBudget: 9))),
    (.dehb(DEHBOptions(maximumBudget: 8)), .dehb(DEHBOptions(maximumBudget: 9))),
    (.priorband(PriorBandOptions(maximumBudget: 8)), .priorband(PriorBandOptions(maximumBudget: 9))),
    (
      .pbt(PBTOptions(population: 8, generations: 8, interval: 8)),
      .pbt(PBTOptions(population: 9, generations: 9, interval: 9))
    ),
    (
      .replay(ReplayOptions(schedule: [ReplayOptions.Stretch(until: 1, configuration: Configuration())])),
      .replay(ReplayOptions(schedule: [ReplayOptions.Stretch(until: 2, configuration: Configuration())]))
    ),
  ]

  @Test func `every scheduler has a section, in the order of the code`() throws {
    let names = try SearchDocument.sections(under: "Schedulers").map(\.name)
    #expect(names == SchedulerConfiguration.Kind.allCases.map(\.rawValue))
    #expect(Self.pairs.map(\.0.kind) == SchedulerConfiguration.Kind.allCases)
  }

  @Test(arguments: SchedulerConfiguration.Kind.allCases)
  func `options and defaults are those of the code`(_ kind: SchedulerConfiguration.Kind) throws {
    let section = try #require(
      try SearchDocument.sections(under: "Schedulers").first { $0.name == kind.rawValue })
    let pair = try #require(Self.pairs.first { $0.0.kind == kind })
    var options = try Self.options(of: pair.0)
    let others = try Self.options(of: pair.1)
    if kind == .pbt {
      // The options of what is not the default.
      var more = PBTOptions(population: 8, generations: 8, interval: 8)
      more.exploit = .tTest(measurements: 10, level: 0.05)
      more.explore = .bandit(BanditOptions())
      options.merge(try Self.options(of: .pbt(more))) { first, _ in first }
    }
    var expected: [String: String] = [:]
    for (name, value) in options {
      expected[name] = others[name, default: value] == value ? value : "required"
    }
    #expect(section.options == expected)
  }

  @Test func `Hyperband's table is what the code runs`() throws {
    let section = try #require(
      try SearchDocument.sections(under: "Schedulers").first { $0.name == "hyperband" })
    let rows = section.rows.filter { $0.count == 2 && Int($0[0]) != nil }
    let brackets = try HyperbandOptions(maximumBudget: 81).brackets()
    #expect(
      rows
        == brackets.map { bracket in
          let rungs = zip(bracket.rungSizes, bracket.budgets).map { "\($0) at \($1)" }
          return ["\(bracket.s)", rungs.joined(separator: ", ")]
        })
  }

  private static func options(of configuration: SchedulerConfiguration) throws -> [String: String] {
    try SearchDocument.options(of: configuration, named: configuration.kind.rawValue)
  }
}
