public import JSON
public import Search

/// One line of the journal, less its checksum, number and time.
///
/// All but `session` are study records: for a synchronous scheduler their sequence is a function of the study
/// alone, whatever ran where and however often it was killed, `OutcomeRecord.work` left out.
public enum Record: Equatable, Sendable {
  /// The first line.
  case header(HeaderRecord)
  /// The scheduler issued a job.
  case job(JobRecord)
  /// An outcome was delivered to the scheduler.
  case outcome(OutcomeRecord)
  /// `population.h5` of this generation is durable.
  case population(PopulationRecord)
  /// The study is finished. A study that was extended afterwards has more lines after it.
  case finished(RunSummary)
  /// What happened to this run, and would not happen the same way twice.
  case session(SessionRecord)
}

public struct HeaderRecord: Codable, Equatable, Sendable {
  /// The newest journal format that this program reads and writes.
  public static let currentFormat = 1

  public var format: Int
  /// The program's version.
  public var program: String
  /// The study as run, seed included.
  public var study: JSONValue
  /// Whether a function takes the place of training; nil, and not written, where trials are trained.
  public var isSimulated: Bool?

  public init(
    format: Int = Self.currentFormat, program: String, study: JSONValue, isSimulated: Bool? = nil
  ) {
    self.format = format
    self.program = program
    self.study = study
    self.isSimulated = isSimulated
  }
}

public struct JobRecord: Codable, Equatable, Sendable {
  /// With the configuration that was proposed, or planned by an exploit.
  public var job: Job
  /// The trial's hyperparameters before this job; nil for a new trial, and when they stay as they were.
  public var previous: Configuration?

  public init(job: Job, previous: Configuration?) {
    self.job = job
    self.previous = previous
  }
}

public struct OutcomeRecord: Codable, Equatable, Sendable {
  public var outcome: Outcome
  public var measurements: [JobReport.Measurement]
  /// The hyperparameters in force, read back from the running trainer.
  public var effective: Configuration
  public var step: Int
  /// Relative to the run directory; nil when the job failed.
  public var checkpoint: String?
  /// Left out of a comparison.
  public var work: Work

  /// Who did it, and how long it took.
  public struct Work: Codable, Equatable, Sendable {
    public var group: GroupID
    public var seconds: Double

    public init(group: GroupID, seconds: Double) {
      self.group = group
      self.seconds = seconds
    }
  }

  public init(
    outcome: Outcome, measurements: [JobReport.Measurement], effective: Configuration, step: Int,
    checkpoint: String?, work: Work
  ) {
    self.outcome = outcome
    self.measurements = measurements
    self.effective = effective
    self.step = step
    self.checkpoint = checkpoint
    self.work = work
  }
}

public struct PopulationRecord: Codable, Equatable, Sendable {
  public var generation: Int
  public var members: [Population.Member]

  public init(generation: Int, members: [Population.Member]) {
    self.generation = generation
    self.members = members
  }
}

public enum SessionRecord: Codable, Equatable, Sendable {
  /// A program began to work on this journal: the first, or one that goes on.
  case started(program: String)
  /// How many samples the study's data has, as the session has read it.
  case data(SampleCounts)
  case groupReady(WorkerGroup)
  /// A report that must wait until earlier jobs are answered; kept so that a kill does not lose it.
  case arrived(JobReport)
  case groupLost(GroupID, job: JobID?, why: String)
  /// A group gets no more jobs, because of what its hosts lack.
  case groupSetAside(GroupID, job: JobID, why: String)
  /// A group gets jobs again: it was not to blame.
  case groupCleared(GroupID)
  /// A group begins to work on a job. Recorded only in a session that follows one which ended without a word.
  case assigned(JobID)
  /// A job's state on the way is durable. Recorded as `assigned` is.
  case saved(JobID)
  /// A checkpoint cannot be read.
  case stateLost(LostState)
  /// A job starts from another state than was planned, because that one is lost.
  case originReplaced(JobID, of: TrialID, planned: Origin, by: Origin)
  case stopRequested(StopReason)
  case stopped(StopReason)
  /// The experiment file was changed, by permission: from here on the study is this one.
  case studyChanged(study: JSONValue, changes: [String])
}
