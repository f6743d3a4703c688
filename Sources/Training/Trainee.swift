/// The unit in which budgets are counted.
public enum BudgetUnit: String, Codable, CaseIterable, Sendable {
  /// Optimizer steps.
  case steps
  /// Passes over the training split, of ⌊samples / global batch⌋ steps each.
  case epochs
}

/// Metrics at one point of training, by name, all finite: `train_loss`, `dev_loss`, `dev_accuracy`.
public struct Measurement: Codable, Equatable, Sendable {
  /// Cumulative budget, in the study's unit.
  public var budget: Int
  public var metrics: [String: Double]

  public init(budget: Int, metrics: [String: Double]) {
    self.budget = budget
    self.metrics = metrics
  }
}

/// Why `train` returned.
public enum TrainingPause: Equatable, Sendable {
  case reachedTarget
  /// A rank of the group raised the interrupt flag; all of them stopped after the same step.
  case interrupted
}

/// What a group of ranks trains: a built-in model, a function in a test. Every method is collective over the
/// group.
///
/// The controller's shell drives it: make or restore it, train to a target, evaluate, take a snapshot.
public protocol Trainee: ~Copyable {
  /// Cumulative budget reached, in the study's unit.
  var budget: Int { get }

  /// Trains to the cumulative budget `target`. After every step each rank of the group is asked
  /// `isInterrupted`; the answer travels with the gradient reduction, so that all ranks stop after the same
  /// step.
  ///
  /// - Throws: `TrainingError.diverged` when the loss or the gradient norm is not finite.
  mutating func train(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause

  /// Metrics on the dev split, and of training since the last measurement.
  mutating func measure() throws(TrainingError) -> Measurement

  /// All that is needed to go on from here, on any number of ranks. Nil on ranks other than the group's root.
  func snapshot() throws(TrainingError) -> Snapshot?

  /// Goes on from a snapshot's parameters, buffers, optimizer memory and data cursor, under this trainee's
  /// own hyperparameters. `snapshot` is read on the group's root alone.
  mutating func restore(_ snapshot: Snapshot?) throws(TrainingError)

  /// The hyperparameters in force, read back from the running model, optimizer and loader, never from the
  /// configuration they were made with.
  func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue]
}
