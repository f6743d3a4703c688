import Reports
public import Search
public import Tuner

/// A study as its journal tells it, with who did which job when.
public struct ExportedStudy: Sendable {
  public let history: History
  /// In the order of their numbers.
  public let jobs: [ExportedJob]
  /// What happened to the run as a whole, in the order of time.
  let events: [Event]
  /// Of the ranks that worked, the newest session's last.
  public let groups: [WorkerGroup]
  /// Seconds since 1970 of the first line and of the last.
  public let begun, newest: Double
  /// The hyperparameters: the space's, in its order, then any that only a configuration has.
  let parameterNames: [String]
  /// All metrics that were measured: the objective's first, the others by name.
  let metricNames: [String]

  struct Event: Sendable {
    var time: Double
    var text: String
  }

  /// - Throws: `TunerError` where the journal has no study, or its records contradict each other.
  public init(_ contents: JournalContents) throws(TunerError) {
    history = try History(contents)
    var fold = JobFold()
    for line in contents.lines { fold.take(line) }
    (begun, newest) = (fold.begun ?? 0, fold.newest)
    (events, groups) = (fold.events, fold.groups)
    (parameterNames, metricNames) = (history.parameterNames, history.metricNames)
    let (history, folded) = (history, fold.jobs)
    jobs = history.trials.flatMap(\.segments).sorted { $0.job.id < $1.job.id }.map { segment in
      ExportedJob(segment, folded[segment.job.id] ?? JobFold.Entry(given: 0))
    }
  }

  /// The jobs of each trial, in their order.
  var trials: [[ExportedJob]] {
    let jobs = Dictionary(grouping: jobs) { $0.segment.job.trial.rawValue }
    return history.trials.indices.map { jobs[$0] ?? [] }
  }

  /// The first objective's metric, with its own sign; nil of a job that failed or is at work.
  func score(of job: ExportedJob) -> Double? { history.score(of: job.segment) }

  /// Such as `17 -> 9 epochs`.
  func title(of job: ExportedJob) -> String {
    "trial \(job.segment.job.trial.rawValue) to \(job.segment.job.target) \(history.budgetUnit)"
  }
}

/// A job, and the work on it.
public struct ExportedJob: Sendable {
  public let segment: TrialHistory.Segment
  /// Seconds since 1970; nil while it is at work.
  public let start, end: Double?
  /// On the study's clock, which stands still between sessions: seconds since it began; nil while it is at work.
  public let clock: ClosedRange<Double>?
  public let work: OutcomeRecord.Work?
  /// Optimizer steps that the trial has done; nil while the job is at work.
  public let step: Int?
  /// Relative to the run directory; nil where nothing was kept.
  public let checkpoint: String?

  init(_ segment: TrialHistory.Segment, _ entry: JobFold.Entry) {
    self.segment = segment
    (work, step, checkpoint) = (entry.work, entry.step, entry.checkpoint)
    let end = entry.arrived ?? entry.recorded
    let start = end.map { max(entry.given, $0 - (entry.work?.seconds ?? 0)) }
    (self.start, self.end) = (start, end)
    if let start, let end, let recorded = entry.recorded, let finished = segment.finishedAt {
      let beginning = recorded - finished
      clock = max(0, start - beginning)...max(0, start - beginning, end - beginning)
    } else {
      clock = nil
    }
  }

  /// When a measurement was made, if work went on evenly; nil while the job is at work.
  func time(of measurement: TrialHistory.Measurement) -> Double? {
    guard let start, let end else { return nil }
    let (from, to) = (segment.job.origin.budget, segment.job.target)
    let share = to > from ? Double(measurement.budget - from) / Double(to - from) : 1
    return start + (end - start) * min(max(share, 0), 1)
  }
}

/// Gathers what the history leaves out.
struct JobFold {
  struct Entry {
    /// When it was given out.
    var given: Double
    /// When its report came, where that had to wait.
    var arrived: Double?
    var recorded: Double?
    var work: OutcomeRecord.Work?
    var step: Int?
    var checkpoint: String?
  }

  var jobs: [JobID: Entry] = [:]
  var events: [ExportedStudy.Event] = []
  var groups: [WorkerGroup] = []
  var begun: Double?
  var newest = 0.0

  mutating func take(_ line: JournalLine) {
    begun = begun ?? line.time
    newest = line.time
    switch line.record {
    case .job(let record): jobs[record.job.id] = Entry(given: line.time)
    case .outcome(let record):
      jobs[record.outcome.job]?.recorded = line.time
      jobs[record.outcome.job]?.work = record.work
      jobs[record.outcome.job]?.step = record.step
      jobs[record.outcome.job]?.checkpoint = record.checkpoint
    case .session(let record): take(record, at: line.time)
    case .population(let record): note("generation \(record.generation)", at: line.time)
    case .header, .finished: break
    }
  }

  private mutating func take(_ record: SessionRecord, at time: Double) {
    switch record {
    case .started(let program): note("started by tuner-mpi \(program)", at: time)
    case .groupReady(let group):
      groups.removeAll { $0.id == group.id }
      groups.append(group)
    case .arrived(let report): jobs[report.job]?.arrived = time
    case .groupLost(let group, _, let why): note("\(group) lost: \(why)", at: time)
    case .groupSetAside(let group, _, let why): note("\(group) set aside: \(why)", at: time)
    case .groupCleared(let group): note("\(group) works again", at: time)
    case .stopped: note("stopped", at: time)
    case .studyChanged(_, let changes): note("changed: \(changes.joined(separator: "; "))", at: time)
    case .data, .assigned, .saved, .stateLost, .originReplaced, .stopRequested: break
    }
  }

  private mutating func note(_ text: String, at time: Double) {
    events.append(ExportedStudy.Event(time: time, text: text))
  }
}
