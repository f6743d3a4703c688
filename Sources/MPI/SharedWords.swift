import Synchronization

/// Numbers that all ranks of a node read and write at any time, each whole. Where the node cannot share
/// memory, every rank has numbers of its own.
///
/// A load acquires and a store releases (as C++'s memory orders do): who sees a number sees what its writer
/// stored before.
public final class SharedWords: @unchecked Sendable {
  private let memory: AnyObject
  private let words: UnsafeMutablePointer<Atomic<Int64>>

  public let count: Int

  /// False when each rank has its own.
  public let isShared: Bool

  /// Zeros, on all ranks of `node`, which must share memory (`Communicator.splitByNode`). Collective over
  /// `node`; letting go of them is local.
  ///
  /// - Parameters:
  ///   - count: the same on every rank.
  ///   - limits: the same on every rank.
  public init(
    count: Int, on node: borrowing Communicator, limits: SharingLimits = SharingLimits(),
    deadline: Deadline? = nil
  ) throws(MPIError) {
    let shared = try NodeMemory.make(
      count * MemoryLayout<Int64>.stride, limits, writtenBy: .all, on: node,
      deadline: node.deadline(deadline))
    self.count = count
    isShared = shared != nil
    if let shared {
      (memory, words) = (shared, shared.base.bindMemory(to: Atomic<Int64>.self, capacity: count))
    } else {
      let own = OwnWords(count)
      (memory, words) = (own, own.words)
    }
  }

  /// Zeros of this process alone.
  public init(count: Int) {
    self.count = count
    isShared = false
    let own = OwnWords(count)
    (memory, words) = (own, own.words)
  }

  public subscript(index: Int) -> Int64 {
    get {
      precondition((0..<count).contains(index))
      return words[index].load(ordering: .acquiring)
    }
    set {
      precondition((0..<count).contains(index))
      words[index].store(newValue, ordering: .releasing)
    }
  }
}

private final class OwnWords {
  let words: UnsafeMutablePointer<Atomic<Int64>>

  init(_ count: Int) {
    words = .allocate(capacity: max(count, 1))
    for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
  }

  deinit { words.deallocate() }
}
