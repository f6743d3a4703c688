import Testing

@testable import Training

/// What changes as a trial goes on: hyperparameters besides the rate, and a rate that follows the dev loss.
@Suite struct TrainerScheduleTests {
  private static func schedule(
    _ decay: ScheduleKind, _ change: (inout ScheduleConfiguration) -> Void = { _ in }
  ) -> ScheduleConfiguration {
    var schedule = ScheduleConfiguration()
    schedule.decay = decay
    change(&schedule)
    return schedule
  }

  /// All numbers that may change, in epochs of an MLP.
  private static var scheduled: TrainingConfiguration {
    var configuration = SmallModel.mlp.configuration
    configuration.budgetUnit = .epochs
    configuration.optimizer.kind = .sgd
    configuration.optimizer.learningRate = 0.05
    configuration.optimizer.weightDecay = 0.01
    configuration.labelSmoothing = 0.1
    configuration.schedules = [
      "momentum": schedule(.oneCycle) {
        $0.length = 4
        $0[.startFraction] = 1.05
        $0[.finalFraction] = 1.05
      },
      "weight_decay": schedule(.cosine) {
        $0.length = 4
        $0[.finalFraction] = 10
      },
      "dropout": schedule(.linear) { $0.length = 4 },
      "label_smoothing": schedule(.exponential) { $0[.decayInterval] = 1 },
      "gradient_clip": schedule(.step) { ($0[.decayInterval], $0[.decayFactor]) = (1, 3) },
      "batch_size": schedule(.step) { ($0[.decayInterval], $0[.decayFactor], $0.by) = (1, 2, .unit) },
    ]
    return configuration
  }

  @Test func `a batch grows as its schedule says, and an epoch has fewer steps`() throws {
    let data = try SmallModel.mlp.data
    let samples = data.count(of: .train)
    var trainer = try Trainer(Self.scheduled, data: data, seed: 2, trial: 0)
    var steps: [Int] = []
    for epoch in 1...4 {
      _ = try trainer.train(to: epoch)
      steps.append(trainer.progress.step - steps.reduce(0, +))
    }
    #expect(steps == [32, 64, 128, 256].map { samples / $0 })
  }

  @Test
  func `what is read back of a scheduled hyperparameter is its peak, before and after it was perturbed`()
    throws
  {
    var trainer = try Trainer(Self.scheduled, data: SmallModel.mlp.data, seed: 2, trial: 0)
    _ = try trainer.train(to: 2)
    #expect(try trainer.effectiveHyperparameters() == Self.scheduled.hyperparameters)
    let changes: [String: HyperparameterValue] = [
      "weight_decay": .number(0.1 / 3), "dropout": .number(0.123), "batch_size": .number(24),
      "momentum": .number(0.8), "label_smoothing": .number(0.05),
    ]
    try trainer.set(changes)
    _ = try trainer.train(to: 3)
    #expect(
      try trainer.effectiveHyperparameters() == Self.scheduled.hyperparameters.merging(changes) { $1 })
  }

  @Test(arguments: scheduled.schedules!.keys.sorted())
  func `a schedule of a hyperparameter changes what is computed`(name: String) throws {
    var one = Self.scheduled
    one.schedules = Self.scheduled.schedules?.filter { $0.key == name }
    var none = one
    none.schedules = nil
    var states: [Snapshot?] = []
    for configuration in [one, none] {
      var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 2, trial: 0)
      _ = try trainer.train(to: 2)
      states.append(try trainer.snapshot())
    }
    #expect(states[0]?.blocks["parameters"] != states[1]?.blocks["parameters"])
  }

  @Test(arguments: [1, 20, 50, 70, 75, 90])
  func `a trial under schedules goes on in mid-epoch as if it had never stopped, bit for bit`(steps: Int)
    throws
  {
    let data = try SmallModel.mlp.data
    var uninterrupted = try Trainer(Self.scheduled, data: data, seed: 2, trial: 0)
    _ = try uninterrupted.train(to: 4)
    var first = try Trainer(Self.scheduled, data: data, seed: 2, trial: 0)
    var done = 0
    _ = try first.train(to: 4) {
      done += 1
      return done == steps
    }
    var second = try Trainer(Self.scheduled, data: data, seed: 2, trial: 0)
    try second.restore(first.snapshot())
    _ = try second.train(to: 4)
    #expect(try second.snapshot() == uninterrupted.snapshot())
  }

  @Test func `a batch that grows within an epoch goes on the same wherever it was stopped`() throws {
    let data = try SmallModel.mlp.data
    var configuration = Self.scheduled
    configuration.schedules?["batch_size"] = Self.schedule(.linear) {
      $0.length = 2
      $0[.finalFraction] = 4
    }
    var (steps, states): (Int, [Snapshot?]) = (0, [])
    var uninterrupted = try Trainer(configuration, data: data, seed: 2, trial: 0)
    while try uninterrupted.train(to: 2, isInterrupted: { true }) == .interrupted {
      states.append(try uninterrupted.snapshot())
      steps += 1
    }
    #expect(steps > 20)
    let end = try uninterrupted.snapshot()
    var straight = try Trainer(configuration, data: data, seed: 2, trial: 0)
    _ = try straight.train(to: 2)
    #expect(try straight.snapshot() == end)
    for state in states {
      var resumed = try Trainer(configuration, data: data, seed: 2, trial: 0)
      try resumed.restore(state)
      _ = try resumed.train(to: 2)
      #expect(try resumed.snapshot() == end)
    }
  }

  @Test func `a scheduled batch leaves two samples to batch normalization`() throws {
    var mlp = MLPConfiguration()
    (mlp.hidden, mlp.normalization) = ([8], .batch)
    var configuration = SmallModel.mlp.configuration
    configuration.model = .mlp(mlp)
    configuration.schedules = ["batch_size": Self.schedule(.constant) { $0.warmup = 40 }]
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 2, trial: 0)
    _ = try trainer.train(to: 3)
    #expect(trainer.progress.samples == 6)
  }

  /// Falls after every second measurement, as nothing falls by 90% in an epoch.
  private static var plateau: TrainingConfiguration {
    var configuration = SmallModel.mlp.configuration
    configuration.budgetUnit = .epochs
    configuration.schedule = schedule(.plateau) { ($0[.patience], $0[.threshold]) = (1, 0.9) }
    return configuration
  }

  @Test func `a plateau lowers the rate after its patience, however often the study measures`() throws {
    let data = try SmallModel.mlp.data
    var measured = try Trainer(Self.plateau, data: data, seed: 2, trial: 0)
    var rates: [Double] = []
    for epoch in 1...7 {
      _ = try measured.train(to: epoch)
      _ = try measured.measure()
      rates.append(measured.nextLearningRate / Self.plateau.optimizer.learningRate)
    }
    #expect(rates == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125])
    var unmeasured = try Trainer(Self.plateau, data: data, seed: 2, trial: 0)
    _ = try unmeasured.train(to: 7)
    #expect(try unmeasured.snapshot()?.blocks == measured.snapshot()?.blocks)
    #expect(unmeasured.progress.scheduleMemory == measured.progress.scheduleMemory)
  }

  @Test func `a clone takes over what a plateau remembers, and keeps its own peak`() throws {
    let data = try SmallModel.mlp.data
    var parent = try Trainer(Self.plateau, data: data, seed: 2, trial: 0)
    _ = try parent.train(to: 4)
    let snapshot = try parent.snapshot()
    var other = Self.plateau
    other.optimizer.learningRate = 0.0123
    var clone = try Trainer(other, data: data, seed: 2, trial: 1)
    try clone.restore(snapshot)
    #expect(clone.nextLearningRate == 0.0123 * 0.5)
    #expect(try clone.effectiveHyperparameters()["learning_rate"] == .number(0.0123))

    // By way of a file, as after a restart.
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = folder.path + "/state.h5"
    var checkpoint = CheckpointFileTests.example
    checkpoint.snapshot = try #require(snapshot)
    try CheckpointFile.write(checkpoint, to: file)
    var same = try Trainer(Self.plateau, data: data, seed: 2, trial: 0)
    try same.restore(CheckpointFile.read(file).snapshot)
    #expect(same.progress.scheduleMemory.count == 4)
    _ = try parent.train(to: 7)
    _ = try same.train(to: 7)
    #expect(try same.snapshot() == parent.snapshot())
  }

  static let mistakes: [(message: String, make: @Sendable (inout TrainingConfiguration) -> Void)] = [
    (
      """
      schedules.decay_rate: expected a number that may change while a trial runs, besides the learning rate, found \
      decay_rate. Write one of: weight_decay, momentum, dampening, beta1, beta2, epsilon, trust_ratio_clip, \
      momentum_decay, rho, smoothing, trust_coefficient, moment_decay, clip_threshold, smallest_scale, \
      orthogonalization_steps, gradient_clip, batch_size, label_smoothing, clip_value, adaptive_clip, l1, group_lasso, \
      max_norm, gradient_noise, gradient_noise_decay, averaging_decay, layer_decay, augmentation_strength, shift, flip, \
      crop, rotation, cutout, mixup, cutmix, dropout, stochastic_depth.
      """, { $0.schedules = ["decay_rate": ScheduleConfiguration()] }
    ),
    (
      """
      schedules.momentum: expected the optimizer sgd, rmsprop, lars or muon, found the optimizer adamw, the decay \
      constant, the model mlp, the data digits and samples with labels. Take its schedule out.
      """, { $0.schedules = ["momentum": ScheduleConfiguration()] }
    ),
    (
      """
      schedules.dropout.decay: expected a decay that follows the steps alone, found plateau. Choose another one; the \
      learning rate alone follows the dev loss.
      """, { $0.schedules = ["dropout": schedule(.plateau)] }
    ),
    (
      """
      schedules.dropout.final_fraction: expected a number at least 0 and at most 1000, found 1001. Correct the value.
      """, { $0.schedules = ["dropout": schedule(.linear) { $0[.finalFraction] = 1_001 }] }
    ),
    (
      """
      schedules.dropout.warmup: expected less than the schedule's length 2, found 3. Shorten the warm-up; it is counted \
      in epochs.
      """, { $0.schedules = ["dropout": schedule(.linear) { ($0.warmup, $0.length) = (3, 2) }] }
    ),
    (
      """
      schedule.milestones: expected ascending budgets above 0 for the decay multi_step, found none. Write, for example, \
      milestones: [30, 60, 80].
      """, { $0.schedule = schedule(.multiStep) }
    ),
    (
      """
      schedule.milestones: expected ascending budgets above 0 for the decay multi_step, found 3, 2.5. Write, for \
      example, milestones: [30, 60, 80].
      """, { $0.schedule = schedule(.multiStep) { $0.milestones = [3, 2.5] } }
    ),
    (
      """
      schedule.phases: expected phases for the decay sequence, found none. Write, for example, phases: [{decay: \
      constant, length: 5}, {decay: cosine}].
      """, { $0.schedule = schedule(.sequence) }
    ),
    (
      """
      schedule.phases.1.length: expected the length of the phase, found none. Write how much of the budget it takes; \
      only the last phase goes on to the end.
      """,
      {
        $0.schedule = schedule(.sequence) {
          $0.phases = [SchedulePhase(schedule(.constant)), SchedulePhase(schedule(.cosine))]
        }
      }
    ),
    (
      """
      schedule.phases.1.decay: expected a decay that follows the steps alone, found plateau. Choose another one for \
      this phase.
      """, { $0.schedule = schedule(.sequence) { $0.phases = [SchedulePhase(schedule(.plateau))] } }
    ),
    (
      """
      schedule.phases: expected phases that leave room for the last one before the length 4, found lengths that sum to \
      5. Shorten them, or give the last one a length.
      """,
      {
        $0.schedule = schedule(.sequence) {
          $0.length = 4
          $0.phases = [
            SchedulePhase(schedule(.constant) { $0.length = 5 }), SchedulePhase(schedule(.cosine)),
          ]
        }
      }
    ),
    (
      "schedule.phases.1.scale: expected a number above 0 and at most 1, found 2. Correct the value.",
      { $0.schedule = schedule(.sequence) { $0.phases = [SchedulePhase(scale: 2, schedule(.constant))] } }
    ),
    (
      "schedule.phases.1.power: expected a number above 0 and at most 100, found 0. Correct the value.",
      {
        $0.schedule = schedule(.sequence) {
          $0.phases = [SchedulePhase(schedule(.polynomial) { $0[.power] = 0 })]
        }
      }
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `a mistaken schedule is refused in words`(index: Int) {
    var configuration = TrainingConfiguration()
    Self.mistakes[index].make(&configuration)
    #expect(configuration.validate().map(\.description) == [Self.mistakes[index].message])
  }
}
