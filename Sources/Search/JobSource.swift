import Randomness

/// Asks a scheduler for its next job, and for what that leaves open the user's starting configurations and
/// the sampler.
public struct JobSource: Sendable {
  public let space: SearchSpace
  public let seed: UInt64
  public let starting: StartingConfigurations

  public init(space: SearchSpace, seed: UInt64, starting: StartingConfigurations = StartingConfigurations()) {
    self.space = space
    self.seed = seed
    self.starting = starting
  }

  /// The next job, or nil when there is none before another outcome.
  ///
  /// - Parameter recorded: what was decided in an earlier session: neither the user nor the sampler is asked
  ///   for it again.
  public func nextJob(
    of scheduler: inout any Scheduler, asking sampler: inout any Sampler, given observations: Observations,
    recorded: NextTrial? = nil
  ) throws(SearchError) -> Job? {
    let propose = { (trial: TrialID, sampler: inout any Sampler) throws(SearchError) -> Configuration in
      if case .begin(let configuration) = recorded { return configuration }
      return try configuration(of: trial, asking: &sampler, given: observations)
    }
    guard recorded != nil || sampler.choosesAmongPaused else {
      return try scheduler.nextJob { trial throws(SearchError) in try propose(trial, &sampler) }
    }
    return try scheduler.nextJob { trial throws(SearchError) in
      try propose(trial, &sampler)
    } choosing: { trial, paused throws(SearchError) in
      if let recorded { return recorded }
      // What the user wants tried comes before what is paused.
      if starting.configuration(of: trial) != nil { return .begin(try propose(trial, &sampler)) }
      var random = generator(of: trial)
      return try sampler.chooseAllowed(
        trial, among: paused, in: space, given: observations, using: &random)
    }
  }

  private func generator(of trial: TrialID) -> CounterGenerator {
    CounterGenerator(seed: seed, purpose: .proposal, index: trial.rawValue)
  }

  private func configuration(
    of trial: TrialID, asking sampler: inout any Sampler, given observations: Observations
  ) throws(SearchError) -> Configuration {
    var random = generator(of: trial)
    guard let start = starting.configuration(of: trial) else {
      return try sampler.proposeAllowed(trial, in: space, given: observations, using: &random)
    }
    // The sampler is asked only for what the user left open.
    if start.isComplete(in: space) { return try space.completed(start, using: &random) }
    let proposal = try sampler.proposeAllowed(trial, in: space, given: observations, using: &random)
    return try space.completed(start, from: proposal, using: &random)
  }
}
