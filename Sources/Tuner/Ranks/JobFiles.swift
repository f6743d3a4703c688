import Foundation
import MPI
import Search
import Synchronization
import Training

/// The checkpoints of a group's jobs, on its root: looks for what an interrupted job left, writes in the
/// background.
final class JobFiles {
  private let options: WorkerOptions
  private let writer = CheckpointWriter()
  private let patience: DiskPatience
  /// Held since before the first job: what comes to the same path later is not this run's.
  private let directory: HeldDirectory

  init(_ options: WorkerOptions) throws(TunerError) {
    self.options = options
    patience = DiskPatience(warn: options.warn)
    directory = try HeldDirectory(options.runDirectory)
  }

  /// What an earlier attempt at a job left: the newest whole state of it.
  func found(of job: Job) throws(TunerError) -> JobStart? {
    do throws(TrainingError) {
      let directory = CheckpointPaths.directory(of: job.trial)
      let newest = try NewestCheckpoint(
        of: job.id.rawValue, in: full(directory), named: CheckpointPaths.prefix(of: job.id)
      ).found
      return newest.map { path, checkpoint in
        JobStart(checkpoint, at: "\(directory)/\((path as NSString).lastPathComponent)")
      }
    } catch {
      throw TunerError(error, "the unfinished checkpoints of \(job.id)")
    }
  }

  /// Reads the checkpoint of a state.
  ///
  /// - Throws: `TunerError` when the system refuses; a file that is gone, damaged or another state's is a
  ///   lost state.
  func read(_ state: StateReference) throws(TunerError) -> JobOrigin {
    do throws(TrainingError) {
      let checkpoint = try CheckpointFile.read(full(state.checkpoint))
      let found = StateKey(trial: TrialID(checkpoint.metadata.trial), budget: checkpoint.metadata.target)
      guard found == state.key else { return .lost(LostState(state, because: "it holds \(found)")) }
      return .found(JobStart(checkpoint.snapshot, of: state, isCopy: false))
    } catch .data(_, let expected, let found, _) {
      return .lost(LostState(state, because: "expected \(expected), found \(found)"))
    } catch {
      try directory.check()
      throw TunerError(error, "\(state.key)")
    }
  }

  /// Starts to write a state of a job; training goes on meanwhile.
  func startWriting(
    _ snapshot: Snapshot, _ record: ModelRecord?, of job: Job, _ measurements: [Training.Measurement],
    isComplete: Bool,
    to path: String
  ) throws(TunerError) -> Saving {
    let metadata = CheckpointMetadata(
      study: options.study, trial: job.trial.rawValue, job: job.id.rawValue, target: job.target,
      budgetUnit: options.budgetUnit,
      origin: job.originState.map { .init(trial: $0.trial.rawValue, budget: $0.budget) },
      configuration: job.configuration.values.mapValues(HyperparameterValue.init), measurements: measurements,
      isComplete: isComplete)
    try directory.change(makeDirectory)
    let saving = Saving(path: path, in: directory)
    writer.write(
      Checkpoint(metadata: metadata, snapshot: snapshot, record: record), to: "\(directory.anchor)/\(path)",
      by: { [patience, directory] checkpoint, path throws(TrainingError) in
        try CheckpointFile.writeMakingDirectory(checkpoint, to: path) {
          patience.wait(because: directory.told($0))
        }
        patience.succeeded()
      }
    ) { saving.finish($0) }
    return saving
  }

  /// The states on the way that attempts at a job have left so far.
  func unfinished(of job: Job) -> [String] {
    let directory = CheckpointPaths.directory(of: job.trial)
    // What cannot be listed cannot be deleted either, and is swept when the run goes on another time.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: full(directory))) ?? []
    return names.filter { $0.hasPrefix(CheckpointPaths.prefix(of: job.id)) && $0.hasSuffix("unfinished.h5") }
      .sorted().map { "\(directory)/\($0)" }
  }

  /// The run ends: what a full disk does not take now, it never will.
  func stopWaitingForRoom() { patience.giveUp() }

  /// Waits until everything is written, or cannot be, but not for ever.
  func finishWriting(within seconds: Double) { _ = writer.finish(within: seconds) }

  /// Removes states on the way, once the reached one is durable.
  func delete(_ paths: [String]) throws(TunerError) {
    for path in paths { try RunFiles(directory).delete(path) }
  }

  /// What is to be done about a start whose state is of another trainer: the state is lost, or, if it was one
  /// that an earlier session left on the way, the job begins again without it.
  ///
  /// - Returns: the lost state; nil when the job can simply wait again.
  func discard(_ start: JobStart, because reason: String) throws(TunerError) -> LostState? {
    if let reference = start.reference { return LostState(reference, because: reason) }
    if let path = start.leftover { try RunFiles(directory).delete(path) }
    return nil
  }

  /// Makes the directory of all checkpoints; that of the trial is made by whoever writes into it. Never the
  /// run directory, which rank 0 made: where it is missing now, it was taken away.
  private func makeDirectory(in runDirectory: String) throws(TunerError) {
    let path = "\(runDirectory)/\(CheckpointPaths.directory)"
    guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw TunerError(
      .system, subject: path, expected: "to make this directory", found: String(cString: strerror(errno)),
      remedy: "Check the space and the permissions of the run directory.")
  }

  private func full(_ path: String) -> String { "\(options.runDirectory)/\(path)" }
}

/// A checkpoint that is being written by another thread.
final class Saving: Sendable {
  let path: String
  private let directory: HeldDirectory
  private let result = Mutex<Result<Void, TrainingError>?>(nil)

  init(path: String, in directory: HeldDirectory) {
    self.path = path
    self.directory = directory
  }

  /// Whether the writer still works on it.
  var isUnderWay: Bool { result.withLock { $0 == nil } }

  func finish(_ outcome: Result<Void, TrainingError>) { result.withLock { $0 = outcome } }

  /// True once it is durable.
  func isDurable() throws(TunerError) -> Bool {
    switch result.withLock({ $0 }) {
    case nil: return false
    case .success: return true
    case .failure(let error): throw try directory.reason(of: TunerError(error, path))
    }
  }
}

extension TunerError {
  /// An error of a checkpoint file.
  init(_ error: TrainingError, _ subject: String) {
    let kind: Kind = if case .data = error { .damaged } else { .system }
    self.init(
      kind, subject: subject, expected: "a checkpoint that can be written and read", found: error.description,
      remedy: "Check the space and the permissions of the run directory.")
  }
}
