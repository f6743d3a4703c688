import Foundation
public import Search

/// What is known of a study before it begins, as far as whoever watches it needs.
public struct StudyOutline: Sendable {
  public var name: String
  public var objective: Objective
  /// What budgets count, for people: `epochs`, `units of data_share`.
  public var budgetName: String
  public var replication: Replicates
  /// Sampler and scheduler, such as `auto, asha`; nil of a study that this version cannot read in full.
  public var method: String?
  /// Whether trials are compared on rungs.
  public var hasRungs = false
  /// What it amounts to; nil as `method`.
  public var plan: Plan?

  /// What a study amounts to.
  public struct Plan: Equatable, Sendable {
    /// Replicates counted one by one.
    public var trials: Int
    public var jobs: Int
    /// Budget units of all jobs together.
    public var budget: Int
    /// How many jobs can be at work at once when it begins.
    public var concurrency: Int
    /// Whether a study in which no trial fails has exactly these jobs: when decisions wait for whole rungs or
    /// generations, and when every trial is one job. Others depend on what is measured.
    public var isExact: Bool
  }

  /// - Throws: `TunerError` when the scheduler's options contradict each other.
  public init(_ study: Study) throws(TunerError) {
    let scheduler = try study.makeScheduler()
    let plan = scheduler.plan
    name = study.name
    objective = study.objective
    budgetName = study.budgetName
    replication = study.replication
    method = "\(study.sampler.kind.rawValue), \(study.scheduler.kind.rawValue)"
    hasRungs = study.scheduler.options is any HalvingOptions
    self.plan = Plan(
      trials: plan.trials, jobs: plan.jobs, budget: study.fidelity == nil ? plan.budget : plan.budgetAnew,
      concurrency: plan.concurrency, isExact: scheduler.isSynchronous || plan.jobs == plan.trials)
  }

  /// Of the study that a journal tells of.
  ///
  /// - Throws: `TunerError` when the journal does not describe its study.
  public init(_ contents: JournalContents) throws(TunerError) {
    let description = try StudyDescription(contents)
    guard let study = contents.wholeStudy else {
      // Another version's: what every version writes alike is enough to follow it.
      self.init(description)
      return
    }
    try self.init(study)
  }

  private init(_ description: StudyDescription) {
    name = description.name
    objective = description.objective
    budgetName = description.budgetName
    replication = Replicates(max(1, description.replicates ?? 1))
  }
}

extension JournalContents {
  /// The study with all that this version knows of studies; nil where another version has written another one.
  public var wholeStudy: Study? {
    do {
      return try JSONDecoder().decode(Study.self, from: JSONEncoder().encode(study))
    } catch {
      return nil
    }
  }
}
