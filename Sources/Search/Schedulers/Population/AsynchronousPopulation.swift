/// Population based training without generations: a member that has trained for an interval goes on as soon
/// as a group is free, those with the least budget first, and is compared then with the members that have
/// been at its budget (Jaderberg et al., 2017, Algorithm 1, where every member decides for itself).
///
/// - Whom it copies has been at that budget, too. If that one has gone on since, its newest state is copied,
///   and the member leaps ahead with it; if it is through, or copies another one itself, it is not copied any
///   more.
/// - Truncation waits until there is a whole member in the fraction, or all members have been there.
/// - A failed member is replaced as in the synchronous form, as soon as there is somebody to copy.
///
/// A generation is what is newest of each member when as many jobs were answered as there are members.
///
/// No group is idle while a member can go on, but for the time in which a generation is saved. An observation
/// and a job cost O(log n) for n members, but for moving the elements of sorted arrays; O(n) when a member
/// fails, and with the bandit.
struct AsynchronousPopulation: BreedingScheduler, Equatable {
  private let options: PBTOptions
  private var breeding: Breeding
  private var ledger = JobLedger()
  /// By trial.
  private var members: [Member] = []
  /// Who was at each budget.
  private var standings: [Int: Standings] = [:]
  /// Members that are not at work and did not fail.
  private var ready = Heap<Waiting>()
  /// Failed members that were not replaced.
  private var broken: [Waiting] = []
  /// Unfinished jobs that are not on the way to the last budget.
  private var promising = 0
  private(set) var population: Generation?

  private struct Member: Codable, Equatable, Sendable {
    /// Of the newest state; 0 when there is none to copy.
    var budget = 0
    /// What the newest state was trained with, and the costs of its lineage.
    var configuration = Configuration()
    var recent: [Double] = []
    /// How the newest answered job came out.
    var standing: Generation.Member?
    /// The costs of the lineage that the newest job goes on with, and whom it copied.
    var lineage: [Double] = []
    var parent: TrialID?
    var isBusy = false
  }

  /// By budget, equal budgets by age.
  private struct Waiting: Comparable, Codable, Sendable {
    /// What the member has reached, or failed to reach.
    var budget: Int
    var trial: TrialID

    static func < (left: Self, right: Self) -> Bool {
      (left.budget, left.trial) < (right.budget, right.trial)
    }
  }

  /// - Throws: what `Breeding` throws.
  init(
    _ options: PBTOptions, space: SearchSpace, seed: UInt64, mutable: Set<String>
  ) throws(SearchError) {
    breeding = try Breeding(options, space: space, seed: seed, mutable: mutable)
    self.options = options
  }

  var isSynchronous: Bool { false }
  var plan: SchedulePlan { options.plan }
  private var lastBudget: Int { options.generations * options.interval }

  var isFinished: Bool {
    members.count == options.population && promising == 0
      && (ready.first?.budget ?? lastBudget) >= lastBudget && !broken.contains { canBeReplaced($0) }
  }

  var progress: ScheduleProgress {
    guard !isFinished || ledger.observed < ledger.issued else { return ledger.progress(.finished) }
    let least = members.count < options.population ? 0 : members.map(\.budget).min() ?? 0
    return ledger.progress(
      .generation(min(least / options.interval, options.generations - 1), total: options.generations))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    if members.count < options.population {
      let trial = TrialID(members.count)
      let configuration = try propose(trial)
      members.append(Member())
      return issue(trial, from: .fresh, configuration)
    }
    let next = ready.first ?? Waiting(budget: lastBudget, trial: TrialID(0))
    if let place = broken.firstIndex(where: { $0 < next && canBeReplaced($0) }) {
      return try goOn(broken.remove(at: place), revising: revise)
    }
    guard next.budget < lastBudget else { return nil }
    _ = ready.popFirst()
    return try goOn(next, revising: revise)
  }

  private mutating func issue(_ trial: TrialID, from origin: Origin, _ configuration: Configuration) -> Job {
    let target = origin.budget + options.interval
    if target < lastBudget { promising += 1 }
    members[trial.rawValue].isBusy = true
    return ledger.issue(trial, from: origin, configuration, to: target)
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    if job.target < lastBudget { promising -= 1 }
    let waiting = Waiting(budget: job.target, trial: job.trial)
    var member = members[job.trial.rawValue]
    member.isBusy = false
    if let cost = outcome.cost {
      breeding.learn(
        job.configuration, turn: turn(at: job.target), previous: member.lineage.last, cost: cost)
      member.budget = job.target
      member.configuration = job.configuration
      member.recent = Array((member.lineage + [cost]).suffix(breeding.memory))
      ready.insert(waiting)
    } else {
      member.budget = 0
      broken.insert(waiting, at: broken.place { $0 < waiting })
    }
    member.standing = Generation.Member(
      trial: job.trial, budget: job.target, cost: outcome.cost, violation: outcome.violation,
      configuration: job.configuration, origin: job.origin)
    members[job.trial.rawValue] = member
    noteGeneration()
    standings[job.target, default: Standings()].insert(
      Standing(trial: job.trial, costs: outcome.costVector, recent: member.recent, parent: member.parent))
    if broken.count == options.population {
      throw SearchError(populationFailed: "the population", options.population, outcome)
    }
  }
}

extension AsynchronousPopulation {
  /// One generation later for those who were slow at first.
  private mutating func noteGeneration() {
    guard ledger.observed % options.population == 0, members.count == options.population else { return }
    let standings = members.compactMap(\.standing)
    guard standings.count == members.count else { return }
    population = Generation(number: ledger.observed / options.population - 1, members: standings)
  }
}

// Who copies whom.
extension AsynchronousPopulation {
  /// From 0, at the first comparison.
  private func turn(at budget: Int) -> Int { budget / options.interval - 1 }

  /// Whether a member's newest state can be copied by one that stands at `budget`. One that is through is
  /// left alone, so that a study that is extended later would have decided alike.
  private func canBeCopied(_ trial: TrialID, at budget: Int) -> Bool {
    let member = members[trial.rawValue]
    return member.budget == budget || (member.budget > budget && member.isBusy && member.parent == nil)
  }

  private func models(for waiting: Waiting) -> some Sequence<TrialID> {
    members.indices.lazy.map { TrialID($0) }
      .filter { $0 != waiting.trial && canBeCopied($0, at: waiting.budget) }
  }

  private func canBeReplaced(_ waiting: Waiting) -> Bool {
    waiting.budget < lastBudget && models(for: waiting).contains { _ in true }
  }

  /// The job of a member that was at work before.
  private mutating func goOn(
    _ waiting: Waiting,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job {
    let place = waiting.trial.rawValue
    guard let parent = parent(of: waiting) else {
      members[place].parent = nil
      members[place].lineage = members[place].recent
      return issue(waiting.trial, from: .resume(from: waiting.budget), members[place].configuration)
    }
    let model = members[parent.rawValue]
    let origin = Origin.fork(of: parent, at: model.budget)
    let configuration = try breeding.explored(
      model.configuration, for: waiting.trial, turn: turn(at: waiting.budget), others: othersAtWork)
    let revised = try revise(waiting.trial, origin, configuration)
    members[place].parent = parent
    members[place].lineage = model.recent
    return issue(waiting.trial, from: origin, revised)
  }

  /// What the population trains with now; empty when nobody asks.
  private var othersAtWork: [Configuration] {
    guard case .bandit = options.explore else { return [] }
    return members.filter { $0.isBusy && $0.budget > 0 }.map(\.configuration)
  }

  private func parent(of waiting: Waiting) -> TrialID? {
    guard let peers = standings[waiting.budget], let member = peers[waiting.trial] else { return nil }
    let whole = options.truncated(of: peers.count)
    let chosen = breeding.parent(
      of: member, among: peers, truncated: peers.count == options.population ? max(1, whole) : whole,
      mayExploit: waiting.budget >= options.burnIn, turn: turn(at: waiting.budget))
    if let chosen, chosen != waiting.trial, canBeCopied(chosen, at: waiting.budget) { return chosen }
    guard member.cost == nil else { return nil }
    // Whoever has come furthest; of several, the oldest.
    return models(for: waiting).min {
      (members[$1.rawValue].budget, $0) < (members[$0.rawValue].budget, $1)
    }
  }
}
