import Foundation
import Search
import Testing

@Suite struct SchedulerConfigurationTests {
  private static let hyperband = HyperbandOptions(maximumBudget: 81)
  private static let pbt = PBTOptions(population: 8, generations: 10, interval: 100)

  private static func pbt(_ change: (inout PBTOptions) -> Void) -> SchedulerConfiguration {
    var options = pbt
    change(&options)
    return .pbt(options)
  }

  @Test(arguments: [
    (
      SchedulerConfiguration.full(FullRunOptions(trials: 0, budget: 1)),
      "scheduler.trials: expected a number at least 1, found 0. Write how many configurations to try."
    ),
    (
      .full(FullRunOptions(trials: 1, budget: -3)),
      "scheduler.budget: expected a number at least 1, found -3. Write how long each trial trains."
    ),
    (
      .freezeThaw(FreezeThawOptions(runs: 0, maximumBudget: 9)),
      "scheduler.runs: expected a number at least 1, found 0. Write how many full runs' budget to spend."
    ),
    (
      .freezeThaw(FreezeThawOptions(runs: 1, maximumBudget: 9, paused: 0)),
      "scheduler.paused: expected a number at least 1, found 0. Write how many trials may wait at a rung."
    ),
    (
      .hyperband(HyperbandOptions(maximumBudget: 81, reduction: 1)),
      "scheduler.reduction: expected a number at least 2, found 1. Write 3 or 4: one trial in so many is promoted."
    ),
    (
      .hyperband(HyperbandOptions(minimumBudget: 0, maximumBudget: 81)),
      """
      scheduler.minimum_budget: expected a number at least 1, found 0. \
      Write the budget after which a first comparison means something.
      """
    ),
    (
      .hyperband(HyperbandOptions(minimumBudget: 9, maximumBudget: 3)),
      """
      scheduler.maximum_budget: expected at least minimum_budget, which is 9, found 3. \
      Raise maximum_budget, or lower minimum_budget.
      """
    ),
    (
      .hyperband(HyperbandOptions(maximumBudget: 1 << 40)),
      """
      scheduler.maximum_budget: expected a number at most 1000000000, found 1099511627776. \
      Use a larger unit of budget.
      """
    ),
    (
      .hyperband(HyperbandOptions(maximumBudget: 81, iterations: 0)),
      "scheduler.iterations: expected a number at least 1, found 0. Write how often to run all brackets."
    ),
    (
      .successiveHalving(SuccessiveHalvingOptions(trials: 26, maximumBudget: 27)),
      """
      scheduler.trials: expected at least 27, so that one trial in 3 can be promoted at each of 3 comparisons \
      (after 1, 3, 9), found 26. Start more trials, or raise minimum_budget.
      """
    ),
    (
      .asha(ASHAOptions(trials: 0, maximumBudget: 27)),
      "scheduler.trials: expected a number at least 1, found 0. Write how many configurations to try."
    ),
    (
      .asha(ASHAOptions(trials: 5, maximumBudget: 27, reduction: 0)),
      "scheduler.reduction: expected a number at least 2, found 0. Write 3 or 4: one trial in so many is promoted."
    ),
    (
      .median(MedianStoppingOptions(trials: 5, maximumBudget: 27, interval: 0)),
      "scheduler.interval: expected a number at least 1, found 0. Write how long a trial trains between two judgements."
    ),
    (
      .median(MedianStoppingOptions(trials: 5, maximumBudget: 27, minimumTrials: 0)),
      "scheduler.minimum_trials: expected a number at least 1, found 0. Write how many others a median needs."
    ),
    (
      .extrapolation(ExtrapolationOptions(trials: 5, maximumBudget: 27, threshold: 1)),
      "scheduler.threshold: expected a number above 0 and below 1, found 1.0. Write 0.05."
    ),
    (
      .extrapolation(ExtrapolationOptions(trials: 5, maximumBudget: 27, minimumMeasurements: 2)),
      "scheduler.minimum_measurements: expected a number at least 3, found 2. Write 4: a curve needs a few points."
    ),
    (
      .dehb(DEHBOptions(maximumBudget: 27, mutation: 0)),
      "scheduler.mutation: expected a number above 0 and at most 2, found 0.0. Write 0.5."
    ),
    (
      .dehb(DEHBOptions(maximumBudget: 27, crossover: 1.5)),
      "scheduler.crossover: expected a number from 0 to 1, found 1.5. Write 0.5."
    ),
    (
      pbt { $0.population = 1 },
      "scheduler.population: expected a number at least 2, found 1. Write how many members to train side by side."
    ),
    (
      pbt { $0.generations = 0 },
      "scheduler.generations: expected a number at least 1, found 0. Write how often to compare the members."
    ),
    (
      pbt { $0.interval = 0 },
      "scheduler.interval: expected a number at least 1, found 0. Write how long each generation trains."
    ),
    (
      pbt { $0.burnIn = -1 },
      "scheduler.burn_in: expected a number at least 0, found -1. Write 0, or the budget before the first exploit."
    ),
    (
      pbt { $0.exploit = .truncation(fraction: 0.6) },
      """
      scheduler.exploit.fraction: expected a number above 0 and at most 0.5, found 0.6. \
      Write 0.2, so that the worst fifth copies the best fifth.
      """
    ),
    (
      pbt { $0.exploit = .truncation(fraction: .nan) },
      """
      scheduler.exploit.fraction: expected a number above 0 and at most 0.5, found nan. \
      Write 0.2, so that the worst fifth copies the best fifth.
      """
    ),
    (
      pbt { $0.exploit = .tTest(measurements: 1, level: 0.05) },
      "scheduler.exploit.measurements: expected a number at least 2, found 1. Write how many costs of a lineage to compare."
    ),
    (
      pbt { $0.exploit = .tTest(measurements: 4, level: 0) },
      "scheduler.exploit.level: expected a number above 0 and below 1, found 0.0. Write 0.05."
    ),
    (
      pbt { $0.explore = .bandit(BanditOptions(candidates: 0)) },
      "scheduler.explore.candidates: expected a number at least 1, found 0. Write 500."
    ),
  ])
  func `a wrong option is refused, with the remedy`(
    _ configuration: SchedulerConfiguration, _ expected: String
  ) {
    #expect(message { _ = try VirtualStudy.scheduler(configuration) } == expected)
  }

  @Test func `a wrong explore is refused`() {
    let configuration = Self.pbt { $0.explore = .perturb(Perturbation(factors: [])) }
    #expect(
      message { _ = try VirtualStudy.scheduler(configuration) }.hasPrefix(
        "explore: expected at least one factor"))
  }

  @Test(arguments: SchedulerConformanceTests.configurations)
  func `a configuration survives JSON, under its name`(_ configuration: SchedulerConfiguration) throws {
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(SchedulerConfiguration.self, from: data) == configuration)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Array(object.keys) == [configuration.kind.rawValue])
  }

  @Test func `a configuration reads as its file would`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(SchedulerConfiguration.pbt(Self.pbt)), as: UTF8.self)
    #expect(
      text == """
        {"pbt":{"burnIn":0,"decisions":"synchronous","exploit":{"truncation":{"fraction":0.2}},\
        "explore":{"perturb":{"factors":[0.8,1.2],"resampleProbability":0.25}},"generations":10,"interval":100,\
        "population":8,"replacement":"best"}}
        """)
  }

  @Test(arguments: [
    #"{}"#, #"{"asha": {"trials": 1, "minimumBudget": 1, "maximumBudget": 1, "reduction": 2}, "full": {}}"#,
    #"{"average": {}}"#, #"{"median": {}}"#, #"{"pbt": {"population": 3}}"#,
  ])
  func `what is no configuration does not decode`(_ text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(text.utf8))
    }
  }

  /// By hand: 81 + 27 + 9 + 3 + 1 jobs and so on over the brackets; each bracket costs
  /// Σ nᵢ (rᵢ − rᵢ₋₁), such as 81 + 54 + 54 + 54 + 54 = 297 for the boldest.
  @Test func `plans are as worked by hand`() throws {
    #expect(
      try VirtualStudy.scheduler(.hyperband(Self.hyperband)).plan
        == SchedulePlan(
          trials: 81 + 34 + 15 + 8 + 5, jobs: 121 + 49 + 21 + 10 + 5,
          budget: 297 + (102 + 66 + 54 + 54) + (135 + 90 + 54) + (216 + 108) + 405,
          budgetAnew: 5 * 81 + (102 + 99 + 81 + 81) + (135 + 135 + 81) + (216 + 162) + 405, longestTrial: 81,
          concurrency: 81))
    #expect(
      try VirtualStudy.scheduler(.pbt(Self.pbt)).plan
        == SchedulePlan(trials: 8, jobs: 80, budget: 8_000, longestTrial: 1_000, concurrency: 8))
    #expect(
      try VirtualStudy.scheduler(.asha(ASHAOptions(trials: 100, maximumBudget: 16))).plan
        == SchedulePlan(
          trials: 100, jobs: 100 + 25 + 6, budget: 100 + 75 + 72, budgetAnew: 100 + 100 + 96,
          longestTrial: 16, concurrency: 100))
    #expect(
      try VirtualStudy.scheduler(.full(FullRunOptions(trials: 12, budget: 30))).plan
        == SchedulePlan(trials: 12, jobs: 12, budget: 360, longestTrial: 30, concurrency: 12))
  }

  @Test func `the largest options overflow nowhere`() throws {
    let most = 1_000_000_000
    for configuration: SchedulerConfiguration in [
      .full(FullRunOptions(trials: most, budget: most)),
      .successiveHalving(
        SuccessiveHalvingOptions(trials: most, maximumBudget: most, reduction: 2, iterations: most)),
      .hyperband(HyperbandOptions(maximumBudget: most, reduction: 2, iterations: most)),
      .hyperband(
        HyperbandOptions(
          maximumBudget: most, reduction: 2, iterations: most, decisions: .asynchronous)),
      .asha(ASHAOptions(trials: most, maximumBudget: most, reduction: 2)),
      .asha(ASHAOptions(trials: most, maximumBudget: most, reduction: 2, variant: .stopping)),
      .median(MedianStoppingOptions(trials: most, maximumBudget: most)),
      .extrapolation(ExtrapolationOptions(trials: most, maximumBudget: most)),
      .dehb(DEHBOptions(maximumBudget: most, reduction: 2, iterations: most)),
      .freezeThaw(FreezeThawOptions(runs: most, maximumBudget: most, reduction: 2)),
    ] {
      #expect(try VirtualStudy.scheduler(configuration).plan.budget > most)
    }
  }
}
