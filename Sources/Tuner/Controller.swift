import JSON
public import Search

/// All decisions of rank 0: events in, commands out. A value that knows no MPI, clock or file.
///
/// Its state is a fold: of the events in a live run, of the journal's records on a resume (`Replay.swift`).
/// Every event costs O(1), apart from the sampler's and the scheduler's own work and the idle groups that
/// look for a job.
///
/// - A synchronous scheduler's jobs are issued as early as they can be, and its outcomes are delivered in the
///   order of the jobs, so the sequence of study records does not depend on which group was faster.
/// - An asynchronous scheduler's jobs are issued when a group is idle, and its outcomes delivered as they
///   come.
public struct Controller: Sendable {
  enum Phase: Equatable, Sendable {
    /// Made, from nothing or from a journal; `start` comes next.
    case ready
    case running
    case stopping(StopReason)
    case ended(RunSummary)
  }

  /// A job that loses this many groups of ranks is taken for their killer (out of memory, most likely): it
  /// fails.
  public static let lossesPerJob = 3

  let study: JSONValue
  let objective: Objective
  var search: SearchDriver
  var placement: Placement
  var retention = Retention()
  var phase = Phase.ready
  /// Issued and not answered.
  var unfinished: [JobID: Job] = [:]
  /// Reports that wait until earlier jobs are answered or a population is saved.
  var arrived: [JobID: JobReport] = [:]
  /// Their jobs, in the order of arrival; may hold jobs that have been answered.
  var arrivalOrder: [JobID] = []
  /// How many jobs were answered; of a synchronous scheduler the number of the next one to be.
  public internal(set) var answered = 0
  /// A complete generation that is not durable yet.
  var comingPopulation: Population?
  var newestGeneration: Int?
  var losses: [JobID: Int] = [:]
  var launches = Launches()
  var suspicions = Suspicions()
  var streak = FailureStreak()
  var standings: Standings
  /// Of a study with several objectives: what nothing dominates.
  var front = StudyFront()
  /// What `start` records when this run goes on from a journal; nil when it is the first.
  var resumption: Resumption?
  /// The checkpoints of what the journal last called its result.
  var recordedResults: [String] = []

  struct Best: Sendable {
    /// Of several replicates the one that was answered last: whose weights are kept must not depend on luck.
    var reached: Job
    /// The trial, of which these replicates are.
    var ranked: TrialID
    /// Of several replicates the mean.
    var costs: CostVector
    /// Of the first objective's mean; nil without replicates.
    var standardError: Double?
    var checkpoint: String
    /// Of several replicates on average; nil in a study without limits.
    var brokenLimits: [BrokenLimit]?
    /// Of several replicates the mean; nil where it was not measured.
    var devLoss: Double?
    /// Of the first objective over other samples of the dev split's kind; nil where it was not measured.
    var samplingError: Double?
  }

  struct Resumption: Sendable {
    /// The changes to the study since the journal was last written, one line each.
    var changes: [String]
  }

  /// - Parameter memoryPerGroup: bytes of reached states that the root of each group keeps for clones and
  ///   resumes; what does not fit is read from its checkpoint.
  public init(
    _ study: Study, scheduler: any Scheduler, sampler: any Sampler, memoryPerGroup: Int = 1 << 30
  ) throws(TunerError) {
    self.study = try study.document()
    objective = study.objective
    search = SearchDriver(
      seed: study.seed, space: study.space, scheduler: scheduler, sampler: sampler,
      starting: study.firstTried,
      trainsAnew: study.fidelity != nil, replicates: study.replication,
      replicatesAreFolds: study.crossValidation == true)
    standings = Standings(study.objective, study.replication)
    placement = Placement(memoryPerGroup: memoryPerGroup)
  }

  /// The first commands of a session; called once, before the first event.
  ///
  /// - Parameters: as of `RunOptions`.
  public mutating func start(
    program: String, samples: SampleCounts? = nil, isSimulated: Bool = false
  ) throws(TunerError) -> [Command] {
    let kept = Set(keptCheckpoints + recordedResults).sorted()
    let sweep = Command.sweepCheckpoints(keeping: kept, unfinished: unfinishedJobs)
    if case .ended(let summary) = phase { return [sweep, .finish(summary)] }
    var commands: [Command] = []
    if let resumption {
      commands.append(.append(.session(.started(program: program))))
      if !resumption.changes.isEmpty {
        commands.append(.append(.session(.studyChanged(study: study, changes: resumption.changes))))
      }
      commands.append(sweep)
      failConvictedJobs(&commands)
    } else {
      let header = HeaderRecord(program: program, study: study, isSimulated: isSimulated ? true : nil)
      commands.append(.append(.header(header)))
      commands.append(.append(.session(.started(program: program))))
    }
    if let samples { commands.append(.append(.session(.data(samples)))) }
    phase = .running
    // An earlier session may have been killed while it saved this.
    let unsaved = comingPopulation
    try advance(&commands)
    if let unsaved { commands.append(.savePopulation(unsaved)) }
    return commands
  }

  /// Takes an event and answers what is to be done about it.
  public mutating func handle(_ event: Event) throws(TunerError) -> [Command] {
    if case .ended = phase { return [] }
    var commands: [Command] = []
    switch event {
    case .groupReady(let group):
      commands.append(.append(.session(.groupReady(group))))
      placement.add(group.id)
      suspicions.add(group)
    case .released(let group, let job, let stateBytes, _):
      try release(group, from: job, stateBytes, &commands)
    case .reported(let report):
      try accept(report, &commands)
    case .faulted(let group, let job, let fault):
      try take(fault, of: job, on: group, &commands)
    case .groupLost(let group, let why):
      try lose(group, why, &commands)
    case .stopRequested(let reason):
      stop(because: reason, &commands)
    case .groupStopped(let group):
      placement.stopped(group)
    case .midJobSaved(_, let job):
      noteProgress(of: job, &commands)
    case .stateLost(let group, let lost):
      lose(lost, on: group, &commands)
    case .populationSaved(let generation):
      try populationSaved(generation, &commands)
    case .stopOverdue:
      if case .stopping(let reason) = phase { end(because: reason, &commands) }
    }
    try advance(&commands)
    return commands
  }

  /// Does all that has become possible: delivers, issues, places, forgets, ends.
  private mutating func advance(_ commands: inout [Command]) throws(TunerError) {
    if case .ended = phase { return }
    // An asynchronous study decides by all that has arrived. A synchronous one issues first whatever does not
    // wait for an outcome, so that no proposal depends on which outcome came first.
    if !search.isSynchronous { while try deliverNext(&commands) {} }
    repeat { try issue(&commands) } while try deliverNext(&commands)
    if phase == .running {
      for assignment in try placement.place(retention) { assign(assignment, &commands) }
    }
    for (group, states) in placement.release(retention.takeReleases()) {
      commands.append(.release(states, group: group))
    }
    for checkpoint in retention.takeDeletions() { commands.append(.deleteCheckpoint(checkpoint)) }
    try endIfPossible(&commands)
  }
}

extension Controller {
  /// What the run would end with now. O(trials).
  public func summary(_ ending: RunSummary.Ending) -> RunSummary {
    let tied = standings.ranking.tied
    return RunSummary(
      ending: ending,
      best: standings.ranking.winner.map { best in
        RunSummary.Best(
          trial: best.reached.trial, budget: best.budget, score: objective.score(of: best.costs.costs[0]),
          configuration: best.reached.configuration, checkpoint: best.checkpoint,
          standardError: best.standardError, samplingError: best.samplingError,
          brokenLimits: best.brokenLimits, tied: tied > 1 ? tied : nil)
      },
      front: front.summary(objective),
      trials: search.trials.count, jobs: answered, failedTrials: search.failedTrials,
      baseline: baseline)
  }

  private var baseline: RunSummary.Baseline? {
    guard !search.baselineReadings.isEmpty else { return nil }
    let winner = standings.ranking.winner
    return BaselineComparison(
      baseline: search.baselineReadings,
      winning: winner.map { .init(budget: $0.budget, cost: $0.costs.costs[0]) },
      readings: winner.flatMap { search.readings[$0.ranked] } ?? []
    ).map { RunSummary.Baseline($0, objective) }
  }

  /// Issued jobs without an answer, in the order of issue.
  public var unfinishedJobs: [Job] { unfinished.values.sorted { $0.id < $1.id } }

  /// Jobs of which one may have ended earlier sessions: each is given out when nothing else is at work. Jobs
  /// known to have ended them are not among these; they fail.
  public var suspects: [Job] {
    unfinishedJobs.filter { job in
      arrived[job.id] == nil && launches.isSuspect(job.id) && !launches.isConvicted(job.id)
    }
  }

  /// Every checkpoint that must stay, those of reports that wait for delivery included; sorted.
  public var keptCheckpoints: [String] {
    let waiting = arrived.values.compactMap { report in
      if case .reached(let checkpoint) = report.result { checkpoint } else { nil }
    }
    return (retention.keptCheckpoints + waiting).sorted()
  }

  /// Groups that are there, and how many of them are at work.
  public var groupCounts: (all: Int, busy: Int) { (placement.groupCount, placement.busyGroupCount) }
}

extension Controller.Best: Rankable {
  var job: JobID { reached.id }
  var budget: Int { reached.target }
}
