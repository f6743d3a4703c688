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
  public var secondsBetweenHeartbeats: Double
  /// How long a rank waits for the others of its group at work before it gives up and names them.
  public var patience: Double
  /// How long an idle rank goes without a sign of life from its leader: a member's is the group's root, a
  /// root's is rank 0.
  public var secondsWithoutWord: Double
  /// How long a group waits for a state from another group before it reads the checkpoint instead.
  public var secondsForPeer: Double

  public init(
    study: String, budgetUnit: BudgetUnit, trainingLength: Int? = nil,
    runDirectory: String, secondsBetweenMidJobCheckpoints: Double,
    secondsBetweenHeartbeats: Double = 1, patience: Double = 300, secondsWithoutWord: Double = 300,
    secondsForPeer: Double = 60
  ) {
    self.study = study
    self.budgetUnit = budgetUnit
    self.trainingLength = trainingLength
    self.runDirectory = runDirectory
    self.secondsBetweenMidJobCheckpoints = secondsBetweenMidJobCheckpoints
    self.secondsBetweenHeartbeats = secondsBetweenHeartbeats
    self.patience = patience
    self.secondsWithoutWord = secondsWithoutWord
    self.secondsForPeer = secondsForPeer
  }
}

extension WorkerOptions {
  public init(_ study: Study, runDirectory: String) {
    self.init(
      study: study.name, budgetUnit: study.budgetUnit, trainingLength: study.fidelity?.length,
      runDirectory: runDirectory,
      secondsBetweenMidJobCheckpoints: study.secondsBetweenMidJobCheckpoints)
  }
}
