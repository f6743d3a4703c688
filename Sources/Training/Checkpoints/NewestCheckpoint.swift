internal import Foundation

/// The newest state that an interrupted job left in a directory.
public struct NewestCheckpoint: Sendable {
  /// Nil when there is none.
  public private(set) var found: (path: String, checkpoint: Checkpoint)?
  /// Files that were passed over because they are damaged: what was found in each.
  public private(set) var damaged: [TrainingError] = []

  /// Looks through the checkpoints of `directory` for the one of this job that came furthest and is whole:
  /// all of its checksums hold. A directory that is missing holds none.
  ///
  /// - Parameter prefix: what the names of its files begin with: others are not opened, which somebody may be deleting.
  /// - Throws: `TrainingError.library` when the system refuses to read.
  public init(of job: Int, in directory: String, named prefix: String = "") throws(TrainingError) {
    var candidates: [(path: String, progress: Progress)] = []
    for path in try Self.checkpoints(in: directory, prefix) {
      do throws(TrainingError) {
        let (metadata, progress) = try CheckpointFile.readMetadata(path)
        if metadata.job == job { candidates.append((path, progress)) }
      } catch .data(let path, let expected, let found, let remedy) {
        damaged.append(.data(path: path, expected: expected, found: found, remedy: remedy))
      }
    }
    candidates.sort { ($0.progress.step, $0.path) > ($1.progress.step, $1.path) }
    for candidate in candidates {
      do throws(TrainingError) {
        found = (candidate.path, try CheckpointFile.read(candidate.path))
        return
      } catch .data(let path, let expected, let found, let remedy) {
        damaged.append(.data(path: path, expected: expected, found: found, remedy: remedy))
      }
    }
  }

  private static func checkpoints(
    in directory: String, _ prefix: String
  ) throws(TrainingError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory)
        .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".h5") }.sorted().map { "\(directory)/\($0)" }
    } catch {
      // A trial's directory goes with its last file.
      guard FileManager.default.fileExists(atPath: directory) else { return [] }
      throw .library("\(directory): cannot be listed")
    }
  }
}
