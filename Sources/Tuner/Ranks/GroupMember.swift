import MPI
import Search
import Training

/// The work of a group on its other ranks: follows the root through each job.
struct GroupMember<T: Trainee & ~Copyable> {
  let group: TrialGroup
  let orders: Mailbox
  let options: WorkerOptions
  let make: MakeTrainee<T>

  /// Follows until the root lets the group go.
  func run() throws(TunerError) {
    while true {
      switch try nextOrder() {
      case .wait: continue
      case .leave: return
      case .work(let job, let isRestored, let isReached):
        do throws(JobFailure) {
          try follow(job, isRestored: isRestored, isReached: isReached)
        } catch {
          // A trial's failure is reported by the root.
          if case .run(let error) = error { throw error }
        }
      }
    }
  }

  private func nextOrder() throws(TunerError) -> GroupOrder {
    let deadline = Deadline.seconds(options.secondsWithoutWord)
    var backOff = BackOff.sleeping(upTo: 1000)
    while true {
      if let (order, _) = try orders.receive(GroupOrder.self, from: .root, Mailbox.Channel.order) {
        return order
      }
      if deadline.hasPassed {
        throw TunerError(
          .system, subject: orders.place(of: .root), expected: "an order within \(Int(deadline.seconds)) s",
          found: "silence", remedy: "Look at that host; the same command goes on from the journal.")
      }
      backOff.pause()
    }
  }

  private func follow(_ job: Job, isRestored: Bool, isReached: Bool) throws(JobFailure) {
    var runner = try JobRunner(
      job, length: options.trainingLength, isRestored: isRestored, from: nil, on: group, making: make)
    if isReached {
      _ = try runner.effectiveConfiguration()
      return
    }
    while true {
      if try runner.advance(isInterrupted: { false }) { break }
      switch try group.share(.proceed) {
      case .proceed: continue
      case .checkpoint: _ = try runner.snapshot()
      case .stop:
        _ = try runner.snapshot()
        return
      }
    }
    _ = try runner.measure()
    _ = try runner.effectiveConfiguration()
    _ = try runner.snapshot()
  }
}
