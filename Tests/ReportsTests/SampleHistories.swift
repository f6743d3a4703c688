import Search

/// Studies of a made-up model, driven by the real schedulers: what its history holds is what a real one's
/// does.
///
/// The model learns at a rate that is best at some learning rate, which falls as it trains; far from it, it
/// may diverge.
struct SampleStudy {
  var scheduler: any Scheduler
  var space: SearchSpace
  var workers = 4
  var interval = 25
  /// Stops after so many answered jobs.
  var patience = Int.max
  private(set) var history: History
  private var random: LinearCongruential
  /// What a trial's weights have learned at a budget.
  private var skills: [State: Double] = [:]

  private struct State: Hashable { var trial: TrialID, budget: Int }

  init(
    _ name: String, _ configuration: SchedulerConfiguration, space: SearchSpace = SampleStudy.space,
    objective: Objective = Objective(metric: "dev_accuracy", goal: .maximize), seed: UInt64 = 1
  ) throws {
    self.space = space
    scheduler = try configuration.makeScheduler(
      space: space, seed: seed, mutable: ["learning_rate", "dropout", "augmentation"])
    history = History(study: name, objective: objective, space: space, budgetUnit: "steps")
    random = LinearCongruential(state: seed)
  }

  static let space = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 1e-5, high: 1, scale: .log)),
    Parameter(name: "dropout", domain: .float(low: 0, high: 0.6, scale: .linear)),
    Parameter(name: "width", domain: .integer(low: 8, high: 512, scale: .log)),
    Parameter(name: "augmentation", domain: .categorical([.text("none"), .text("flip"), .text("crop")])),
    Parameter(name: "schedule", domain: .categorical([.text("constant"), .text("cosine"), .text("step")])),
    Parameter(
      name: "decay_rate", domain: .float(low: 0.1, high: 0.9, scale: .linear),
      condition: Condition(parameter: "schedule", values: [.text("step")])),
  ])

  /// Runs to the end, or until `patience` jobs are answered; jobs at work then stay unanswered.
  mutating func run() throws -> History {
    var (clock, atWork, answered) = (0.0, [Job](), 0)
    while answered < patience {
      while atWork.count < (scheduler.isSynchronous ? 1 : workers), let job = try next() {
        atWork.append(job)
      }
      guard !atWork.isEmpty else { break }
      let job = atWork.removeFirst()
      clock += Double(job.work) * (0.04 + 0.02 * random.uniform()) / Double(workers)
      try answer(job, at: clock)
      answered += 1
    }
    return history
  }

  private mutating func next() throws -> Job? {
    let space = space
    var random = random
    let job = try scheduler.nextJob(proposing: { _ in
      Configuration(
        space.parameters.reduce(into: [:]) { values, parameter in
          let unit = random.uniform()
          if space.isActive(parameter, given: values) {
            values[parameter.name] = parameter.domain.value(at: unit)
          }
        })
    })
    self.random = random
    if let job { try history.begin(job) }
    return job
  }

  private mutating func answer(_ job: Job, at clock: Double) throws {
    let source: State? =
      switch job.origin {
      case .fresh: nil
      case .resume(let budget): State(trial: job.trial, budget: budget)
      case .fork(let parent, let budget): State(trial: parent, budget: budget)
      }
    var skill = source.flatMap { skills[$0] } ?? 0
    var measurements: [TrialHistory.Measurement] = []
    var result: Outcome.Result?
    var budget = job.origin.budget
    while budget < job.target, result == nil {
      let step = min(interval, job.target - budget)
      budget += step
      let quality = self.quality(of: job.configuration, at: budget)
      skill += quality * Double(step) / 120
      if quality < 0.08 && random.uniform() < 0.1 { result = .failed(reason: "the loss is not finite <nan>") }
      measurements.append(
        TrialHistory.Measurement(budget: budget, metrics: metrics(of: job.configuration, skill: skill)))
    }
    skills[State(trial: job.trial, budget: job.target)] = skill
    let costs = measurements.last.flatMap { history.objective.costs(of: $0.metrics) } ?? CostVector([0])
    let outcome = Outcome(
      job: job.id, trial: job.trial, result: result ?? .reached(cost: costs.costs[0]),
      furtherCosts: Array(costs.costs.dropFirst()), violation: costs.violation)
    try scheduler.observe(outcome)
    try history.finish(outcome, measurements: measurements, at: clock)
  }

  /// In a study with other objectives or limits the wide models are better, slower and larger.
  private mutating func metrics(of configuration: Configuration, skill: Double) -> [String: Double] {
    let objective = history.objective
    var score = 0.98 * skill / (1 + skill) + 0.004 * (random.uniform() - 0.5)
    var metrics: [String: Double] = [:]
    if !objective.further.isEmpty || !objective.limits.isEmpty {
      let width = configuration["width"].flatMap { space.parameters[2].domain.unit(of: $0) } ?? 0.5
      score *= 0.7 + 0.3 * width
      metrics = ["latency_ms": 1 + 4 * width, "parameters": (1e3 + 1e5 * width).rounded()]
    }
    metrics[objective.metric] = objective.goal == .maximize ? score : 2.5 * (1 - score)
    metrics["train_loss"] = 2.3 * (1 - score)
    return metrics
  }

  /// In (0, 1]: a bell over the decades around the best learning rate.
  private func quality(of configuration: Configuration, at budget: Int) -> Double {
    guard let unit = configuration["learning_rate"].flatMap({ space.parameters[0].domain.unit(of: $0) })
    else {
      return 0.5
    }
    let best = 0.65 - 0.2 * min(Double(budget) / 1_000, 1)
    let distance = (unit - best) * 7
    return 1 / (1 + distance * distance)
  }
}

/// Knuth's MMIX constants: enough for a sample.
struct LinearCongruential {
  var state: UInt64

  mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(1 << 53)
  }
}

extension SampleStudy {
  static func population(members: Int = 12, generations: Int = 10, patience: Int = .max) throws -> History {
    var study = try SampleStudy(
      "digits-pbt", .pbt(PBTOptions(population: members, generations: generations, interval: 100)))
    study.patience = patience
    return try study.run()
  }

  static func halving(trials: Int = 200, patience: Int = .max) throws -> History {
    var study = try SampleStudy(
      "mnist-asha", .asha(ASHAOptions(trials: trials, minimumBudget: 25, maximumBudget: 1_600, reduction: 4)),
      objective: Objective(metric: "dev_loss", goal: .minimize))
    study.patience = patience
    return try study.run()
  }

  /// Accuracy against latency, within a number of weights.
  static func trade() throws -> History {
    var study = try SampleStudy(
      "digits-trade", .hyperband(HyperbandOptions(minimumBudget: 33, maximumBudget: 900)),
      objective: Objective(
        metric: "dev_accuracy", goal: .maximize,
        further: [Objective.Part(metric: "latency_ms", goal: .minimize)],
        limits: [MetricLimit(metric: "parameters", atMost: 8e4)]))
    study.interval = 100
    return try study.run()
  }

  static var empty: History {
    History(
      study: "nothing-yet", objective: Objective(metric: "dev_accuracy", goal: .maximize), space: space,
      budgetUnit: "epochs")
  }
}

extension SampleStudy {
  /// A single job, at work if there is no result.
  static func one(_ result: Outcome.Result?) throws -> History {
    var history = empty
    let job = Job(
      id: JobID(0), trial: TrialID(0), origin: .fresh,
      configuration: Configuration(["learning_rate": .number(0.01)]), target: 10)
    try history.begin(job)
    if let result {
      try history.finish(Outcome(job: job.id, trial: job.trial, result: result), measurements: [], at: 3)
    }
    return history
  }
}
