import Experiments
import Testing
import Training

@Suite struct ScheduleReaderTests {
  private static func text(_ training: String, space: String = "weight_decay: {type: float, low: 0, high: 1}")
    -> String
  {
    experiment(space: space, training: training, scheduler: "{kind: full, trials: 4, budget: 30}")
  }

  private static func training(_ text: String) throws -> TrainingConfiguration {
    try #require(try Experiment(yaml: Self.text(text), file: "study.yaml").trainee.training)
  }

  @Test func `a sequence of phases is read, and its last phase goes on to the study's largest budget`() throws
  {
    let schedule = try Self.training(
      """
      {schedule: {decay: sequence, phases: [{decay: constant, length: 10, warmup: 10, warmup_start: 0.1},
        {decay: step, decay_factor: 0.1, decay_interval: 5, length: 10, scale: 0.5}, {decay: cosine}]}}
      """
    ).schedule
    #expect(schedule.length == 30)
    #expect(schedule.phases.map(\.schedule.decay.name) == ["constant", "step", "cosine"])
    #expect(schedule.phases.map(\.schedule.length) == [10, 10, nil])
    #expect(schedule.phases.map(\.scale) == [1, 0.5, 1])
    let rate = try Schedule(schedule, peak: 1, stepsPerUnit: 1)
    let expected = [(0, 0.1), (10, 0.5), (14, 0.5), (15, 0.05), (20, 1), (25, 0.5), (30, 0)]
    for (step, value) in expected { #expect(abs(rate.value(at: step) - value) < 1e-12, "\(step)") }
  }

  @Test func `schedules of other hyperparameters are read by their names`() throws {
    let training = try Self.training(
      """
      {schedule: {decay: multi_step, milestones: [10, 20.5], by: unit},
       schedules: {dropout: {decay: linear, final_fraction: 2.5}, batch_size: {decay: step, decay_factor: 2}}}
      """)
    #expect(training.schedule.milestones == [10, 20.5])
    #expect(training.schedule.by == .unit)
    #expect(training.schedules?.keys.sorted() == ["batch_size", "dropout"])
    #expect(training.schedules?["dropout"]?.length == 30)
    #expect(training.schedules?["dropout"]?[.finalFraction] == 2.5)
    #expect(training.schedules?["batch_size"]?[.decayFactor] == 2)
  }

  @Test func `an experiment reads the same from its written out form`() throws {
    let text = Self.text(
      """
      {schedule: {decay: sequence, phases: [{decay: triangular, cycle_length: 3, length: 9}, {decay: one_cycle}]},
       schedules: {dropout: {decay: linear, by: unit}}}
      """)
    let experiment = try Experiment(yaml: text, file: "study.yaml")
    let again = try Experiment(yaml: experiment.resolved, file: "study.yaml")
    #expect(again.trainee == experiment.trainee)
    #expect(experiment.resolved.contains("cycle_length: 3"))
    #expect(!experiment.resolved.contains("patience"))
  }

  static let mistakes: [(training: String, message: String)] = [
    (
      "{schedule: {decay: cosin}}",
      "4: training.schedule.decay: expected one of constant, cosine, step, exponential, time_based, multi_step, linear, "
        + "polynomial, inverse_square_root, cosine_restarts, warmup_stable_decay, triangular, triangular2, "
        + "exponential_range, one_cycle, plateau, sequence, found cosin. Did you mean cosine?"
    ),
    (
      "{schedule: {decay: step, decay_factor: 2}}",
      "4: training.schedule.decay_factor: expected a number above 0 and at most 1, found 2. Correct the value."
    ),
    (
      "{schedule: {decay: multi_step}}",
      "4: training.schedule.milestones: expected ascending budgets above 0 for the decay multi_step, found none. "
        + "Write, for example, milestones: [30, 60, 80]."
    ),
    (
      "{schedule: {decay: sequence, phases: [{decay: constant}, {decay: cosine}]}}",
      "4: training.schedule.phases.1.length: expected the length of the phase, found none. Write how much of the "
        + "budget it takes; only the last phase goes on to the end."
    ),
    (
      "{schedule: {decay: sequence, phases: [{decay: constant, lenght: 3}, {decay: cosine}]}}",
      "4: training.schedule.phases.1.lenght: expected a key that training.schedule.phases.1 has, found lenght. "
        + "Did you mean length?"
    ),
    (
      "{schedule: {phases: 3}}",
      "4: training.schedule.phases: expected a list of schedules, each with a length and a scale, found 3. "
        + "Correct the value."
    ),
    (
      "{schedules: {learning_rate: {decay: linear}}}",
      "4: training.schedules.learning_rate: expected a number that may change while a trial runs, besides the learning "
        + "rate, found learning_rate. Write one of: weight_decay, momentum, dampening, beta1, beta2, epsilon, "
        + "trust_ratio_clip, momentum_decay, rho, smoothing, trust_coefficient, moment_decay, clip_threshold, "
        + "smallest_scale, orthogonalization_steps, gradient_clip, batch_size, label_smoothing, clip_value, "
          + "adaptive_clip, l1, group_lasso, max_norm, gradient_noise, gradient_noise_decay, averaging_decay, "
          + "layer_decay, augmentation_strength, shift, flip, crop, rotation, cutout, mixup, cutmix, dropout, "
          + "stochastic_depth."
    ),
    (
      "{schedules: {dropout: {decay: linear, final_fraction: 2000}}}",
      "4: training.schedules.dropout.final_fraction: expected a number from 0 to 1000, found 2000. Correct the value."
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `a mistake is told with its line and remedy`(index: Int) {
    #expect(problems(Self.text(Self.mistakes[index].training)) == [Self.mistakes[index].message])
  }
}
