/// Multiplies by the learning rate: as a rule the last link. Before the momentum, as in LARS, the memory
/// keeps what the rate was when each gradient came.
struct ScaleByRate: GradientTransform {
  /// The learning rate at each step, for the reference batch.
  var rate: Schedule
  /// What the rate is multiplied with, such as a scaling rule's factor. Apart from `rate`, so that the rate
  /// reads back exactly as it was set.
  var factor: Double
  /// How far the schedule is ahead of the optimizer's steps: not 0 when the schedule follows epochs, and a
  /// change of the batch size changed how many steps an epoch has.
  var stepOffset: Int

  init(_ rate: Schedule, factor: Double = 1, stepOffset: Int = 0) {
    self.rate = rate
    self.factor = factor
    self.stepOffset = stepOffset
  }

  /// The peak of the schedule in force, which is what an experiment tunes.
  var hyperparameters: [String: HyperparameterValue] { ["learning_rate": .number(rate.peak)] }

  /// The rate with which the step after `step` others moves the parameters.
  func value(at step: Int) -> Double { factor * rate.value(at: step + stepOffset) }
}
