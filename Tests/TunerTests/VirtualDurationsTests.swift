import Randomness
import Search
import Testing

@testable import Tuner

@Suite struct VirtualDurationsTests {
  private static func factors(_ durations: VirtualDurations, count: Int = 20_000) -> [Double] {
    (0..<count).map { index in
      var random = CounterGenerator(seed: 3, purpose: .simulation, index: index)
      return durations.factor(using: &random)
    }.sorted()
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  @Test func `a log-normal factor has median 1 and mean exp(σ²∕2)`() {
    let factors = Self.factors(VirtualDurations(.logNormal(sigma: 1)))
    #expect(abs(factors[10_000] - 1) < 0.03)
    #expect(abs(Self.mean(factors) - 1.6487) < 0.06)
  }

  @Test func `a Pareto factor exceeds x with probability x^−α`() {
    let factors = Self.factors(VirtualDurations(.pareto(alpha: 1.5)))
    #expect(factors[0] >= 1)
    for x in [2.0, 5, 20] {
      let share = Double(factors.count { $0 > x }) / 20_000
      let expected = 1 / (x * x.squareRoot())
      #expect(abs(share - expected) < 0.01)
    }
  }

  @Test func `stragglers are their share`() {
    let factors = Self.factors(VirtualDurations(.constant, stragglerShare: 0.05, stragglerFactor: 10))
    #expect(Set(factors) == [1, 10])
    #expect(abs(Double(factors.count { $0 == 10 }) / 20_000 - 0.05) < 0.01)
  }

  private static func simulate(
    _ scheduler: SchedulerConfiguration, groups: Int, _ durations: VirtualDurations
  ) throws -> RunResult {
    var study = Study.test()
    study.scheduler = scheduler
    var controller = try Controller(study, after: nil)
    var cluster = SimulatedCluster(
      study, groups: groups,
      training: .learningCurves(over: study.space, study.objective, seed: 5, durations: durations))
    var journal = try Journal()
    return try run(&controller, on: &cluster, recording: &journal, RunOptions(program: "test"))
  }

  /// The bar of asynchronous schedulers, at a size that a test bears.
  @Test func `skewed durations keep no group of asynchronous halving waiting`() throws {
    for durations in [
      VirtualDurations(.logNormal(sigma: 1)), VirtualDurations(.pareto(alpha: 1.2)),
      VirtualDurations(.logNormal(sigma: 1), stragglerShare: 0.01, stragglerFactor: 10),
    ] {
      let result = try Self.simulate(
        .asha(ASHAOptions(trials: 1500, maximumBudget: 27, reduction: 3)), groups: 64, durations)
      #expect(result.utilizationUntilLastTrial > 0.98)
    }
  }

  @Test func `groups that die give their jobs to others`() throws {
    let result = try Self.simulate(
      .asha(ASHAOptions(trials: 300, maximumBudget: 9, reduction: 3)), groups: 64,
      VirtualDurations(deathShare: 0.05))
    #expect(result.summary.ending == .finished)
    #expect(result.summary.trials == 300)
  }

  @Test func `when every group is dead the study waits for another session`() throws {
    let result = try Self.simulate(
      .full(FullRunOptions(trials: 100, budget: 3)), groups: 8, VirtualDurations(deathShare: 0.5))
    #expect(result.summary.ending == .unfinished(.groupsLost(why: "the simulation says so")))
  }

  @Test(arguments: VirtualFunction.allCases)
  func `every landscape is lowest at its optimum and finite everywhere`(_ function: VirtualFunction) {
    let space = SearchSpace(
      (0..<3).map { Parameter(name: "x\($0)", domain: .float(low: 0, high: 1, scale: .linear)) })
    let landscape = Landscape(function, over: space, seed: 11)
    var heights: [Double] = []
    for index in 0..<4000 {
      var random = CounterGenerator(seed: 1, purpose: .simulation, index: index)
      heights.append(landscape.height(at: space.randomConfiguration(using: &random)))
    }
    #expect(heights.allSatisfy { $0 >= 0 && $0 < 2 })
    #expect(heights.min()! < 0.35 * Self.mean(heights))
  }
}
