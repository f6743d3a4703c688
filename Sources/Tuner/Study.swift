import Foundation
public import JSON
public import Search
public import Training

/// A study as it runs: the experiment file with every default written out. Part of every journal's first
/// line.
public struct Study: Codable, Equatable, Sendable {
  public var name: String
  /// Every random draw of the study follows from it.
  public var seed: UInt64
  public var objective: Objective
  public var space: SearchSpace
  public var sampler: SamplerConfiguration
  public var scheduler: SchedulerConfiguration
  /// What is tried first; nil, and not written, when the sampler is asked from the start.
  public var starting: StartingConfigurations?
  /// The best configurations of a study whose journal was lost, tried before all others; nil, and not
  /// written, in every other study. Not the experiment file's: `Rescue` finds them.
  public var rescued: [Configuration]?
  /// What grows with the budget in the place of the length of training; nil, and not written, when that does.
  public var fidelity: Fidelity?
  /// How often every trial is trained, each time from another seed; nil, and not written, for once.
  public var replicates: Int?
  /// Whether the replicates of a trial are measured on folds of the data, one each; nil, and not written,
  /// where they differ in their seeds alone.
  public var crossValidation: Bool?
  /// Whether all trials are measured on the same dev samples; nil, and not written, where they are.
  public var devSplit: DevSplit?
  /// What a trial is of; a trial's configuration replaces the hyperparameters that it names.
  public var trainee: TraineeConfiguration
  /// What the files held that the study read, by the paths that the experiment names; nil, and not written,
  /// where none was read or noted.
  public var inputs: [String: InputFile]?
  /// Ranks in a group.
  public var ranksPerTrial: Int
  /// A job that works longer than this saves its state in between, about so often; 0 switches it off.
  public var secondsBetweenMidJobCheckpoints: Double

  private enum CodingKeys: String, CodingKey {
    case name, seed, objective, space, sampler, scheduler, starting, rescued, fidelity, replicates
    case crossValidation, devSplit
    // As it was called when there was one trainee.
    case trainee = "training"
    case inputs, ranksPerTrial, secondsBetweenMidJobCheckpoints
  }

  public init(
    name: String, seed: UInt64, objective: Objective, space: SearchSpace,
    sampler: SamplerConfiguration, scheduler: SchedulerConfiguration,
    trainee: TraineeConfiguration = .builtIn(TrainingConfiguration()), ranksPerTrial: Int = 1,
    secondsBetweenMidJobCheckpoints: Double = 60, starting: StartingConfigurations? = nil,
    fidelity: Fidelity? = nil, replicates: Int = 1,
    crossValidation: Bool = false, devSplit: DevSplit = .fixed
  ) {
    self.name = name
    self.seed = seed
    self.objective = objective
    self.space = space
    self.sampler = sampler
    self.scheduler = scheduler
    self.trainee = trainee
    self.ranksPerTrial = ranksPerTrial
    self.secondsBetweenMidJobCheckpoints = secondsBetweenMidJobCheckpoints
    self.starting = starting
    self.fidelity = fidelity
    self.replicates = replicates > 1 ? replicates : nil
    self.crossValidation = crossValidation ? true : nil
    self.devSplit = devSplit == .fixed ? nil : devSplit
  }

  /// What is tried before any sampler is asked.
  var firstTried: StartingConfigurations {
    StartingConfigurations(
      baseline: starting?.baseline, first: (rescued ?? []) + (starting?.first ?? []))
  }

  /// How often every trial is trained.
  public var replication: Replicates { Replicates(max(1, replicates ?? 1)) }

  /// What the replicates of a trial differ in, for people: `seeds`, `folds`.
  public var replicateName: String { crossValidation == true ? "folds" : "seeds" }

  /// Whether another trial is trained on other samples.
  public var hasDataOfTrials: Bool { crossValidation == true || devSplit == .reshuffled }

  /// The unit in which training is counted; the scheduler's budgets too, unless the study has a fidelity.
  public var budgetUnit: BudgetUnit { trainee.budgetUnit }

  /// What the scheduler's budgets count, for people: `epochs`, `units of data_share`.
  public var budgetName: String { fidelity?.unit ?? budgetUnit.rawValue }
}

extension Study {
  /// The study as the journal's header keeps it.
  public func document() throws(TunerError) -> JSONValue {
    do {
      return try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(self))
    } catch {
      throw TunerError(
        .usage, subject: "study \(name)", expected: "numbers that are finite, to be written to the journal",
        found: systemWords(error), remedy: "Look for an infinite or undefined number in the experiment.")
    }
  }
}

extension Study {
  /// The scheduler at its start.
  ///
  /// - Throws: `TunerError` when its options contradict each other.
  func makeScheduler() throws(TunerError) -> any Scheduler {
    let trainee = trainee.description
    do {
      return try scheduler.makeScheduler(
        space: space, seed: seed, mutable: trainee.liveNames, replicates: replication,
        trainsAnew: fidelity != nil || !trainee.isResumable, issuesEarly: true)
    } catch {
      throw TunerError(error)
    }
  }
}

extension Controller {
  /// The controller of a study, which begins, or goes on where its journal stands.
  ///
  /// - Parameters:
  ///   - contents: nil, or without lines, when the study begins.
  ///   - memoryPerGroup: bytes of reached states that the root of each group keeps.
  ///   - allowingChanges: goes on although the study is another one than the journal's.
  ///   - tell: told every line of the journal.
  /// - Throws: `TunerError` when the scheduler's options contradict each other, or the journal is not this
  ///   study's.
  public init(
    _ study: Study, after contents: JournalContents?, memoryPerGroup: Int = 1 << 30,
    allowingChanges: Bool = false, telling tell: (JournalLine) throws(TunerError) -> Void = { _ in }
  ) throws(TunerError) {
    try self.init(
      resuming: contents ?? JournalContents(), study, scheduler: study.makeScheduler(),
      sampler: study.sampler.makeSampler(), memoryPerGroup: memoryPerGroup, allowingChanges: allowingChanges,
      telling: tell)
    streak.limit = study.trainee.failuresInARow
  }
}
