import Randomness
import Search

/// A synchronous population of the simplest kind: after each generation the worse half forks the best member,
/// with `x` scaled by 1.5, and the others go on.
struct MiniaturePopulation: Scheduler {
  var members: Int
  var generations: Int
  var generation = 0
  var issuedInGeneration = 0
  var issued = 0
  var configurations: [Configuration] = []
  var origins: [Origin] = []
  var costs: [Double?] = []
  var complete: Generation?

  init(members: Int, generations: Int) {
    self.members = members
    self.generations = generations
  }

  var isSynchronous: Bool { true }
  var isFinished: Bool { generation == generations }
  var population: Generation? { complete }
  var plan: SchedulePlan {
    SchedulePlan(
      trials: members, jobs: members * generations, budget: members * generations, longestTrial: generations,
      concurrency: members)
  }
  var progress: ScheduleProgress {
    ScheduleProgress(
      issuedJobs: issued, observedJobs: costs.count, observedBudget: costs.count,
      stage: .generation(generation, total: generations))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    guard generation < generations, issuedInGeneration < members else { return nil }
    let trial = TrialID(issuedInGeneration)
    if generation == 0 {
      configurations.append(try propose(trial))
      origins.append(.fresh)
    } else {
      (configurations[trial.rawValue], origins[trial.rawValue]) = plannedStep(of: trial)
    }
    defer {
      issued += 1
      issuedInGeneration += 1
    }
    return Job(
      id: JobID(issued), trial: trial, origin: origins[trial.rawValue],
      configuration: configurations[trial.rawValue], target: generation + 1)
  }

  private func plannedStep(of trial: TrialID) -> (Configuration, Origin) {
    let ranking = complete!.members.sorted { left, right in
      let (first, second) = (left.cost ?? Double.infinity, right.cost ?? Double.infinity)
      return first == second ? left.trial < right.trial : first < second
    }
    let place = ranking.firstIndex { $0.trial == trial }!
    guard place >= members / 2, ranking[place].trial != ranking[0].trial else {
      return (configurations[trial.rawValue], .resume(from: generation))
    }
    var configuration = ranking[0].configuration
    if case .number(let x) = configuration["x"] { configuration["x"] = .number(x * 1.5) }
    return (configuration, .fork(of: ranking[0].trial, at: generation))
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    if case .reached(let cost) = outcome.result { costs.append(cost) } else { costs.append(nil) }
    guard costs.count == members else { return }
    complete = Generation(
      number: generation,
      members: (0..<members).map {
        Generation.Member(
          trial: TrialID($0), budget: generation + 1, cost: costs[$0], configuration: configurations[$0],
          origin: origins[$0])
      })
    costs = []
    issuedInGeneration = 0
    generation += 1
  }
}

/// An asynchronous ladder of budgets 1, 2, 3 ...: whoever beats the median of its rung goes on.
struct MiniatureLadder: Scheduler {
  var trials: Int
  var rungs: Int
  var started = 0
  var issued = 0
  var jobs: [JobID: Job] = [:]
  var results: [[Double]]
  var promotions: [Job] = []

  init(trials: Int, rungs: Int) {
    self.trials = trials
    self.rungs = rungs
    results = Array(repeating: [], count: rungs)
  }

  var isSynchronous: Bool { false }
  var isFinished: Bool { started == trials && promotions.isEmpty && jobs.isEmpty }
  var plan: SchedulePlan {
    SchedulePlan(trials: trials, jobs: trials, budget: trials, longestTrial: rungs, concurrency: trials)
  }
  var progress: ScheduleProgress {
    ScheduleProgress(
      issuedJobs: issued, observedJobs: issued - jobs.count, observedBudget: 0,
      stage: .trials(begun: started, total: trials))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    var job: Job
    if promotions.isEmpty {
      guard started < trials else { return nil }
      let trial = TrialID(started)
      job = Job(id: JobID(issued), trial: trial, origin: .fresh, configuration: try propose(trial), target: 1)
      started += 1
    } else {
      job = promotions.removeFirst()
      job.id = JobID(issued)
    }
    issued += 1
    jobs[job.id] = job
    return job
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    guard var job = jobs.removeValue(forKey: outcome.job), case .reached(let cost) = outcome.result else {
      return
    }
    let rung = job.target - 1
    results[rung].append(cost)
    let median = results[rung].sorted()[results[rung].count / 2]
    guard job.target < rungs, cost <= median else { return }
    job.origin = .resume(from: job.target)
    job.target += 1
    promotions.append(job)
  }
}

/// Proposes `x` between the best so far and a uniform draw, shifted by how many trials are at work: whoever
/// delivers outcomes in another order gets other proposals.
struct FollowingSampler: Sampler {
  mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    let draw = random.nextUniform()
    let best = evidence.completed.min { $0.cost < $1.cost }?.configuration["x"]
    guard case .number(let x) = best else { return Configuration(["x": .number(draw)]) }
    return Configuration(["x": .number((x + draw) / 2 + 1e-6 * Double(evidence.pending.count))])
  }
}
