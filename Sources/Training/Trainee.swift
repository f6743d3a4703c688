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

/// What a group of ranks trains: a built-in model, a function in a test.
///
/// The controller's shell drives it: make or restore it, train to a target, evaluate, take a snapshot. Every
/// method that throws is collective over the group: whatever goes wrong on one rank, all of them leave it
/// with the same error, soon. What an error leaves of a trainee is not used again; `set` alone changes nothing
/// when it throws. `TraineeConformance`, in the tests, is what every trainee passes.
public protocol Trainee: ~Copyable {
  /// What this kind of trainee says of itself. Local.
  var description: TraineeDescription { get }

  /// Cumulative budget reached, in the study's unit.
  var budget: Int { get }

  /// Trains to the cumulative budget `target`. After every step each rank of the group is asked
  /// `isInterrupted`; the answer travels with the gradient reduction, so that all ranks stop after the same
  /// step.
  ///
  /// - Throws: `TrainingError.diverged` when the loss or the gradient norm is not finite.
  mutating func train(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause

  /// As `train(to:isInterrupted:)`.
  ///
  /// - Parameter meanwhile: called again and again while a step waits for another process; true asks it to give
  ///   the step up, if it can go on later from where that began.
  mutating func train(
    to target: Int, isInterrupted: () -> Bool, meanwhile: () -> Bool
  ) throws(TrainingError) -> TrainingPause

  /// Metrics of what has been learned, and of training since the last measurement.
  mutating func measure() throws(TrainingError) -> Measurement

  /// All that is needed to go on from here, on any number of ranks. Nil on ranks other than the group's root.
  func snapshot() throws(TrainingError) -> Snapshot?

  /// Goes on from a snapshot, under this trainee's own hyperparameters. `snapshot` is read on the group's root
  /// alone.
  ///
  /// - Throws: `TrainingError.invalid`, naming what does not fit, for a snapshot of another trainee.
  mutating func restore(_ snapshot: Snapshot?) throws(TrainingError)

  /// Goes on under other values of these hyperparameters, its state as it is. The same values on all ranks.
  ///
  /// - Throws: `TrainingError.invalid`, naming the hyperparameter, when it is unknown, when it does not take
  ///   the value, or when the value is a new one and may not change while a trial runs. Nothing is changed
  ///   then.
  mutating func set(_ values: [String: HyperparameterValue]) throws(TrainingError)

  /// The hyperparameters in force, read back from the running model, optimizer and loader, never from the
  /// configuration they were made with.
  func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue]

  /// What it takes to use the model elsewhere; nil where it tells none. Local; on the group's root.
  func record() throws(TrainingError) -> ModelRecord?

  /// The hyperparameters that `effectiveHyperparameters` really reads back; nil for all. Of others it tells what was
  /// asked for. Local; on the group's root.
  var namesReadBack: Set<String>? { get }
}

extension Trainee where Self: ~Copyable {
  public var namesReadBack: Set<String>? { nil }

  public func record() throws(TrainingError) -> ModelRecord? { nil }

  /// For one that never waits.
  public mutating func train(
    to target: Int, isInterrupted: () -> Bool, meanwhile: () -> Bool
  ) throws(TrainingError) -> TrainingPause {
    try train(to: target, isInterrupted: isInterrupted)
  }
}
