import Dispatch
public import MPI
import Synchronization

/// What rank 0 does while all others wait for its answer, however long it takes.
///
/// Rank 0 works on a thread of its own; meanwhile its first thread sends a word now and then, well within the
/// others' patience. They stop waiting when the words stop, because rank 0 has died or hangs in MPI, and not
/// because a journal is long.
public enum RootWork {
  private enum Word: UInt8 { case atWork, answer }

  /// Rank 0's answer, on every rank. Collective over `world`.
  ///
  /// - Parameter work: done on rank 0 alone, on another thread; nothing that it holds is used meanwhile.
  /// - Throws: `MPIError` where no word of rank 0 came within the communicator's patience.
  public static func answer(
    toAllOf world: borrowing Communicator, from work: @escaping () -> [UInt8]
  ) throws(MPIError) -> [UInt8] {
    guard world.isRoot else {
      while true {
        let message = try world.broadcastBytes(nil)
        if message.first == Word.answer.rawValue { return Array(message.dropFirst()) }
      }
    }
    let running = Running(work)
    var nextWord = Deadline.seconds(secondsBetweenWords(patience: world.patience))
    var backOff = BackOff.sleeping(upTo: 1000)
    while true {
      if let answer = running.answer {
        _ = try world.broadcastBytes([Word.answer.rawValue] + answer)
        return answer
      }
      if nextWord.hasPassed {
        _ = try world.broadcastBytes([Word.atWork.rawValue])
        nextWord = .seconds(secondsBetweenWords(patience: world.patience))
      }
      backOff.pause()
    }
  }

  private static func secondsBetweenWords(patience: Double) -> Double { min(20, patience / 4) }

  /// Work on a thread of its own.
  private final class Running: @unchecked Sendable {
    // Used by the other thread alone, and done before the answer is there.
    private let work: () -> [UInt8]
    private let result = Mutex<[UInt8]?>(nil)

    init(_ work: @escaping () -> [UInt8]) {
      self.work = work
      DispatchQueue.global().async { [self] in
        let answer = self.work()
        result.withLock { $0 = answer }
      }
    }

    var answer: [UInt8]? { result.withLock { $0 } }
  }
}
