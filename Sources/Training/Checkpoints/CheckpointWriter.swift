internal import Dispatch
internal import Synchronization

/// Writes checkpoints on a thread of its own, one after the other in the order in which they came, so that
/// training does not wait for the disk.
public final class CheckpointWriter: Sendable {
  private let queue = DispatchQueue(label: "checkpoints")
  private let unfinished = DispatchGroup()
  private let count = Mutex(0)

  public init() {}

  /// Checkpoints that are not durable yet. Each one holds a snapshot in memory.
  public var pending: Int { count.withLock { $0 } }

  /// Takes over a checkpoint to be written to `path`.
  ///
  /// - Parameters:
  ///   - save: writes the file.
  ///   - completion: called on the writer's thread once the file is durable, or has failed.
  public func write(
    _ checkpoint: Checkpoint, to path: String,
    by save: @escaping @Sendable (Checkpoint, String) throws(TrainingError) -> Void = CheckpointFile.write,
    completion: @escaping @Sendable (Result<Void, TrainingError>) -> Void
  ) {
    count.withLock { $0 += 1 }
    queue.async(group: unfinished) { [self] in
      let result: Result<Void, TrainingError>
      do throws(TrainingError) {
        result = .success(try save(checkpoint, path))
      } catch {
        result = .failure(error)
      }
      count.withLock { $0 -= 1 }
      completion(result)
    }
  }

  /// Waits until everything that was taken over is durable or has failed, completions included.
  ///
  /// - Returns: false when that takes longer than `seconds`.
  public func finish(within seconds: Double) -> Bool {
    unfinished.wait(timeout: .now() + seconds) == .success
  }
}
