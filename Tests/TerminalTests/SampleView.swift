import Search
import Tuner

/// A small asynchronous study, record by record.
struct SampleView {
  var view: StudyView
  private var records: [Record] = []

  init(
    _ scheduler: SchedulerConfiguration, name: String = "mnist-asha",
    sampler: SamplerConfiguration.Kind = .auto
  )
    throws
  {
    let study = Study(
      name: name, seed: 1, objective: Objective(metric: "dev_accuracy", goal: .maximize),
      space: SearchSpace([
        Parameter(name: "dropout", domain: .float(low: 0, high: 0.5, scale: .linear)),
        Parameter(name: "learning_rate", domain: .float(low: 1e-3, high: 0.1, scale: .log)),
      ]),
      sampler: SamplerConfiguration(sampler), scheduler: scheduler)
    view = StudyView(try StudyOutline(study))
  }

  static func job(_ id: Int, _ trial: Int, _ origin: Origin = .fresh, to target: Int) -> Job {
    Job(id: JobID(id), trial: TrialID(trial), origin: origin, configuration: Configuration(), target: target)
  }

  static func outcome(_ job: Job, _ score: Double?) -> OutcomeRecord {
    OutcomeRecord(
      outcome: Outcome(
        job: job.id, trial: job.trial,
        result: score.map { .reached(cost: -$0) } ?? .failed(reason: "diverged at step 2")),
      measurements: score.map { [.init(budget: job.target, metrics: ["dev_accuracy": $0])] } ?? [],
      effective: job.configuration, step: 1, checkpoint: score.map { _ in "\(job.id.rawValue).h5" },
      work: .init(group: GroupID(0), seconds: 1))
  }

  mutating func begin(at time: Double, groups: Int) throws {
    try view.take(.session(.started(program: "1.0")), at: time)
    for group in 0..<groups {
      try view.take(
        .session(.groupReady(WorkerGroup(id: GroupID(group), ranks: [group + 1], hosts: ["node1"]))), at: time
      )
    }
  }

  mutating func finish(_ job: Job, _ score: Double?, at time: Double = 0) throws {
    try view.take(.job(JobRecord(job: job, previous: nil)), at: time)
    try view.take(.outcome(Self.outcome(job, score)), at: time)
  }

  mutating func work(_ job: Job, on group: Int, since time: Double) throws {
    try view.take(.job(JobRecord(job: job, previous: nil)), at: time)
    view.take(.began(GroupID(group), job), at: time)
  }

  /// Twelve trials of asynchronous halving, of which three went on and one failed; then a second session with four
  /// groups at work.
  static func asha() throws -> SampleView {
    var sample = try SampleView(.asha(ASHAOptions(trials: 20, maximumBudget: 9, reduction: 3)))
    try sample.begin(at: 0, groups: 4)
    var id = 0
    for trial in 0..<12 {
      try sample.finish(job(id, trial, to: 1), trial == 11 ? nil : 0.80 + 0.01 * Double(trial))
      id += 1
    }
    for (trial, score) in [(8, 0.943), (9, 0.941), (10, 0.93)] {
      try sample.finish(job(id, trial, .resume(from: 1), to: 3), score)
      id += 1
    }
    try sample.begin(at: 1000, groups: 4)
    try sample.work(job(id, 8, .resume(from: 3), to: 9), on: 0, since: 1000)
    for (group, trial) in [12, 13, 14].enumerated() {
      try sample.work(job(id + 1 + group, trial, to: 1), on: group + 1, since: 1060)
    }
    return sample
  }

  /// A population of 8 in its second generation.
  static func population() throws -> SampleView {
    var sample = try SampleView(
      .pbt(PBTOptions(population: 8, generations: 12, interval: 5)), name: "digits-pbt", sampler: .sobol)
    try sample.begin(at: 0, groups: 2)
    for trial in 0..<8 { try sample.finish(job(trial, trial, to: 5), 0.9 + 0.001 * Double(trial)) }
    try sample.view.take(.population(PopulationRecord(generation: 0, members: [])), at: 20)
    try sample.finish(job(8, 0, .resume(from: 5), to: 10), 0.95)
    try sample.work(job(9, 1, .fork(of: TrialID(7), at: 5), to: 10), on: 1, since: 21)
    return sample
  }
}
