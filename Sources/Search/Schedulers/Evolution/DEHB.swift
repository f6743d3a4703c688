import Randomness

/// Differential evolution Hyperband (Awad, Mallik and Hutter, "DEHB: evolutionary Hyperband for scalable,
/// robust and efficient hyperparameter optimization", IJCAI 2021, arXiv 2105.09821): one subpopulation for
/// each budget of Hyperband, evolved by DE/rand/1/bin, with parents from the budget below.
///
/// - The sampler proposes the trials of the very first rung. In the first iteration's other rungs above a
///   bracket's first one, the best of the lower budget are promoted: their trials go on.
/// - Everywhere else a child is bred for the next place of the budget's subpopulation and trained from new
///   weights: three parents are drawn from the best of the budget below, as many as the rung has places (from
///   the own subpopulation at a bracket's first rung); where these are fewer than three, from all
///   subpopulations.
/// - A child takes the place as soon as it is observed to be no worse. Failed trials take none.
///
/// Asynchronous: a rung of promoted trials starts when the one below is complete, and while all brackets
/// wait, the next one starts; rungs of children wait for nothing. The draws for a trial are a stream of its
/// own.
struct DEHB: BreedingScheduler, Equatable {
  private let options: DEHBOptions
  private let brackets: [Bracket]
  private let space: SearchSpace
  private let seed: UInt64
  /// By budget, the lowest first.
  private var levels: [Subpopulation]
  private var running: [EvolvingBracket] = []
  private var started = 0
  private var ledger = JobLedger()
  /// Trials begun.
  private var begun = 0
  private var atWork: [JobID: Candidate] = [:]
  /// False when no trial will be promoted any more.
  private var promotes = true

  /// An individual before its evaluation.
  private struct Candidate: Codable, Equatable, Sendable {
    var bracket: Int
    var level: Int
    var place: Int
    var point: [Double]
  }

  /// - Throws: what `DEHBOptions.brackets()` throws.
  init(_ options: DEHBOptions, space: SearchSpace, seed: UInt64) throws(SearchError) {
    let brackets = try options.brackets()
    self.brackets = brackets
    self.options = options
    self.space = space
    self.seed = seed
    levels = brackets[0].budgets.map { budget in
      Subpopulation(size: brackets.map { $0.size(at: budget) }.max() ?? 1)
    }
  }

  var isSynchronous: Bool { false }
  private var total: Int { brackets.count * options.iterations }
  var isFinished: Bool { started == total && running.allSatisfy(\.hasIssuedAll) }

  var plan: SchedulePlan {
    func sum(_ value: (Bracket) -> Int) -> Int { brackets.map(value).sumSaturating }
    let later = options.iterations - 1
    return SchedulePlan(
      trials: sum(\.trials).plusSaturating(sum(\.jobs).timesSaturating(later)),
      jobs: sum(\.jobs).timesSaturating(options.iterations),
      budget: sum(\.work).plusSaturating(sum(\.workAnew).timesSaturating(later)),
      budgetAnew: sum(\.workAnew).timesSaturating(options.iterations), longestTrial: options.maximumBudget,
      concurrency: sum(\.trials).timesSaturating(options.iterations))
  }

  var progress: ScheduleProgress {
    guard let oldest = running.first else {
      let first = brackets[started % brackets.count]
      return ledger.progress(
        started == total
          ? .finished : .bracket(started, brackets: total, rung: 0, rungs: first.budgets.count))
    }
    return ledger.progress(
      .bracket(oldest.number, brackets: total, rung: oldest.rung, rungs: oldest.bracket.budgets.count))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    guard let index = running.firstIndex(where: { !$0.isWaiting }) ?? startBracket() else { return nil }
    let run = running[index]
    let level = run.level(of: levels.count)
    if let promoted = run.promotions.last {
      return issue(
        promoted.trial, from: .resume(from: budget(of: level - 1)), promoted.configuration, promoted.point,
        in: index, level)
    }
    let trial = TrialID(begun)
    let (configuration, point) =
      if run.number == 0, run.rung == 0 {
        placed(try propose(trial))
      } else {
        try bred(trial, run, level, revising: revise)
      }
    begun += 1
    return issue(trial, from: .fresh, configuration, point, in: index, level)
  }

  private mutating func startBracket() -> Int? {
    guard started < total else { return nil }
    let bracket = brackets[started % brackets.count]
    running.append(EvolvingBracket(number: started, bracket: bracket, promotes: started < brackets.count))
    started += 1
    return running.count - 1
  }

  private func budget(of level: Int) -> Int { brackets[0].budgets[level] }

  private mutating func issue(
    _ trial: TrialID, from origin: Origin, _ configuration: Configuration, _ point: [Double],
    in index: Int, _ level: Int
  ) -> Job {
    let job = ledger.issue(trial, from: origin, configuration, to: budget(of: level))
    atWork[job.id] = Candidate(
      bracket: running[index].number, level: level, place: levels[level].takePlace(), point: point)
    running[index].issue()
    endPromotionsIfPossible()
    return job
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    guard let candidate = atWork.removeValue(forKey: job.id),
      let index = running.firstIndex(where: { $0.number == candidate.bracket })
    else { preconditionFailure("every unfinished job belongs to a running bracket") }
    settle(outcome, job, candidate)
    running[index].observe()
    if running[index].isReadyToPromote { promote(in: index) }
    running.removeAll(where: \.isComplete)
    endPromotionsIfPossible()
  }

  private mutating func settle(_ outcome: Outcome, _ job: Job, _ candidate: Candidate) {
    let isTop = candidate.level == levels.count - 1
    guard let rank = Ranked(outcome) else { return ledger.abandon(job.trial) }
    let individual = Subpopulation.Individual(
      trial: job.trial, point: candidate.point, configuration: job.configuration, cost: rank.cost,
      isPromoted: isTop || !promotes)
    if individual.isPromoted { ledger.abandon(job.trial) }
    // Who is in no subpopulation is not promoted from one.
    if let loser = levels[candidate.level].select(individual, at: candidate.place), !loser.isPromoted {
      ledger.abandon(loser.trial)
    }
  }

  /// Starts a rung with the best of the budget below.
  private mutating func promote(in index: Int) {
    running[index].advance()
    let run = running[index]
    let below = run.level(of: levels.count) - 1
    var promotions: [Subpopulation.Individual] = []
    while promotions.count < run.size, let next = levels[below].promote() { promotions.append(next) }
    running[index].take(promotions)
  }

  /// When the first iteration has issued all its jobs, no trial goes on any more.
  private mutating func endPromotionsIfPossible() {
    guard promotes, started >= brackets.count,
      running.allSatisfy({ !$0.promotes || $0.hasIssuedAll })
    else { return }
    promotes = false
    for level in levels.indices.dropLast() {
      while let individual = levels[level].promote() { ledger.abandon(individual.trial) }
    }
  }

  mutating func takeAbandoned() -> [TrialID] { ledger.takeAbandoned() }
}

// How a trial gets its configuration.
extension DEHB {
  /// One that was recorded before the space was changed is evolved from the nearest point of this one.
  private func placed(_ configuration: Configuration) -> (Configuration, [Double]) {
    (configuration, space.fittedPoint(of: configuration))
  }

  private func bred(
    _ trial: TrialID, _ run: EvolvingBracket, _ level: Int,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> (Configuration, [Double]) {
    var random = CounterGenerator(seed: seed, purpose: .explore, index: trial.rawValue)
    let target =
      levels[level].individual(at: levels[level].nextPlace)?.point ?? space.randomPoint(using: &random)
    let parents = parents(for: run, level, using: &random)
    let child = DifferentialEvolution(mutation: options.mutation, crossover: options.crossover)
      .child(of: target, parents[0], parents[1], parents[2], using: &random)
    let point = try space.repaired(child, using: &random)
    let configuration = space.configuration(at: point)
    let revised = try revise(trial, .fresh, configuration)
    return revised == configuration ? (configuration, point) : placed(revised)
  }

  /// Three different parents.
  private func parents(
    for run: EvolvingBracket, _ level: Int, using random: inout CounterGenerator
  ) -> [[Double]] {
    let source = levels[run.rung == 0 ? level : level - 1]
    let count = min(source.count, run.size)
    if count >= 3 {
      return random.distinct(3, below: count).map { source.ranked($0).point }
    }
    var parents = (0..<count).map { source.ranked($0).point }
    let all = levels.map(\.count).reduce(0, +)
    while parents.count < 3 {
      var place = random.nextIndex(below: max(1, all))
      guard all > 0,
        let level = levels.first(where: { level in
          if place < level.count { return true }
          place -= level.count
          return false
        })
      else {
        parents.append(space.randomPoint(using: &random))
        continue
      }
      parents.append(level.ranked(place).point)
    }
    return parents
  }
}

extension CounterGenerator {
  /// `count` different numbers below `limit`, each choice as likely as the other.
  mutating func distinct(_ count: Int, below limit: Int) -> [Int] {
    var chosen: [Int] = []
    while chosen.count < count {
      // The place among those that are left.
      var drawn = nextIndex(below: limit - chosen.count)
      for taken in chosen.sorted() where drawn >= taken { drawn += 1 }
      chosen.append(drawn)
    }
    return chosen
  }
}
