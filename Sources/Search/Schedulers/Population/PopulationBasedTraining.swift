/// Population based training (Jaderberg et al., "Population based training of neural networks", 2017, arXiv
/// 1711.09846, Algorithm 1) in synchronous generations: all members train for an interval; then bad members
/// copy the weights and hyperparameters of good ones (exploit) and change the hyperparameters (explore).
///
/// Members are the trials 0 ..< population for the whole study; a member that exploits keeps its number, and
/// its next job is a fork. `Breeding` says who copies whom.
public struct PopulationBasedTraining: BreedingScheduler, Equatable {
  private let options: PBTOptions
  private var breeding: Breeding
  private var ledger = JobLedger()
  /// The generation at work, from 0; the number of generations when all are complete.
  private var generation = 0
  /// The newest job of each member.
  private var newest: [Job] = []
  /// By member, in the generation at work; nil for those that failed or have not been observed.
  private var costs: [CostVector?] = []
  /// By member: the costs of its lineage, the newest last.
  private var recent: [[Double]] = []
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
    breeding = try Breeding(options, space: space, seed: seed, mutable: mutable)
    self.options = options
    costs = Array(repeating: nil, count: options.population)
    recent = Array(repeating: [], count: options.population)
  }

  public var isSynchronous: Bool { true }
  public var isFinished: Bool { generation >= options.generations - 1 && issuedAll }
  private var issuedAll: Bool { generation == options.generations || issued == options.population }

  public var plan: SchedulePlan { options.plan }

  public var progress: ScheduleProgress {
    ledger.progress(
      generation == options.generations ? .finished : .generation(generation, total: options.generations))
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    guard generation < options.generations, issued < options.population else { return nil }
    let member = TrialID(issued)
    if generation > 0, issued == 0 { starts = try nextStarts() }
    var start =
      generation == 0 ? Start(origin: .fresh, configuration: try propose(member)) : starts[member.rawValue]
    if case .fork = start.origin {
      start.configuration = try revise(member, start.origin, start.configuration)
    }
    let job = ledger.issue(member, from: start.origin, start.configuration, to: target(of: generation))
    if generation == 0 { newest.append(job) } else { newest[member.rawValue] = job }
    issued += 1
    return job
  }

  public mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    costs[job.trial.rawValue] = outcome.costVector
    observed += 1
    if observed == options.population { try completeGeneration(outcome) }
  }

  private func target(of generation: Int) -> Int { (generation + 1) * options.interval }

  private mutating func completeGeneration(_ last: Outcome) throws(SearchError) {
    guard costs.contains(where: { $0 != nil }) else {
      throw SearchError(populationFailed: "generation \(generation)", options.population, last)
    }
    population = Generation(
      number: generation,
      members: zip(newest, costs).map { job, costs in
        Generation.Member(
          trial: job.trial, budget: job.target, cost: costs?.costs[0], violation: costs?.violation ?? 0,
          configuration: job.configuration, origin: job.origin)
      })
    try remember()
    generation += 1
    (issued, observed, starts) = (0, 0, [])
    costs = Array(repeating: nil, count: options.population)
  }

  /// Adds the generation's costs to the lineages that they belong to.
  private mutating func remember() throws(SearchError) {
    let before = recent
    for (job, costs) in zip(newest, costs) {
      var lineage = before[job.trial.rawValue]
      if case .fork(let parent, _) = job.origin { lineage = before[parent.rawValue] }
      guard let cost = costs?.costs[0] else { continue }
      breeding.learn(job.configuration, turn: generation, previous: lineage.last, cost: cost)
      recent[job.trial.rawValue] = Array((lineage + [cost]).suffix(breeding.memory))
    }
  }

  /// What each member starts from in the generation after `population`.
  private func nextStarts() throws(SearchError) -> [Start] {
    guard let population else { return [] }
    let members = population.members.map { member in
      Standing(
        trial: member.trial, costs: member.cost.map { CostVector([$0], violation: member.violation) },
        recent: recent[member.trial.rawValue], parent: member.parent)
    }
    let peers = Standings(members)
    let parents = zip(members, population.members).map { standing, member in
      breeding.parent(
        of: standing, among: peers, truncated: max(1, options.truncated(of: peers.count)),
        mayExploit: member.budget >= options.burnIn, turn: population.number)
    }
    var others = zip(population.members, parents).filter { $1 == nil }.map(\.0.configuration)
    var starts: [Start] = []
    for (member, parent) in zip(population.members, parents) {
      guard let parent else {
        starts.append(Start(origin: .resume(from: member.budget), configuration: member.configuration))
        continue
      }
      let configuration = try breeding.explored(
        population.members[parent.rawValue].configuration, for: member.trial, turn: population.number,
        others: others)
      others.append(configuration)
      starts.append(Start(origin: .fork(of: parent, at: member.budget), configuration: configuration))
    }
    return starts
  }
}

extension PBTOptions {
  var plan: SchedulePlan {
    let jobs = population.timesSaturating(generations)
    return SchedulePlan(
      trials: population, jobs: jobs, budget: jobs.timesSaturating(interval),
      longestTrial: generations.timesSaturating(interval), concurrency: population)
  }

  /// How many of `count` members truncation replaces; 0 under another exploit.
  func truncated(of count: Int) -> Int {
    guard case .truncation(let fraction) = exploit else { return 0 }
    // Tolerant, because 0.29 of 100 is 28.999... in `Double`.
    return Int(fraction * Double(count) + 1e-9)
  }
}

extension SearchError {
  /// Nobody is left to copy.
  init(populationFailed subject: String, _ count: Int, _ last: Outcome) {
    let reason = if case .failed(let reason) = last.result { reason } else { "" }
    self.init(
      subject: subject, expected: "at least one member that reached its budget",
      found: "\(count) failed members, the last one because: \(reason)",
      remedy: "Mend the cause, or narrow the search space to configurations that train.")
  }
}
