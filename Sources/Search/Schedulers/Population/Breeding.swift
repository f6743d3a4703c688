import Randomness

/// Exploit and explore: whom a member copies, and with which hyperparameters it goes on then.
///
/// - A failed member is always replaced: under truncation by one of the best fraction, else by any that did
///   not fail, and with `replacement: parent` by the one it was cloned from.
/// - Only the mutable hyperparameters are explored. The others, such as the width of the model, are the
///   parent's, whose weights the member has now.
/// - The draws for a member depend on the seed, the member and the turn, and on nothing else.
struct Breeding: Codable, Equatable, Sendable {
  let options: PBTOptions
  let space: SearchSpace
  let seed: UInt64
  /// Names of the space that explore leaves alone, sorted.
  let fixed: [String]
  /// What the population has been through; filled for the bandit alone.
  private(set) var experience: Experience

  /// - Throws: what `PBTOptions.validate()` throws, and `SearchError` when explore has nothing to change, or
  ///   when it could take away or bring in a hyperparameter that must not change.
  init(
    _ options: PBTOptions, space: SearchSpace, seed: UInt64, mutable: Set<String>
  ) throws(SearchError) {
    try options.validate()
    try space.validate(mutable: mutable)
    self.options = options
    self.space = space
    self.seed = seed
    fixed = space.parameters.map(\.name).filter { !mutable.contains($0) }.sorted()
    experience = Experience(space: space, mutable: mutable)
    if case .bandit = options.explore { try experience.validate() }
  }

  /// How many costs of a lineage are of use.
  var memory: Int { if case .tTest(let measurements, _) = options.exploit { measurements } else { 1 } }

  /// Whom `member` copies; nil when it goes on by itself.
  ///
  /// - Parameters:
  ///   - peers: all that are compared, `member` among them.
  ///   - truncated: how many are replaced and copied under truncation.
  func parent(
    of member: Standing, among peers: Standings, truncated: Int, mayExploit: Bool, turn: Int
  ) -> TrialID? {
    var random = generator(.exploit, member.trial, turn)
    guard let cost = member.cost else {
      if options.replacement == .parent, let parent = member.parent, peers[parent]?.cost != nil {
        return parent
      }
      guard peers.isAnyReached else { return nil }
      let isTruncation = if case .truncation = options.exploit { true } else { false }
      return peers.drawBest(isTruncation ? max(1, truncated) : peers.count, using: &random)
    }
    guard mayExploit else { return nil }
    switch options.exploit {
    case .truncation:
      guard truncated > 0, peers.isAmongWorst(truncated, member) else { return nil }
      return peers.drawBest(truncated, using: &random)
    case .tournament:
      let rival = peers.drawRival(of: member.trial, using: &random)
      return rival?.cost.map { $0 < cost } == true ? rival?.trial : nil
    case .tTest(_, let level):
      guard let rival = peers.drawRival(of: member.trial, using: &random), let rivalCost = rival.cost else {
        return nil
      }
      // Limits are no matter of chance.
      let keepLimits = [member, rival].allSatisfy { $0.costs?.isFeasible ?? false }
      guard keepLimits else { return rivalCost < cost ? rival.trial : nil }
      guard let test = WelchTest(rival.recent, member.recent), test.probabilityOfLess < level else {
        return nil
      }
      return rival.trial
    }
  }

  /// The hyperparameters of a clone of a member that has these.
  ///
  /// - Parameter others: what the rest of the population trains with in this turn; for the bandit.
  func explored(
    _ configuration: Configuration, for member: TrialID, turn: Int, others: [Configuration]
  ) throws(SearchError) -> Configuration {
    var random = generator(.explore, member, turn)
    // One from before the space was changed is explored from the nearest one of this space.
    let own = try space.adopted(configuration, using: &random)
    var clone = try explored(own, turn: turn, others: others, using: &random)
    // The parent's weights know no other value of these.
    for name in fixed { clone[name] = configuration[name] }
    return clone
  }

  private func explored(
    _ configuration: Configuration, turn: Int, others: [Configuration], using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    switch options.explore {
    case .perturb(let perturbation):
      return try space.perturbed(configuration, by: perturbation, keeping: Set(fixed), using: &random)
    case .bandit(let bandit):
      let numbers = Set(experience.names)
      // Choices have no place in the process: they are perturbed, and the numbers follow them.
      let base = try space.perturbed(
        configuration, by: Perturbation(factors: [1], resampleProbability: bandit.resampleProbability),
        keeping: Set(fixed).union(numbers), using: &random)
      return try experience.proposal(
        from: base, turn: turn, others: others, candidates: bandit.candidates, using: &random)
    }
  }

  /// A member that trained with `configuration` up to `turn` came to `cost`; its lineage had `previous`
  /// before.
  mutating func learn(_ configuration: Configuration, turn: Int, previous: Double?, cost: Double) {
    guard case .bandit(let bandit) = options.explore, let previous else { return }
    experience.append(
      configuration, turn: turn, improvement: previous - cost, keeping: bandit.maximumObservations)
  }

  private func generator(_ purpose: Purpose, _ member: TrialID, _ turn: Int) -> CounterGenerator {
    // Far enough apart that one turn's draws never reach the next one's.
    CounterGenerator(seed: seed, purpose: purpose, index: member.rawValue, position: UInt64(turn) << 32)
  }
}
