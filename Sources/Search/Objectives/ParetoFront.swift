/// A measured state that nothing in its study dominates.
public struct ParetoMember: Hashable, Codable, Sendable {
  public var job: JobID
  public var trial: TrialID
  /// Cumulative budget at which the costs were measured, in the study's unit.
  public var budget: Int
  /// In the order of the study's objectives.
  public var costs: CostVector
  public var configuration: Configuration
  /// Seconds since the study began, when it was recorded; nil if the history has no times.
  public var finishedAt: Double?
}

extension History {
  /// The costs of all objectives at a segment's target; nil when it failed, is at work or did not measure
  /// them all.
  public func costVector(of segment: TrialHistory.Segment) -> CostVector? {
    guard let cost = segment.cost else { return nil }
    guard !objective.further.isEmpty || !objective.limits.isEmpty else { return CostVector([cost]) }
    return segment.measurements.last.flatMap { objective.costs(of: $0.metrics) }
  }

  /// What nothing dominates, by the first objective, the best first; of equal ones the first to be recorded.
  /// Where nothing keeps the limits, what breaks them least. O(n log n) for n jobs and two objectives.
  public var paretoFront: [ParetoMember] {
    let measured = measuredVectors
    var seen: Set<CostVector> = []
    return NondominatedSorting.front(of: measured.map(\.costs)).map { measured[$0] }
      .filter { seen.insert($0.costs).inserted }
      .sorted { ($0.costs.costs[0], $0.job) < ($1.costs.costs[0], $1.job) }
  }

  /// The volume that the study had found after each job that enlarged it, as a share of the box between the
  /// final front's ideal and its reference point (`ReferencePoint`): comparable within a study, not between
  /// two.
  ///
  /// Empty with one objective, and where nothing keeps the limits.
  public var hypervolumes: [(member: ParetoMember, share: Double)] {
    let measured = measuredVectors.filter(\.costs.isFeasible)
    guard !objective.further.isEmpty, let reference = ReferencePoint(of: measured.map(\.costs)) else {
      return []
    }
    var front: [CostVector] = []
    var shares: [(member: ParetoMember, share: Double)] = []
    for member in measured {
      guard !front.contains(where: { $0 == member.costs || $0.dominates(member.costs) }) else { continue }
      // What the new member adds alone; the volume of those before it is known.
      let gain = reference.gain(of: member.costs.costs, over: front.map(\.costs))
      front.removeAll { member.costs.dominates($0) }
      front.append(member.costs)
      if gain > 0 { shares.append((member, (shares.last?.share ?? 0) + gain)) }
    }
    return shares
  }

  /// Every measured state, in the order in which they were recorded; by job where there are no times. Of
  /// replicates the last one, with the mean of all.
  private var measuredVectors: [ParetoMember] {
    var measured: [ParetoMember] = []
    for segment in trials.flatMap(\.segments) {
      guard let costs = costVector(of: segment) else { continue }
      measured.append(
        ParetoMember(
          job: segment.job.id, trial: segment.job.trial, budget: segment.job.target, costs: costs,
          configuration: segment.job.configuration, finishedAt: segment.finishedAt))
    }
    measured.sort { ($0.finishedAt ?? 0, $0.job) < ($1.finishedAt ?? 0, $1.job) }
    var answers = ReplicateAnswers(replication)
    return measured.compactMap { member in
      answers.mean(with: Outcome(of: member.job, member.trial, member.costs)).map { mean in
        var member = member
        member.costs = mean.costs
        return member
      }
    }
  }
}
