import Randomness
import RealModule

/// PriorBand's ensemble of sampling policies (Mallik, Bergman, Hvarfner, Stoll, Janowski, Lindauer, Nardi and
/// Hutter, "PriorBand: practical hyperparameter optimization in the age of deep learning", NeurIPS 2023): a
/// new trial is drawn uniformly, from the user's prior or near the incumbent.
///
/// - Uniformly with p_U = 1 / (1 + ηʳ), where r is the rung at which the trial begins, from 0: the more a
///   trial costs, the more the prior is trusted.
/// - The rest is the prior's, until a trial has had the whole budget, one bracket's budget is spent and a
///   rung has η results. From then on prior and incumbent share it in the ratio of the densities that they
///   give to the best 1/η of the highest such rung, weighted by rank: a bad prior is left behind.
struct PriorBandPolicy: ProposalPolicy {
  private let options: PriorBandOptions
  private let space: SearchSpace
  private let seed: UInt64
  private let budgets: [Int]
  /// Budget units of the boldest bracket.
  private let bracketWork: Int
  /// By rung of the whole ladder: who reached it, the best first.
  private var rungs: [[Ranked]]
  /// Of the trials that reached a rung, in the unit cube.
  private var points: [TrialID: [Double]] = [:]
  private var spent = 0
  private var incumbent: Ranked?

  /// So many of the best are compared, at most: a proposal must not cost more in a longer study.
  private static let most = 50

  init(_ options: PriorBandOptions, space: SearchSpace, seed: UInt64) throws(SearchError) {
    let brackets = try options.hyperband.brackets()
    self.options = options
    self.space = space
    self.seed = seed
    budgets = brackets[0].budgets
    bracketWork = brackets[0].work
    rungs = Array(repeating: [], count: budgets.count)
  }

  /// How likely each policy is.
  struct Shares: Equatable {
    var uniform: Double
    var prior: Double
    var incumbent: Double
  }

  func proposal(
    for trial: TrialID, in bracket: Bracket, asking propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Configuration {
    var random = CounterGenerator(seed: seed, purpose: .explore, index: trial.rawValue)
    let shares = shares(atRung: budgets.count - bracket.budgets.count)
    let coin = random.nextUniform()
    if coin < shares.uniform { return try propose(trial) }
    guard coin >= shares.uniform + shares.prior, let incumbent, let point = points[incumbent.trial] else {
      return space.configuration(at: space.pointFromPrior(using: &random))
    }
    return space.configuration(at: try space.repaired(mutated(point, using: &random), using: &random))
  }

  /// The shares at a rung of the whole ladder.
  func shares(atRung rung: Int) -> Shares {
    let uniform = 1 / (1 + Double.pow(Double(options.reduction), Double(rung)))
    let rest = 1 - uniform
    guard let incumbent, let point = points[incumbent.trial], !rungs[rungs.count - 1].isEmpty,
      spent >= bracketWork, let highest = rungs.last(where: { $0.count >= options.reduction })
    else { return Shares(uniform: uniform, prior: rest, incumbent: 0) }
    let near = space.believing(in: point, deviation: options.deviation)
    let best = highest.prefix(highest.count / options.reduction).prefix(Self.most)
    // Densities of the same points, scaled by their greatest, so that many dimensions do not underflow.
    var scores: [(weight: Double, prior: Double, incumbent: Double)] = []
    for (place, entry) in best.enumerated() {
      guard let point = points[entry.trial] else { continue }
      scores.append(
        (Double(best.count - place), space.logPriorDensity(at: point), near.logPriorDensity(at: point)))
    }
    let scale = scores.map { max($0.prior, $0.incumbent) }.max() ?? 0
    let forPrior = scores.reduce(0) { $0 + $1.weight * Double.exp($1.prior - scale) }
    let forIncumbent = scores.reduce(0) { $0 + $1.weight * Double.exp($1.incumbent - scale) }
    let share = forIncumbent / (forPrior + forIncumbent)
    return Shares(uniform: uniform, prior: rest * (1 - share), incumbent: rest * share)
  }

  /// Each coordinate changed with a probability: a number by a normal step, a choice to another one.
  private func mutated(_ point: [Double], using random: inout CounterGenerator) -> [Double] {
    let coins = point.map { _ in random.nextUniform() }
    let near = space.believing(in: point, deviation: options.deviation)
    return point.indices.map { j in
      // Drawn for every coordinate, so that one coordinate's luck never shifts the next one's.
      let (domain, place) = (space.parameters[j].domain, random.nextUniform())
      let step = near.parameters[j].prior?.unit(of: domain, using: &random) ?? place
      guard coins[j] < options.mutationRate else { return point[j] }
      guard domain.isCategorical, let count = domain.count, count > 1 else { return step }
      let other = min(Int(place * Double(count - 1)), count - 2)
      let cell = min(Int(point[j] * Double(count)), count - 1)
      return (Double(other < cell ? other : other + 1) + 0.5) / Double(count)
    }
  }

  mutating func learn(_ job: Job, _ outcome: Outcome) throws(SearchError) {
    spent = spent.plusSaturating(job.work)
    guard let rank = Ranked(outcome), let rung = budgets.firstIndex(of: job.target) else { return }
    if points[job.trial] == nil {
      // Of a trial from before the space was changed there may be nothing to learn.
      guard let own = space.expressed(job.configuration) else { return }
      points[job.trial] = try space.point(of: own)
    }
    rungs[rung].insert(rank, at: rungs[rung].place { $0 < rank })
    if incumbent.map({ rank.cost < $0.cost }) ?? true { incumbent = rank }
  }
}

/// Options of PriorBand.
public struct PriorBandOptions: GuidedOptions {
  public var minimumBudget: Int
  public var maximumBudget: Int
  public var reduction: Int
  public var iterations: Int
  public var decisions: HyperbandOptions.Decisions
  public var overlap: Int
  /// With this probability a hyperparameter of the incumbent is changed, above 0 and at most 1.
  public var mutationRate: Double
  /// The standard deviation of such a change in the unit interval, above 0 and below 1.
  public var deviation: Double

  public init(
    minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 3, iterations: Int = 1,
    decisions: HyperbandOptions.Decisions = .synchronous, overlap: Int = 1, mutationRate: Double = 0.5,
    deviation: Double = 0.25
  ) {
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.iterations = iterations
    self.decisions = decisions
    self.overlap = overlap
    self.mutationRate = mutationRate
    self.deviation = deviation
  }

  public var heeds: Heeding { [.outcomes, .objectives, .limits, .priors, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try check(
      "mutation_rate", mutationRate, "a number above 0 and at most 1",
      where: mutationRate > 0 && mutationRate <= 1,
      remedy: "Write 0.5.")
    try check(
      "deviation", deviation, "a number above 0 and below 1", where: deviation > 0 && deviation < 1,
      remedy: "Write 0.25.")
    return try makeScheduler(
      guidedBy: try PriorBandPolicy(self, space: study.space, seed: study.seed))
  }
}

extension SearchSpace {
  /// This space with a guess of every parameter: its value at `point`, `[dimension]`.
  func believing(in point: [Double], deviation: Double) -> SearchSpace {
    var space = self
    for (j, unit) in point.enumerated() {
      space.parameters[j].prior = Prior(value: parameters[j].domain.value(at: unit), deviation: deviation)
    }
    return space
  }
}
