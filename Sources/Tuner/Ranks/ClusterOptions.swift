/// What rank 0's side of a cluster needs to know beside its commands.
public struct ClusterOptions: Sendable {
  public var worker: WorkerOptions
  /// Sessions of the run before this one.
  public var session: Int
  /// A rank that gives no sign of life for so long is given up, and its group with it; 0 means never.
  public var secondsUntilLost: Double
  /// Replaces `population.h5`, durably. Called on a thread of its own.
  public var savePopulation: @Sendable (Population) throws(TunerError) -> Void

  public init(
    worker: WorkerOptions, session: Int, secondsUntilLost: Double = 20,
    savePopulation: @escaping @Sendable (Population) throws(TunerError) -> Void
  ) {
    self.worker = worker
    self.session = session
    self.secondsUntilLost = secondsUntilLost
    self.savePopulation = savePopulation
  }
}

extension ClusterOptions {
  /// For a study in its run directory: the population goes to `population.h5` there.
  public init(_ study: Study, runDirectory: String, warn: @escaping @Sendable (String) -> Void) {
    let (name, objective, unit) = (study.name, study.objective, study.budgetUnit.rawValue)
    self.init(
      worker: WorkerOptions(study, runDirectory: runDirectory, warn: warn), session: 0,
      savePopulation: { population throws(TunerError) in
        try PopulationFile.write(
          population, of: name, objective: objective, budgetUnit: unit, to: "\(runDirectory)/population.h5")
      })
  }
}
