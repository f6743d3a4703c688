extension Operation {
  /// Tests until the operation is complete, backing off.
  func finish(by deadline: Deadline) throws(MPIError) {
    var backOff = BackOff(hasOwnCore: state.hasOwnCore)
    while true {
      if try test() { return }
      if backOff.shouldCheckClock {
        try checkCancellation()
        if deadline.hasPassed {
          abandon()
          throw try state.timeOut(
            of: phase.text(on: state.name), after: deadline, missing: phase.peer.map { [$0.rank] })
        }
        if backOff.isPatient { try state.answerRollCalls() }
      }
      backOff.pause()
    }
  }

  private func checkCancellation() throws(MPIError) {
    do throws(MPIError) {
      try state.checkCancellation(of: phase.text(on: state.name))
    } catch {
      abandon()
      throw error
    }
  }
}
