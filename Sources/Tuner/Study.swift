import Foundation
public import Search
public import Training

/// A study as it runs: the experiment file with every default written out. Part of every journal's first line.
public struct Study: Codable, Equatable, Sendable {
  public var name: String
  /// Every random draw of the study follows from it.
  public var seed: UInt64
  public var objective: Objective
  public var space: SearchSpace
  /// What a trial computes; a trial's configuration replaces the hyperparameters that it names.
  public var training: TrainingConfiguration
  /// Ranks in a group.
  public var ranksPerTrial: Int
  /// A job that works longer than this saves its state in between, about so often; 0 switches it off.
  public var secondsBetweenMidJobCheckpoints: Double

  public init(
    name: String, seed: UInt64, objective: Objective, space: SearchSpace,
    training: TrainingConfiguration = TrainingConfiguration(), ranksPerTrial: Int = 1,
    secondsBetweenMidJobCheckpoints: Double = 60
  ) {
    self.name = name
    self.seed = seed
    self.objective = objective
    self.space = space
    self.training = training
    self.ranksPerTrial = ranksPerTrial
    self.secondsBetweenMidJobCheckpoints = secondsBetweenMidJobCheckpoints
  }

  /// The unit in which the scheduler counts budgets.
  public var budgetUnit: BudgetUnit { training.budgetUnit }
}

extension Study {
  /// The study as the journal's header keeps it.
  public func document() throws(TunerError) -> JSONValue {
    do {
      return try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(self))
    } catch {
      throw TunerError(
        .usage, subject: "study \(name)", expected: "numbers that are finite, to be written to the journal",
        found: "\(error)", remedy: "Look for an infinite or undefined number in the experiment.")
    }
  }
}
