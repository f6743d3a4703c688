/// What rank 0's side of a cluster needs to know beside its commands.
public struct ClusterOptions: Sendable {
  public var worker: WorkerOptions
  /// A group that gives no sign of life for so long is named.
  public var secondsUntilWarning: Double
  /// A group that gives none for so long is given up; 0 means never.
  public var secondsUntilLost: Double
  /// Replaces `population.h5`, durably. Called on a thread of its own.
  public var savePopulation: @Sendable (Population) throws(TunerError) -> Void
  /// A line for the user.
  public var warn: @Sendable (String) -> Void

  public init(
    worker: WorkerOptions, secondsUntilWarning: Double = 60, secondsUntilLost: Double = 600,
    savePopulation: @escaping @Sendable (Population) throws(TunerError) -> Void,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.worker = worker
    self.secondsUntilWarning = secondsUntilWarning
    self.secondsUntilLost = secondsUntilLost
    self.savePopulation = savePopulation
    self.warn = warn
  }
}

extension ClusterOptions {
  /// For a study in its run directory: the population goes to `population.h5` there.
  public init(_ study: Study, runDirectory: String, warn: @escaping @Sendable (String) -> Void) {
    let (name, objective, unit) = (study.name, study.objective, study.budgetUnit.rawValue)
    self.init(
      worker: WorkerOptions(study, runDirectory: runDirectory),
      savePopulation: { population throws(TunerError) in
        try PopulationFile.write(
          population, of: name, objective: objective, budgetUnit: unit, to: "\(runDirectory)/population.h5")
      },
      warn: warn)
  }
}
