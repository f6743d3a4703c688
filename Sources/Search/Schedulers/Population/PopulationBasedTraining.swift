import Randomness

/// Population based training (Jaderberg et al., "Population based training of neural networks", 2017, arXiv
/// 1711.09846, Algorithm 1) in synchronous generations: all members train for an interval; then bad members
/// copy the weights and hyperparameters of good ones (exploit) and change the hyperparameters (explore).
///
/// - Members are the trials 0 ..< population for the whole study; a member that exploits keeps its number,
///   and its next job is a fork.
/// - A failed member is ranked last and always replaced by a good one: under truncation by one of the best
///   fraction, under the tournament by any that did not fail.
/// - Only the mutable hyperparameters are explored. The others, such as the width of the model, are the
///   parent's, whose weights the member has now.
/// - The draws for a member depend on the seed, the member and the generation, and on nothing else.
public struct PopulationBasedTraining: Scheduler, Equatable {
  private let options: PBTOptions
  private let space: SearchSpace
  private let seed: UInt64
  /// Names of the space that explore leaves alone, sorted.
  private let fixed: [String]
  private var ledger = JobLedger()
  /// The generation at work, from 0; the number of generations when all are complete.
  private var generation = 0
  /// The newest job of each member.
  private var newest: [Job] = []
  /// By member, in the generation at work; nil for those that failed or have not been observed.
  private var costs: [Double?] = []
  private var issued = 0
  private var observed = 0
  /// What the members of the generation at work start from; empty for the first generation.
  private var starts: [Start] = []
  public private(set) var population: Generation?

  struct Start: Codable, Equatable, Sendable {
    var origin: Origin
    var configuration: Configuration
  }

  /// - Parameter mutable: names of hyperparameters that may change while a trial trains.
  /// - Throws: what `PBTOptions.validate()` throws, and `SearchError` when explore has nothing to change, or
  ///   when it could take away or bring in a hyperparameter that must not change.
  public init(
    _ options: PBTOptions, space: SearchSpace, seed: UInt64, mutable: Set<String>
  ) throws(SearchError) {
    try options.validate()
    try space.validate(mutable: mutable)
    self.options = options
    self.space = space
    self.seed = seed
    fixed = space.parameters.map(\.name).filter { !mutable.contains($0) }.sorted()
    costs = Array(repeating: nil, count: options.population)
  }

  public var isSynchronous: Bool { true }
  public var isFinished: Bool { generation >= options.generations - 1 && issuedAll }
  private var issuedAll: Bool { generation == options.generations || issued == options.population }

  public var plan: SchedulePlan {
    let jobs = options.population * options.generations
    return SchedulePlan(
      trials: options.population, jobs: jobs, budget: jobs.timesSaturating(options.interval),
      longestTrial: options.generations * options.interval, concurrency: options.population)
  }

  public var progress: ScheduleProgress {
    ledger.progress(
      generation == options.generations ? .finished : .generation(generation, total: options.generations))
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    guard generation < options.generations, issued < options.population else { return nil }
    let member = TrialID(issued)
    if generation > 0, issued == 0 { starts = try nextStarts() }
    let start =
      generation == 0 ? Start(origin: .fresh, configuration: try propose(member)) : starts[member.rawValue]
    let job = ledger.issue(member, from: start.origin, start.configuration, to: target(of: generation))
    if generation == 0 { newest.append(job) } else { newest[member.rawValue] = job }
    issued += 1
    return job
  }

  public mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    costs[job.trial.rawValue] = outcome.cost
    observed += 1
    if observed == options.population { try completeGeneration(outcome) }
  }

  private func target(of generation: Int) -> Int { (generation + 1) * options.interval }

  private mutating func completeGeneration(_ last: Outcome) throws(SearchError) {
    guard costs.contains(where: { $0 != nil }) else {
      let reason = if case .failed(let reason) = last.result { reason } else { "" }
      throw SearchError(
        subject: "generation \(generation)", expected: "at least one member that reached its budget",
        found: "\(options.population) failed members, the last one because: \(reason)",
        remedy: "Mend the cause, or narrow the search space to configurations that train.")
    }
    population = Generation(
      number: generation,
      members: zip(newest, costs).map { job, cost in
        Generation.Member(
          trial: job.trial, budget: job.target, cost: cost, configuration: job.configuration,
          origin: job.origin)
      })
    generation += 1
    (issued, observed, starts) = (0, 0, [])
    costs = Array(repeating: nil, count: options.population)
  }
}

// Exploit and explore, from the newest complete generation.
extension PopulationBasedTraining {
  /// What each member starts from in the generation after `population`.
  private func nextStarts() throws(SearchError) -> [Start] {
    guard let population else { return [] }
    let ranking = Ranking(population)
    let fixed = Set(fixed)
    var starts: [Start] = []
    for member in population.members {
      guard let parent = parent(of: member, among: population, ranking) else {
        starts.append(Start(origin: .resume(from: member.budget), configuration: member.configuration))
        continue
      }
      var random = generator(.explore, member.trial, after: population.number)
      let configuration = try space.perturbed(
        population.members[parent.rawValue].configuration, by: options.explore, keeping: fixed, using: &random
      )
      starts.append(Start(origin: .fork(of: parent, at: member.budget), configuration: configuration))
    }
    return starts
  }

  /// Whom the member copies; nil when it goes on by itself.
  private func parent(
    of member: Generation.Member, among population: Generation, _ ranking: Ranking
  ) -> TrialID? {
    var random = generator(.exploit, member.trial, after: population.number)
    let mayExploit = member.budget >= options.burnIn
    switch options.exploit {
    case .truncation(let fraction):
      // Tolerant, because 0.29 of 100 is 28.999... in `Double`.
      let count = max(1, Int(fraction * Double(options.population) + 1e-9))
      let isReplaced = member.cost == nil || (mayExploit && ranking.isAmongWorst(count, member.trial))
      return isReplaced ? ranking.drawBest(count, using: &random) : nil
    case .tournament:
      guard let cost = member.cost else { return ranking.drawBest(options.population, using: &random) }
      guard mayExploit else { return nil }
      let drawn = random.nextIndex(below: options.population - 1)
      let rival = population.members[drawn < member.trial.rawValue ? drawn : drawn + 1]
      return rival.cost.map { $0 < cost } == true ? rival.trial : nil
    }
  }

  private func generator(_ purpose: Purpose, _ member: TrialID, after generation: Int) -> CounterGenerator {
    // Far enough apart that one generation's draws never reach the next one's.
    CounterGenerator(seed: seed, purpose: purpose, index: member.rawValue, position: UInt64(generation) << 32)
  }
}
