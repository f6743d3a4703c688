import Randomness
import Search
import Training
import Tuner

extension Study {
  static func test(seed: UInt64 = 7, name: String = "test") -> Study {
    Study(
      name: name, seed: seed, objective: Objective(metric: "dev_accuracy", goal: .maximize),
      space: SearchSpace([Parameter(name: "x", domain: .float(low: 0, high: 10, scale: .linear))]),
      sampler: .random, scheduler: .full(FullRunOptions(trials: 1, budget: 1)))
  }
}

extension VirtualTraining {
  /// Costs that depend on trial, budget and x; durations by `seconds`, 1 to 2 by default.
  static func test(
    diverging: @escaping @Sendable (Job) -> Bool = { _ in false },
    seconds: @escaping @Sendable (Job, inout CounterGenerator) -> Double = { _, random in
      1 + random.nextUniform()
    }
  ) -> VirtualTraining {
    VirtualTraining(
      seconds: { job, _, random in seconds(job, &random) },
      cost: { job, _ in
        guard case .number(let x) = job.configuration["x"], !diverging(job) else { return .infinity }
        let wobble = Double(job.id.rawValue * 7919 % 13)
        return (x - 0.6) * (x - 0.6) + 1 / Double(job.target) + 1e-3 * wobble
      })
  }
}

/// A study on virtual groups, from a journal's bytes on, to its end or to a kill.
struct Simulation {
  var study = Study.test()
  var scheduler: any Scheduler
  var sampler: any Sampler = FollowingSampler()
  var groups = 3
  var training = VirtualTraining.test()
  var losses: [(time: Double, group: GroupID)] = []
  /// The journal and the files of the sessions before.
  var journal: [UInt8] = []
  var checkpoints: Set<String> = []
  /// Of these, what somebody deleted or damaged.
  var purged: Set<String> = []
  var secondsToSave = 0.0
  var secondsToSaveState = 0.0
  var fault: @Sendable (Job, GroupID) -> Fault? = { _, _ in nil }
  /// The session is killed at this call of the cluster.
  var killedAtCall = Int.max
  /// Whoever begins to work on one of these jobs kills the session.
  var killers: Set<JobID> = []
  var stopRequest: () -> StopReason? = { nil }
  var allowingChanges = false

  /// What a session left.
  struct Remains {
    var journal: [UInt8]
    var checkpoints: Set<String>
    var mostCheckpoints: Int
    var population: Population?
    /// Nil when the session was killed.
    var result: RunResult?
    var calls: Int
    /// Bytes of the journal on which the session had acted when it ended; a kill may have left no more than
    /// these.
    var actedOn: Int

    var contents: JournalContents {
      get throws { try JournalContents(bytes: journal, path: "journal.jsonl") }
    }
    var studyRecords: [Record] { get throws { try contents.lines.studyRecords } }
    /// In the order in which they were issued.
    var jobs: [JobRecord] {
      get throws { try studyRecords.compactMap { if case .job(let record) = $0 { record } else { nil } } }
    }
    /// By job.
    var outcomes: [OutcomeRecord] {
      get throws {
        try studyRecords.compactMap { if case .outcome(let record) = $0 { record } else { nil } }
          .sorted { $0.outcome.job < $1.outcome.job }
      }
    }
  }

  func controller() throws -> Controller {
    let contents = try JournalContents(bytes: journal, path: "journal.jsonl")
    return try Controller(
      resuming: contents, study, scheduler: scheduler, sampler: sampler,
      allowingChanges: allowingChanges)
  }

  func run() throws -> Remains {
    var controller = try controller()
    var cluster = MortalCluster(
      SimulatedCluster(study, groups: groups, training: training, checkpoints: checkpoints, losses: losses),
      callsLeft: killedAtCall, killers: killers)
    cluster.base.secondsToSave = secondsToSave
    cluster.base.secondsToSaveState = secondsToSaveState
    cluster.base.fault = fault
    cluster.base.purged = purged
    var log = try Journal(inMemoryAfter: journal)
    let settled = Counter(try JournalContents(bytes: journal, path: "journal.jsonl").lines.count)
    var result: RunResult?
    // `catch let error where error == ...` sends the compiler (Swift 6.3.1) into an endless loop here.
    do throws(TunerError) {
      result = try Tuner.run(
        &controller, on: &cluster, recording: &log,
        RunOptions(
          program: "test", stopRequest: stopRequest, observe: { settled.value += $0.records.count }))
    } catch {
      guard error == MortalCluster.death else { throw error }
    }
    return Remains(
      journal: log.bytes, checkpoints: cluster.base.checkpoints,
      mostCheckpoints: cluster.base.mostCheckpoints,
      population: cluster.base.population, result: result, calls: cluster.calls,
      actedOn: cluster.hasActedSinceEvents
        ? log.bytes.count : Self.bytes(ofLines: settled.value, in: log.bytes))
  }

  private final class Counter {
    var value: Int
    init(_ value: Int) { self.value = value }
  }

  static func bytes(ofLines count: Int, in journal: [UInt8]) -> Int {
    let ends = journal.indices.filter { journal[$0] == UInt8(ascii: "\n") }
    return count == 0 ? 0 : ends[count - 1] + 1
  }
}

/// A cluster that dies, with everybody on it, at a given call.
struct MortalCluster: Cluster {
  static let death = TunerError(
    .system, subject: "test", expected: "life", found: "SIGKILL", remedy: "Resume.")

  var base: SimulatedCluster
  var callsLeft: Int
  let killers: Set<JobID>
  private(set) var calls = 0
  private(set) var hasActedSinceEvents = false

  init(_ base: SimulatedCluster, callsLeft: Int, killers: Set<JobID> = []) {
    self.base = base
    self.callsLeft = callsLeft
    self.killers = killers
  }

  var now: Double { base.now }

  private mutating func count() throws(TunerError) {
    if callsLeft == 0 { throw Self.death }
    callsLeft -= 1
    calls += 1
    hasActedSinceEvents = true
  }

  mutating func nextEvents(within seconds: Double) throws(TunerError) -> [Event] {
    try count()
    hasActedSinceEvents = false
    return try base.nextEvents(within: seconds)
  }
  mutating func assign(_ assignment: Assignment) throws(TunerError) {
    try count()
    if killers.contains(assignment.job.id) { throw Self.death }
    try base.assign(assignment)
  }
  mutating func release(_ states: [StateKey], on group: GroupID) throws(TunerError) {
    try count()
    try base.release(states, on: group)
  }
  mutating func stop(_ group: GroupID) throws(TunerError) {
    try count()
    try base.stop(group)
  }
  mutating func save(_ population: Population) throws(TunerError) {
    try count()
    try base.save(population)
  }
  mutating func deleteCheckpoint(_ path: String) throws(TunerError) {
    try count()
    try base.deleteCheckpoint(path)
  }
  mutating func sweepCheckpoints(keeping: [String], unfinished: [Job]) throws(TunerError) {
    try count()
    try base.sweepCheckpoints(keeping: keeping, unfinished: unfinished)
  }
  mutating func shutDown() throws(TunerError) {
    try count()
    try base.shutDown()
  }
}
