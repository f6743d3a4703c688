import Randomness
import Search

/// Drives a scheduler as the controller does, without ranks, clocks or files, and checks each of its jobs.
///
/// A synchronous scheduler's jobs are issued as early as they can be, and its outcomes delivered in the order
/// of the jobs; an asynchronous one's jobs are issued when a worker is idle, and its outcomes delivered in a
/// random order.
struct VirtualStudy {
  enum Entry: Equatable {
    case job(Job)
    case outcome(Outcome)
  }

  /// A violated contract, in words.
  struct Violation: Error, CustomStringConvertible { var description: String }

  var scheduler: any Scheduler
  let seed: UInt64
  var workers = 4
  /// What the training of a job would report.
  var result: (Job) -> Outcome.Result
  /// By how much the job breaks the study's limits.
  var violation: (Job) -> Double = { _ in 0 }
  /// Costs of further objectives.
  var furtherCosts: (Job) -> [Double] = { _ in [] }
  var proposals = VirtualStudy.randomProposals
  /// What a sampler with an opinion would choose of the trials that are paused, by the number of the job.
  var choices: (JobID, TrialID, [PausedTrial], UInt64) -> NextTrial? = { _, _, _, _ in nil }
  /// What is paused are configurations, each of so many trials.
  var replicates = Replicates(1)
  /// Hyperparameters that may change when a trial goes on from its own state.
  var changesOnResume: Set<String> = []
  /// Called before every decision: a test may store and reload the scheduler, or stop by throwing.
  var beforeEachCall: (inout any Scheduler) throws -> Void = { _ in }

  private(set) var log: [Entry] = []
  private var issued = 0
  private var unfinished: [Job] = []
  private var trials: [Trial] = []

  private struct Trial {
    var configuration: Configuration
    /// Reached budgets, ascending.
    var reached: [Int] = []
    var isBusy = true
    var hasFailed = false
    var isAbandoned = false
  }

  init(_ scheduler: any Scheduler, seed: UInt64, result: @escaping (Job) -> Outcome.Result) {
    self.scheduler = scheduler
    self.seed = seed
    self.result = result
  }

  var jobs: [Job] {
    log.compactMap { if case .job(let job) = $0 { job } else { nil } }
  }

  /// Runs to the end.
  mutating func run() throws {
    var order = CounterGenerator(seed: seed, purpose: .simulation, index: 1)
    while true {
      while scheduler.isSynchronous || unfinished.count < workers, try issue() {}
      guard !unfinished.isEmpty else { break }
      let next = scheduler.isSynchronous ? 0 : Int(order.nextUniform() * Double(unfinished.count))
      try answer(unfinished.remove(at: next))
    }
    try require(scheduler.isFinished, "the scheduler is finished when it has no job and none is at work")
  }

  /// Repeats what another study did: the same calls, which must give the same jobs.
  mutating func replay(_ entries: [Entry]) throws {
    for entry in entries {
      switch entry {
      case .job(let job):
        try require(try issue(), "a job where \(job.id) was issued before")
        try require(
          unfinished.last == job, "\(job) again, found \(unfinished.last.map { "\($0)" } ?? "none")")
      case .outcome(let outcome):
        guard let place = unfinished.firstIndex(where: { $0.id == outcome.job }) else {
          throw Violation(description: "\(outcome.job) is not at work")
        }
        try answer(unfinished.remove(at: place), outcome.result)
      }
    }
  }

  private mutating func issue() throws -> Bool {
    try beforeEachCall(&scheduler)
    let mustBeLast = scheduler.isFinished
    let (seed, proposals, choices, number) = (seed, proposals, choices, JobID(issued))
    var offered: [PausedTrial] = []
    let job = try scheduler.nextJob { trial in
      proposals(trial, seed)
    } choosing: { trial, paused in
      offered = paused
      return choices(number, trial, paused, seed)
    }
    try check(offered)
    guard let job else { return false }
    try require(!mustBeLast, "no job after the scheduler was finished, found \(job)")
    try check(job)
    log.append(.job(job))
    issued += 1
    unfinished.append(job)
    return true
  }

  private mutating func answer(_ job: Job, _ recorded: Outcome.Result? = nil) throws {
    try beforeEachCall(&scheduler)
    let outcome = Outcome(
      job: job.id, trial: job.trial, result: recorded ?? result(job), furtherCosts: furtherCosts(job),
      violation: violation(job))
    let place = job.trial.rawValue
    trials[place].isBusy = false
    trials[place].hasFailed = outcome.hasFailed
    if !outcome.hasFailed { trials[place].reached.append(job.target) }
    log.append(.outcome(outcome))
    try scheduler.observe(outcome)
    for trial in scheduler.takeAbandoned() {
      try require(trials.indices.contains(trial.rawValue), "a known trial to be abandoned, found \(trial)")
      try require(!trials[trial.rawValue].isAbandoned, "\(trial) to be abandoned once")
      try require(!trials[trial.rawValue].isBusy, "\(trial) at work not to be abandoned")
      trials[trial.rawValue].isAbandoned = true
    }
  }

  /// Trials whose states the scheduler has not given up.
  var kept: [TrialID] { trials.indices.filter { !trials[$0].isAbandoned }.map { TrialID($0) } }

  private func check(_ offered: [PausedTrial]) throws {
    try require(Set(offered.map(\.trial)).count == offered.count, "each paused trial once")
    for paused in offered {
      try require(paused.remaining > 0, "a paused trial to have a way to go, found \(paused)")
      for number in 0..<replicates.count {
        let place = replicates.trial(number, of: paused.trial).rawValue
        try require(trials.indices.contains(place), "a known trial to be paused, found \(paused)")
        let trial = trials[place]
        try require(
          !trial.isBusy && !trial.hasFailed && !trial.isAbandoned && !trial.reached.isEmpty,
          "a trial that can go on to be paused, found \(paused)")
        try require(paused.configuration == trial.configuration, "the configuration of \(paused.trial)")
      }
    }
  }

  private mutating func check(_ job: Job) throws {
    try require(job.id == JobID(issued), "job \(issued), found \(job.id)")
    try VirtualStudy.space.validate(job.configuration)
    try require(job.target > job.origin.budget, "a target above the origin, found \(job)")
    let place = job.trial.rawValue
    if case .fresh = job.origin {
      try require(place == trials.count, "a fresh job for the next trial, found \(job)")
      trials.append(Trial(configuration: job.configuration))
      return
    }
    try require(trials.indices.contains(place), "a known trial, found \(job)")
    let trial = trials[place]
    try require(!trial.isBusy, "one job at a time of a trial, found \(job)")
    switch job.origin {
    case .resume(let budget):
      try require(!trial.isAbandoned, "no job from an abandoned trial, found \(job)")
      try require(!trial.hasFailed, "no further job from a failed trial's own state, found \(job)")
      try require(trial.reached.last == budget, "a resume from the newest state, found \(job)")
      let (before, after) = (trial.configuration.values, job.configuration.values)
      let kept = Set(before.keys).union(after.keys).subtracting(changesOnResume)
      try require(
        kept.allSatisfy { before[$0] == after[$0] }, "a resume with the same configuration, found \(job)")
    case .fork(let parent, let budget):
      try require(!trials[parent.rawValue].isAbandoned, "no fork of an abandoned trial, found \(job)")
      try require(parent != job.trial, "a fork of another trial, found \(job)")
      try require(trials[parent.rawValue].reached.contains(budget), "a fork of a reached state, found \(job)")
    case .fresh: break
    }
    trials[place].isBusy = true
    trials[place].configuration = job.configuration
  }

  private func require(_ condition: Bool, _ expected: String) throws {
    if !condition { throw Violation(description: "expected \(expected)") }
  }
}

extension Outcome {
  var hasFailed: Bool {
    if case .failed = result { true } else { false }
  }
}

extension VirtualStudy {
  /// Floats, integers, choices, a condition; `learning_rate` and `momentum` are `mutable`.
  static let space = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 1e-4, high: 1, scale: .log)),
    Parameter(name: "width", domain: .integer(low: 8, high: 64, scale: .log)),
    Parameter(name: "optimizer", domain: .categorical([.text("sgd"), .text("lamb")])),
    Parameter(
      name: "momentum", domain: .float(low: 0, high: 0.99, scale: .linear),
      condition: Condition(parameter: "optimizer", values: [.text("sgd")])),
  ])
  static let mutable: Set<String> = ["learning_rate", "momentum"]

  static func randomProposals(_ trial: TrialID, _ seed: UInt64) -> Configuration {
    var random = CounterGenerator(seed: seed, purpose: .proposal, index: trial.rawValue)
    return space.randomConfiguration(using: &random)
  }

  /// Any of the paused trials, a new one, a trial that is not paused, or nothing.
  static func randomChoices(
    _ job: JobID, _ trial: TrialID, _ paused: [PausedTrial], _ seed: UInt64
  ) -> NextTrial? {
    var random = CounterGenerator(
      seed: seed, purpose: .simulation, index: job.rawValue, position: 1_000_000)
    let (kind, place) = (random.nextUniform(), random.nextUniform())
    return switch kind {
    case ..<0.5: paused.isEmpty ? nil : .goOn(paused[Int(place * Double(paused.count))].trial)
    case ..<0.8: .begin(randomProposals(trial, seed + 1))
    case ..<0.9: .goOn(TrialID(trial.rawValue + 3))
    default: nil
    }
  }

  static func scheduler(_ configuration: SchedulerConfiguration, seed: UInt64 = 1) throws -> any Scheduler {
    try configuration.makeScheduler(space: space, seed: seed, mutable: mutable)
  }
}

/// How trials fare: a function of the seed, the trial and the budget alone.
enum Fate: String, CaseIterable, Sendable {
  case distinct, ties, allEqual, someFail, mostFail

  func result(_ seed: UInt64) -> (Job) -> Outcome.Result {
    { job in
      var random = CounterGenerator(
        seed: seed, purpose: .simulation, index: job.trial.rawValue + 2, position: UInt64(job.target) * 2)
      let (cost, luck) = (random.nextUniform(), random.nextUniform())
      switch self {
      case .distinct: return .reached(cost: cost)
      case .ties: return .reached(cost: (cost * 4).rounded(.down))
      case .allEqual: return .reached(cost: 1)
      case .someFail: return luck < 0.3 ? .failed(reason: "loss is not finite") : .reached(cost: cost)
      case .mostFail: return luck < 0.8 ? .failed(reason: "loss is not finite") : .reached(cost: cost)
      }
    }
  }
}
