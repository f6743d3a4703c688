import Search

/// Why a job ended on its group although its trial may be right: what the controller does about it is its policy
/// (`Controller.take`), and depends on the cause alone.
public struct Fault: Error, Hashable, Codable, Sendable {
  public enum Cause: String, Codable, Sendable {
    /// The host lacks what any trial needs, such as a GPU.
    case device
    /// A library refused to make the trainer: the host's fault or the trial's, which another group finds out.
    case library
    /// A rank of the group is gone, or does not come to where the others wait for it.
    case peer
    /// The system refused to write or read a state.
    case storage
    /// Two parts of this program disagree.
    case defect
  }

  public var cause: Cause
  /// What was expected and found, where, and how to mend it.
  public var error: TunerError

  public init(_ cause: Cause, _ error: TunerError) {
    self.cause = cause
    self.error = error
  }
}

/// Tells hosts that can make no trainer from trials whose trainer nobody can make, where a library's error says
/// neither: a job that fails on two groups without a common host is to blame, a group that fails twice in a row is.
struct Suspicions: Sendable {
  enum Verdict: Equatable {
    /// The job goes to whoever is idle.
    case again
    /// The job goes to another group, and this one gets no more.
    case setAside
    /// The job fails; groups that were blamed for it before are cleared.
    case trial(clearing: [GroupID])
  }

  private static let faultsPerGroup = 2
  private var hosts: [GroupID: Set<String>] = [:]
  /// Where a job's trainer could not be made.
  private var groups: [JobID: Set<GroupID>] = [:]
  /// Since the group last made a trainer.
  private var faults: [GroupID: Int] = [:]

  mutating func add(_ group: WorkerGroup) { hosts[group.id] = Set(group.hosts) }

  mutating func trainerWasMade(on group: GroupID, for job: JobID) {
    faults[group] = nil
    groups[job] = nil
  }

  /// - Parameter others: the groups that could try.
  mutating func fault(of job: JobID, on group: GroupID, others: some Sequence<GroupID>) -> Verdict {
    let hasFailedElsewhere = groups[job]?.contains { isElsewhere($0, than: group) } ?? false
    groups[job, default: []].insert(group)
    faults[group, default: 0] += 1
    if hasFailedElsewhere || !others.contains(where: { isElsewhere($0, than: group) }) {
      let accused = groups.removeValue(forKey: job)!.sorted()
      for group in accused { faults[group] = nil }
      return .trial(clearing: accused)
    }
    return faults[group]! < Self.faultsPerGroup ? .again : .setAside
  }

  private func isElsewhere(_ group: GroupID, than other: GroupID) -> Bool {
    hosts[group, default: []].isDisjoint(with: hosts[other, default: []])
  }
}
