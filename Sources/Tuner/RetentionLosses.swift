import Search

// What takes the place of a state whose checkpoint is gone or damaged.
extension Retention {
  /// Where a job starts whose planned origin is lost, the first of these that can be read:
  ///
  /// 1. of a fork, the best other member of the population that is as far as its parent was;
  /// 2. an earlier state of the trial itself;
  /// 3. of a trial in a population, a copy of the best member that is as far as itself was;
  /// 4. new weights.
  ///
  /// O(states), for a rare thing.
  func replacement(forOriginOf job: Job) -> Origin {
    guard let planned = job.originState else { return .fresh }
    let member = bestMember(at: planned.budget, for: job.trial)
    if case .fork = job.origin, let member { return member }
    return earlierState(of: job.trial, before: planned.budget).map { .resume(from: $0.budget) } ?? member
      ?? .fresh
  }

  private func bestMember(at budget: Int, for trial: TrialID) -> Origin? {
    let members = populationStates.filter { $0.budget == budget && !isLost($0) && cost(of: $0) != nil }
    let best = members.min { (cost(of: $0)!, $0) < (cost(of: $1)!, $1) }
    return best.map { $0.trial == trial ? .resume(from: budget) : .fork(of: $0.trial, at: budget) }
  }

  private func earlierState(of trial: TrialID, before budget: Int) -> StateKey? {
    keptStates.filter { $0.trial == trial && $0.budget < budget && !isLost($0) }.max()
  }
}
