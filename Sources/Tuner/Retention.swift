import Search

/// Which states are still needed: on the disk, and in the memory of the groups that hold them.
///
/// A checkpoint stays while its state is the newest of a trial that the scheduler has not given up, reached
/// by a replicate whose job the others are still at, the origin of an unfinished job, one of the first three or of those
/// that may win (`Ranking.contenders`), or of those that nothing dominates, or part of a population that `population.h5` names or is about to name.
/// So population based training needs room for two generations and the best, and for what is reached while a
/// generation is being saved. Memory is needed for the first three reasons alone.
struct Retention: Sendable {
  /// Why a state is kept.
  private struct Standing {
    var checkpoint: String
    /// Lower is better.
    var cost: Double
    /// True once it was found that the checkpoint cannot be read any more.
    var isLost = false
    var isNewest = false
    var isAhead = false
    var unfinishedJobs = 0
    var isContender = false
    var isInFront = false
    var populations = 0

    var isNeededInMemory: Bool { isNewest || isAhead || unfinishedJobs > 0 }
    var isNeededOnDisk: Bool { isNeededInMemory || isContender || isInFront || populations > 0 }
  }

  private var states: [StateKey: Standing] = [:]
  /// Of each trial, as the scheduler sees it: it knows of a job once all replicates have answered.
  private var newest: [TrialID: StateKey] = [:]
  /// What replicates have reached whose job the others are still at.
  private var ahead: [TrialID: StateKey] = [:]
  private var contenders: [StateKey] = []
  /// States of the durable population.
  private var population: [StateKey] = []
  /// States of the population that is being saved.
  private var comingPopulation: [StateKey]?

  /// How often a state's standing was changed, for tests of what an outcome costs.
  private(set) var updates = 0

  /// Checkpoints that nothing can need any more, in the order in which that became so; emptied by
  /// `takeDeletions`.
  private var deletions: [String] = []
  /// States that no job will start from, as far as is known; emptied by `takeReleases`.
  private var releases: [StateKey] = []

  /// Nil when the state was never reached, or is not kept any more.
  func checkpoint(of state: StateKey) -> String? { states[state]?.checkpoint }

  /// True when the checkpoint of a state that is kept was found to be gone or damaged.
  func isLost(_ state: StateKey) -> Bool { states[state]?.isLost ?? false }

  /// The newest durable state of a trial.
  func newestState(of trial: TrialID) -> StateKey? { newest[trial] }

  /// True while an unfinished job starts from this state: then its memory must stay, too.
  func isOrigin(_ state: StateKey) -> Bool { (states[state]?.unfinishedJobs ?? 0) > 0 }

  /// Every checkpoint that is kept, sorted.
  var keptCheckpoints: [String] { states.values.map(\.checkpoint).sorted() }

  /// Every state that is kept, in no order.
  var keptStates: some Sequence<StateKey> { states.keys }

  /// The states of the durable population and of the one that is being saved.
  var populationStates: [StateKey] { population + (comingPopulation ?? []) }

  /// Of the first objective; nil when the state is not kept.
  func cost(of state: StateKey) -> Double? { states[state]?.cost }

  /// The state's checkpoint cannot be read any more; of a state that is not kept nothing is noted.
  mutating func lost(_ state: StateKey) { states[state]?.isLost = true }

  mutating func takeDeletions() -> [String] {
    defer { deletions = [] }
    return deletions
  }

  mutating func takeReleases() -> [StateKey] {
    defer { releases = [] }
    return releases
  }

  /// A job was issued: its origin must stay until it is answered.
  mutating func issued(_ job: Job) {
    if let origin = job.originState { update(origin) { $0.unfinishedJobs += 1 } }
  }

  /// A job was answered; `reached` is its checkpoint and the first objective's cost, nil when it failed.
  /// `contenders` are then those that may win, `front` is how that changed what nothing dominates. O(change of the
  /// front).
  mutating func answered(
    _ job: Job, reached: (checkpoint: String, cost: Double)?, contenders: [StateKey],
    front: StudyFront.Change = StudyFront.Change()
  ) {
    if let (checkpoint, cost) = reached {
      let state = job.reachedState
      // A trial may reach the same budget again, after a fork back in time: the file is then another one.
      if let old = states[state]?.checkpoint, old != checkpoint { deletions.append(old) }
      var standing = states[state] ?? Standing(checkpoint: checkpoint, cost: cost)
      (standing.checkpoint, standing.cost, standing.isLost) = (checkpoint, cost, false)
      states[state] = standing
      ahead[job.trial] = state
      update(state) { $0.isAhead = true }
    }
    let before = self.contenders
    self.contenders = contenders
    for state in contenders where !before.contains(state) { update(state) { $0.isContender = true } }
    for state in before where !contenders.contains(state) { update(state) { $0.isContender = false } }
    if let joined = front.joined { update(joined) { $0.isInFront = true } }
    for state in front.left where state != front.joined { update(state) { $0.isInFront = false } }
    if let origin = job.originState { update(origin) { $0.unfinishedJobs -= 1 } }
  }

  /// All replicates of a job have answered: what these trials reached is what the scheduler's next jobs go on
  /// from.
  mutating func settled(_ trials: [TrialID]) {
    for trial in trials {
      guard let state = ahead.removeValue(forKey: trial) else { continue }
      let previous = newest.updateValue(state, forKey: trial)
      update(state) { ($0.isNewest, $0.isAhead) = (true, false) }
      if let previous, previous != state { update(previous) { $0.isNewest = false } }
    }
  }

  /// No job will start from a state of this trial any more.
  mutating func abandoned(_ trial: TrialID) {
    guard let state = newest.removeValue(forKey: trial) else { return }
    update(state) { $0.isNewest = false }
  }

  /// A generation is complete: its states stay at least until the next one is durable.
  mutating func populationCompleted(_ members: [StateKey]) {
    for state in members { update(state) { $0.populations += 1 } }
    comingPopulation = members
  }

  /// The complete generation is durable: the one before it is not needed any more.
  mutating func populationSaved() {
    guard let comingPopulation else { return }
    for state in population { update(state) { $0.populations -= 1 } }
    population = comingPopulation
    self.comingPopulation = nil
  }

  /// The complete generation was never saved, and never will be.
  mutating func populationMissed() {
    for state in comingPopulation ?? [] { update(state) { $0.populations -= 1 } }
    comingPopulation = nil
  }

  private mutating func update(_ state: StateKey, _ change: (inout Standing) -> Void) {
    updates += 1
    guard var standing = states[state] else { return }
    let wasNeededInMemory = standing.isNeededInMemory
    change(&standing)
    states[state] = standing
    if wasNeededInMemory, !standing.isNeededInMemory { releases.append(state) }
    if !standing.isNeededOnDisk {
      states[state] = nil
      deletions.append(standing.checkpoint)
    }
  }
}
