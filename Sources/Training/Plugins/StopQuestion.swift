internal import CTrainee

/// What a plug-in asks that trains the whole way at once: whether it must stop, after each unit of the
/// budget.
///
/// Its ranks ask together. One whose `train` has ended answers the others until theirs have, too, so that a
/// rank which fails between two questions is heard of at the next one.
final class StopQuestion {
  private let target: Int
  private let path: String
  private let peers: TrainerPeers
  private let isInterrupted: () -> Bool
  /// The budget at which it was told to stop.
  private var stop: Int?
  private var last: Int
  /// How often it was asked.
  private(set) var asked = 0
  /// What the plug-in does that it must not.
  private var complaint: String?
  /// Of the exchange between the ranks.
  private var failure: TrainingError?

  init(
    from start: Int, to target: Int, of path: String, _ peers: TrainerPeers,
    _ isInterrupted: @escaping () -> Bool
  ) {
    last = start
    self.target = target
    self.path = path
    self.peers = peers
    self.isInterrupted = isInterrupted
  }

  /// Valid as long as this lives.
  var host: tuner_host {
    tuner_host(context: Unmanaged.passUnretained(self).toOpaque()) { context, budget in
      guard let context else { return 1 }
      return Unmanaged<StopQuestion>.fromOpaque(context).takeUnretainedValue().mustStop(at: Int(budget))
        ? 1 : 0
    }
  }

  /// The cumulative budget to which the plug-in has come.
  var reached: Int { stop ?? target }

  private func mustStop(at budget: Int) -> Bool {
    asked += 1
    if stop != nil { complaint = complaint ?? "that it trained on when must_stop had said so" }
    if budget <= last || budget > target {
      complaint = complaint ?? "that it had come from \(last) to \(budget) on the way to \(target)"
    }
    last = budget
    guard let sums = exchange(isInterrupted: isInterrupted(), budget: budget) else { return true }
    if sums.budgets != Double(budget) * (Double(peers.ranks) - sums.ended) {
      complaint = complaint ?? "\(budget) on rank \(peers.rank) when other ranks had come elsewhere"
    }
    if sums.ended > 0, sums.failed == 0 {
      complaint = complaint ?? "that it had ended on another rank when rank \(peers.rank) was at \(budget)"
    }
    guard sums.interrupted > 0 || sums.ended > 0 || sums.failed > 0, budget < target else { return false }
    stop = stop ?? budget
    return true
  }

  /// Waits until `train` has ended on all ranks. Collective.
  ///
  /// - Parameter own: of this rank's.
  /// - Throws: on every rank what has failed on the first of them.
  func end(_ own: TrainingError?) throws(TrainingError) {
    complaint = own == nil ? complaint : nil
    var isOver = failure != nil
    while !isOver {
      guard let sums = exchange(isFailed: own != nil, isEnded: true) else { break }
      isOver = sums.ended == Double(peers.ranks)
    }
    if let failure { throw failure }
    try peers.agree(
      own
        ?? complaint.map {
          .library("\(path): expected train to ask must_stop after each unit, on all ranks, found \($0)")
        })
  }

  private typealias Sums = (interrupted: Double, budgets: Double, failed: Double, ended: Double)

  /// - Returns: nil where the ranks do not meet.
  private func exchange(
    isInterrupted: Bool = false, budget: Int = 0, isFailed: Bool = false, isEnded: Bool = false
  ) -> Sums? {
    do throws(TrainingError) {
      if failure != nil { return nil }
      let isWrong = isFailed || complaint != nil
      let sums = try peers.sum([isInterrupted ? 1 : 0, Double(budget), isWrong ? 1 : 0, isEnded ? 1 : 0])
      return (sums[0], sums[1], sums[2], sums[3])
    } catch {
      failure = error
      return nil
    }
  }
}
