/// What groups begin and end: for who watches, and as an account of their time.
struct GroupActivity {
  private(set) var utilization = Utilization()
  private var changes: [GroupChange] = []

  /// The changes since the last call.
  mutating func takeChanges() -> [GroupChange] {
    defer { changes = [] }
    return changes
  }

  mutating func take(_ assignment: Assignment, at time: Double) {
    // A job that comes back from a lost group is no new trial, however early it was lost.
    let isNewTrial = assignment.source == .fresh && !assignment.mayHaveMidJobCheckpoint
    utilization.assigned(to: assignment.group, isNewTrial: isNewTrial, at: time)
    changes.append(.began(assignment.group, assignment.job))
  }

  mutating func take(_ event: Event, at time: Double) {
    switch event {
    case .groupReady: utilization.groupAdded(at: time)
    case .released(let group, let job, _, let seconds):
      utilization.released(job, on: group, afterWorking: seconds, at: time)
      changes.append(.ended(group, job))
    case .reported(let report):
      utilization.reported(report.job, on: report.group, afterWorking: report.seconds, at: time)
      changes.append(.ended(report.group, report.job))
    case .faulted(let group, let job, _):
      utilization.reported(job, on: group, afterWorking: .infinity, at: time)
      changes.append(.ended(group, job))
    case .groupLost(let group, _):
      utilization.groupLost(group, at: time)
      changes.append(.ended(group, nil))
    case .groupStopped(let group), .stateLost(let group, _):
      utilization.finished(on: group, afterWorking: .infinity, at: time)
      changes.append(.ended(group, nil))
    case .midJobSaved, .stopRequested, .populationSaved, .stopOverdue: return
    }
  }
}
