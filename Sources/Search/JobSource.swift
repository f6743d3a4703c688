import Randomness

/// Asks a scheduler for its next job, and for what that leaves open the user's starting configurations and
/// the sampler. Every configuration that a study tries passes here.
///
/// - What was tried is not proposed again while something is left (`TriedConfigurations`); only what the user
///   wants tried is tried again.
/// - Where jobs were recorded before the space was changed, the sampler hears of them what the present space
///   can express (`ExpressedEvidence`).
public struct JobSource: Sendable {
  public let space: SearchSpace
  public let seed: UInt64
  public let starting: StartingConfigurations
  private var tried: TriedConfigurations
  private var expressed: ExpressedEvidence
  /// Whether a job was of another space than this one.
  private var hasForeign = false

  public init(space: SearchSpace, seed: UInt64, starting: StartingConfigurations = StartingConfigurations()) {
    self.space = space
    self.seed = seed
    self.starting = starting
    tried = TriedConfigurations(space)
    expressed = ExpressedEvidence(space)
  }

  /// What was decided in an earlier session.
  public struct Recorded: Sendable {
    public var decision: NextTrial
    /// Of the job that followed.
    public var configuration: Configuration

    public init(decision: NextTrial, configuration: Configuration) {
      self.decision = decision
      self.configuration = configuration
    }
  }

  /// The next job, or nil when there is none before another outcome.
  ///
  /// - Parameter recorded: what was decided in an earlier session: neither the user nor the sampler nor the
  ///   scheduler is asked for a configuration again.
  public mutating func nextJob(
    of scheduler: inout any Scheduler, asking sampler: inout any Sampler, given evidence: Evidence,
    recorded: Recorded? = nil
  ) throws(SearchError) -> Job? {
    let job = try issued(by: &scheduler, asking: &sampler, given: evidence, recorded: recorded)
    if let job { note(job.configuration) }
    return job
  }

  /// A configuration was tried, or is: by a job, or elsewhere.
  public mutating func note(_ configuration: Configuration) {
    let own = space.expressed(configuration)
    if own != configuration { hasForeign = true }
    // One that has lost values says nothing of how the rest fares without them.
    if let own, own.values.count == configuration.values.count { tried.insert(own) }
  }

  private mutating func issued(
    by scheduler: inout any Scheduler, asking sampler: inout any Sampler, given all: Evidence,
    recorded: Recorded?
  ) throws(SearchError) -> Job? {
    // A recorded decision needs no observations.
    let evidence = hasForeign && recorded == nil ? expressed.advanced(to: all) : all
    guard recorded != nil || sampler.choosesAmongPaused else {
      return try scheduler.nextJob { trial throws(SearchError) in
        try begun(trial, asking: &sampler, given: evidence, recorded: recorded)
      } choosing: { _, _ in
        nil
      } revising: { trial, origin, configuration throws(SearchError) in
        try revised(trial, origin, configuration, recorded: recorded)
      }
    }
    return try scheduler.nextJob { trial throws(SearchError) in
      try begun(trial, asking: &sampler, given: evidence, recorded: recorded)
    } choosing: { trial, paused throws(SearchError) in
      if let recorded { return recorded.decision }
      return try chosen(trial, among: paused, asking: &sampler, given: evidence)
    } revising: { trial, origin, configuration throws(SearchError) in
      try revised(trial, origin, configuration, recorded: recorded)
    }
  }

  private func generator(of trial: TrialID) -> CounterGenerator {
    CounterGenerator(seed: seed, purpose: .proposal, index: trial.rawValue)
  }
}

// Where configurations come from.
extension JobSource {
  private mutating func begun(
    _ trial: TrialID, asking sampler: inout any Sampler, given evidence: Evidence,
    recorded: Recorded?
  ) throws(SearchError) -> Configuration {
    if case .begin(let configuration) = recorded?.decision { return configuration }
    var random = generator(of: trial)
    let start = starting.configuration(of: trial)
    // The sampler is asked only for what the user left open.
    if let start, start.isComplete(in: space) { return try space.completed(start, using: &random) }
    let proposal = try tried.new(
      for: sampler.proposeAllowed(trial, in: space, given: evidence, using: &random), using: &random)
    guard let start else { return proposal }
    return try completed(start, from: proposal, using: &random)
  }

  /// What the user left open is `proposal`'s, or drawn anew for as long as the whole was tried before.
  private mutating func completed(
    _ start: Configuration, from proposal: Configuration, using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    let first = try space.completed(start, from: proposal, using: &random)
    guard tried.contains(first) else { return first }
    for _ in 0..<100 {
      let other = try space.completed(start, using: &random)
      if !tried.contains(other) { return other }
    }
    return first
  }

  private mutating func chosen(
    _ trial: TrialID, among paused: [PausedTrial], asking sampler: inout any Sampler,
    given evidence: Evidence
  ) throws(SearchError) -> NextTrial? {
    // What the user wants tried comes before what is paused.
    if starting.configuration(of: trial) != nil {
      return .begin(try begun(trial, asking: &sampler, given: evidence, recorded: nil))
    }
    let known = hasForeign ? paused.compactMap(expressed) : paused
    guard !known.isEmpty else { return nil }
    var random = generator(of: trial)
    let choice = try sampler.chooseAllowed(
      trial, among: known, in: space, given: evidence, using: &random)
    guard case .begin(let proposal) = choice else { return choice }
    return .begin(try tried.new(for: proposal, using: &random))
  }

  private func expressed(_ paused: PausedTrial) -> PausedTrial? {
    space.expressed(paused.configuration).map { own in
      PausedTrial(trial: paused.trial, configuration: own, remaining: paused.remaining)
    }
  }

  /// What a scheduler made itself: a new trial's configuration as a sampler's proposal would be; a clone's
  /// stays, because it goes on from another state.
  private mutating func revised(
    _ trial: TrialID, _ origin: Origin, _ configuration: Configuration, recorded: Recorded?
  ) throws(SearchError) -> Configuration {
    if let recorded { return recorded.configuration }
    guard case .fresh = origin else { return configuration }
    // Far from what the sampler may have drawn.
    var random = generator(of: trial)
    random.position = 1 << 40
    return try tried.new(for: configuration, using: &random)
  }
}
