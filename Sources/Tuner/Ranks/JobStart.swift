import MPI
import Search
import Training

/// What looking for the state that a job starts from came to.
enum JobOrigin {
  case found(JobStart)
  /// Its checkpoint is gone or damaged.
  case lost(LostState)
}

/// Where a job starts.
struct JobStart {
  /// Nil for fresh weights.
  var state: Snapshot?
  /// Where the state came from, unless it is one on the way.
  private(set) var reference: StateReference?
  /// Whether this session has made the state: then it is of this study's own trainer.
  private(set) var isCopy = false
  /// The file that an earlier session left of this job; nil where there is none.
  private(set) var leftover: String?
  /// What an earlier session measured at the job's target, when only its report was lost. It cannot be
  /// measured again: the training metrics count from the last measurement.
  var reached: (measurement: Training.Measurement, checkpoint: String)?

  static let fresh = JobStart()

  init() {}

  /// - Parameter isCopy: whether the state is from a memory, and not from its file.
  init(_ state: Snapshot, of reference: StateReference, isCopy: Bool) {
    (self.state, self.reference, self.isCopy) = (state, reference, isCopy)
  }

  /// What an earlier session left of a job.
  init(_ found: Checkpoint, at path: String) {
    (state, leftover) = (found.snapshot, path)
    if found.metadata.isComplete, let measurement = found.metadata.measurements.last {
      reached = (measurement, path)
    }
  }
}

extension JobReport {
  init(failureOf job: Job, on group: GroupID, because reason: String, since start: ContinuousClock.Instant) {
    self.init(
      job: job.id, trial: job.trial, group: group, result: .failed(reason: reason), measurements: [],
      effective: Configuration(), step: 0, stateBytes: 0, seconds: start.secondsUntilNow)
  }

  init(
    reaching snapshot: Snapshot, by job: Job, on group: GroupID, _ measurement: Training.Measurement,
    _ effective: Configuration, at checkpoint: String, since start: ContinuousClock.Instant
  ) {
    self.init(
      job: job.id, trial: job.trial, group: group, result: .reached(checkpoint: checkpoint),
      measurements: [Measurement(budget: measurement.budget, metrics: measurement.metrics)],
      effective: effective,
      step: snapshot.progress.step, stateBytes: snapshot.byteCount, seconds: start.secondsUntilNow)
  }
}
