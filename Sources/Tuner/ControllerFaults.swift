import Search

/// What the controller does about faults that may lie elsewhere than in a trial.
extension Controller {
  /// - Throws: the fault's error, where no group is left that could do better.
  mutating func take(
    _ fault: Fault, of id: JobID, on group: GroupID, _ commands: inout [Command]
  ) throws(TunerError) {
    guard placement.isKnown(group) else { return }
    if fault.cause == .defect { throw fault.error }
    if fault.cause == .peer { return try lose(group, fault.error.description, &commands) }
    if let unsaved = placement.saved(id, on: group) {
      // What is not durable is not reached: the job is done again, and nobody starts from what memory holds.
      for (group, states) in placement.release([unsaved.reachedState]) {
        commands.append(.release(states, group: group))
      }
      placement.enqueue(unsaved, begun: true)
    } else if placement.job(of: group)?.id == id {
      placement.stopped(group)
    }
    switch fault.cause {
    case .device, .storage: try setAside(group, fault, of: id, &commands)
    case .library:
      switch suspicions.fault(of: id, on: group, others: placement.groupsInUse) {
      case .again: return
      case .setAside: try setAside(group, fault, of: id, &commands)
      case .trial(let cleared):
        try fail(id, on: group, because: fault.error.description, &commands)
        for group in cleared where placement.readmit(group) {
          commands.append(.append(.session(.groupCleared(group))))
        }
      }
    case .defect, .peer: return
    }
  }

  private mutating func setAside(
    _ group: GroupID, _ fault: Fault, of job: JobID, _ commands: inout [Command]
  ) throws(TunerError) {
    placement.setAside(group)
    if !placement.isAnyGroupLeft { throw fault.error }
    commands.append(.append(.session(.groupSetAside(group, job: job, why: fault.error.description))))
  }

  /// A job that waits again fails instead.
  private mutating func fail(
    _ id: JobID, on group: GroupID, because reason: String, _ commands: inout [Command]
  ) throws(TunerError) {
    guard let job = placement.withdraw(id) else { return }
    let report = Self.failure(of: job, on: group, reason)
    try streak.take(report)
    keep(report)
    commands.append(.append(.session(.arrived(report))))
  }
}
