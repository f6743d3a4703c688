import Foundation
import Randomness
import Testing

@testable import Search

@Suite struct DEHBTests {
  /// With p = 1 every coordinate is the mutant's, a + F (b − c); 0.9 + 0.5 · 0.8 leaves the cube and is drawn
  /// anew.
  @Test func `a child is as worked by hand`() {
    var random = CounterGenerator(seed: 3, purpose: .explore)
    let step = DifferentialEvolution(mutation: 0.5, crossover: 1)
    let child = step.child(
      of: [0, 0, 0], [0.2, 0.5, 0.9], [0.6, 0.1, 0.9], [0.4, 0.3, 0.1], using: &random)
    #expect(isClose(child[0], 0.3) && isClose(child[1], 0.4))
    #expect((0..<1).contains(child[2]) && child[2] != 1.3)
  }

  @Test func `crossover keeps the target's coordinates but for one at least`() {
    let never = DifferentialEvolution(mutation: 0.5, crossover: 0)
    let half = DifferentialEvolution(mutation: 0.5, crossover: 0.5)
    var fromMutant = 0
    for index in 0..<400 {
      var random = CounterGenerator(seed: 3, purpose: .explore, index: index)
      func child(_ step: DifferentialEvolution) -> [Double] {
        step.child(
          of: [0.1, 0.1, 0.1, 0.1, 0.1], .init(repeating: 0.5, count: 5), .init(repeating: 0.7, count: 5),
          .init(repeating: 0.3, count: 5), using: &random)
      }
      #expect(child(never).count { isClose($0, 0.7) } == 1)
      let mixed = child(half)
      #expect(mixed.allSatisfy { isClose($0, 0.7) || $0 == 0.1 })
      fromMutant += mixed.count { $0 != 0.1 }
    }
    // 2,000 coins of one half, and rarely a certain coordinate: 1,000 ± 5 standard deviations of 22, and a
    // few.
    #expect((890...1_140).contains(fromMutant))
  }

  @Test func `a subpopulation keeps the better one of each place`() {
    var population = Subpopulation(size: 2)
    func individual(_ trial: Int, _ cost: Double) -> Subpopulation.Individual {
      Subpopulation.Individual(trial: TrialID(trial), point: [], configuration: Configuration(), cost: cost)
    }
    #expect(population.takePlace() == 0 && population.takePlace() == 1 && population.takePlace() == 0)
    #expect(population.select(individual(0, 5), at: 0) == nil)
    #expect(population.select(individual(1, 4), at: 1) == nil)
    #expect(population.select(individual(2, 6), at: 0)?.trial == TrialID(2))
    #expect(population.select(individual(3, 4), at: 1)?.trial == TrialID(1))
    #expect(population.select(individual(4, 3), at: 0)?.trial == TrialID(0))
    #expect((0..<2).map { population.ranked($0).trial.rawValue } == [4, 3])
    #expect(population.promote()?.trial == TrialID(4))
    #expect(population.promote()?.trial == TrialID(3))
    #expect(population.promote() == nil)
  }

  private func run(
    _ options: DEHBOptions, seed: UInt64, workers: Int = 4, _ result: @escaping (Job) -> Outcome.Result
  )
    throws -> VirtualStudy
  {
    var study = VirtualStudy(
      try VirtualStudy.scheduler(.dehb(options), seed: seed), seed: seed, result: result)
    study.workers = workers
    try study.run()
    return study
  }

  /// R = 9, η = 3, one worker. In the first iteration rungs above the first go on with the best of the budget
  /// below; in the second every job is a new trial.
  @Test func `the first iteration promotes, the later ones breed`() throws {
    let study = try run(
      DEHBOptions(maximumBudget: 9, iterations: 2), seed: 2, workers: 1, Fate.distinct.result(2))
    let targets = [[Int](repeating: 1, count: 9), [3, 3, 3], [9], [3, 3, 3, 3, 3], [9], [9, 9, 9]].flatMap {
      $0
    }
    #expect(study.jobs.map(\.target) == targets + targets)
    let (first, second) = (study.jobs.prefix(targets.count), study.jobs.dropFirst(targets.count))
    let origins = first.map(\.origin)
    #expect(origins[9..<12].allSatisfy { $0 == .resume(from: 1) } && origins[12] == .resume(from: 3))
    #expect(origins[13..<18].allSatisfy { $0 == .fresh } && origins[18] == .resume(from: 3))
    #expect(second.allSatisfy { $0.origin == .fresh })
    let cost = { (job: Job) in
      if case .reached(let cost) = Fate.distinct.result(2)(job) { cost } else { Double.infinity }
    }
    let best = first.prefix(9).sorted { cost($0) < cost($1) }.prefix(3)
    #expect(first[9..<12].map(\.trial) == best.map(\.trial))
    // The sampler proposes the first rung alone.
    #expect(first.prefix(9).allSatisfy { $0.configuration == VirtualStudy.randomProposals($0.trial, 2) })
    #expect(first[13].configuration != VirtualStudy.randomProposals(first[13].trial, 2))
    #expect(study.kept.isEmpty)
  }

  @Test(arguments: UInt64(0)..<5)
  func `evolution finds better configurations than the sampler's`(seed: UInt64) throws {
    // A bowl over the learning rate and the width, around 0.02 and 40.
    let cost = { (configuration: Configuration) in
      pow(log(configuration.number("learning_rate") / 0.02) / 9, 2)
        + pow((configuration.number("width") - 40) / 56, 2)
    }
    let study = try run(DEHBOptions(minimumBudget: 3, maximumBudget: 27, iterations: 8), seed: seed) { job in
      .reached(cost: cost(job.configuration) + 1 / Double(job.target))
    }
    let random = (0..<200).map { cost(VirtualStudy.randomProposals(TrialID($0 + 10_000), seed)) }
    let bred = study.jobs.suffix(40).map { cost($0.configuration) }
    func mean(_ costs: [Double]) -> Double { costs.reduce(0, +) / Double(costs.count) }
    #expect(mean(bred) < mean(random) / 4, "seed \(seed)")
  }

  @Test func `distinct draws are all different and even`() {
    var counts = [Int](repeating: 0, count: 4)
    for index in 0..<1_000 {
      var random = CounterGenerator(seed: 1, purpose: .explore, index: index)
      let drawn = random.distinct(3, below: 4)
      #expect(Set(drawn).count == 3 && drawn.allSatisfy { (0..<4).contains($0) })
      for number in drawn { counts[number] += 1 }
    }
    // 750 each, with a standard deviation of 14.
    #expect(counts.allSatisfy { (680...820).contains($0) })
  }
}
