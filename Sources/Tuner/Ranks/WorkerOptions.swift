public import Training

/// What a worker needs to know beside its jobs; the same on all ranks.
public struct WorkerOptions: Sendable {
  /// The study's name, for checkpoints.
  public var study: String
  public var budgetUnit: BudgetUnit
  /// How long every job trains, in the budget unit, whatever its target; nil when it trains to its target.
  public var trainingLength: Int?
  /// The same files on every rank.
  public var runDirectory: String
  /// A job that works longer than this saves its state in between, about so often; 0 switches it off.
  public var secondsBetweenMidJobCheckpoints: Double
  /// Between two signs of life, of every rank.
  public var secondsBetweenSigns: Double
  /// Who gives no sign of life for so long is named.
  public var secondsUntilWarning: Double
  /// How long a rank waits for others that live, before it gives up and names them: no work of a group may take
  /// one of its ranks so much longer than another.
  public var patience: Double
  /// How long a rank goes without a sign of life from rank 0, whose process it has seen end, before it saves what it
  /// has, and ends.
  public var secondsWithoutWord: Double
  /// As `secondsWithoutWord`, where rank 0's process was not seen to end: it may only stand still, and where it is on
  /// another host the network may be cut, which rank 0 and those with it survive.
  public var secondsUntilCutOff: Double
  /// How long a group waits for a state from another group before it reads the checkpoint instead.
  public var secondsForPeer: Double
  /// A line for the user, from any thread.
  public var warn: @Sendable (String) -> Void

  public init(
    study: String, budgetUnit: BudgetUnit, trainingLength: Int? = nil,
    runDirectory: String, secondsBetweenMidJobCheckpoints: Double,
    secondsBetweenSigns: Double = 1, secondsUntilWarning: Double = 5, patience: Double = 1800,
    secondsWithoutWord: Double = 20, secondsUntilCutOff: Double = 300, secondsForPeer: Double = 60,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.study = study
    self.budgetUnit = budgetUnit
    self.trainingLength = trainingLength
    self.runDirectory = runDirectory
    self.secondsBetweenMidJobCheckpoints = secondsBetweenMidJobCheckpoints
    self.secondsBetweenSigns = secondsBetweenSigns
    self.secondsUntilWarning = secondsUntilWarning
    self.patience = patience
    self.secondsWithoutWord = secondsWithoutWord
    self.secondsUntilCutOff = secondsUntilCutOff
    self.secondsForPeer = secondsForPeer
    self.warn = warn
  }
}

extension WorkerOptions {
  public init(_ study: Study, runDirectory: String, warn: @escaping @Sendable (String) -> Void) {
    self.init(
      study: study.name, budgetUnit: study.budgetUnit, trainingLength: study.fidelity?.length,
      runDirectory: runDirectory,
      secondsBetweenMidJobCheckpoints: study.secondsBetweenMidJobCheckpoints, warn: warn)
  }
}
