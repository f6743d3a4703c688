import MPI
import Search
import Training
import Tuner

/// What a rank needs to train by a plug-in: the library, loaded once.
final class PluginTrainees {
  private let study: Study
  private let plugin: PluginConfiguration
  /// Nil on a controller that does not train: it need not be able to load it.
  private let library: PluginLibrary?
  private let isFirst: Bool
  private var hasWarned = false

  /// Checks the place and loads the library. Collective over `world`, rank 0 included.
  ///
  /// - Parameter threadLevel: this process's, which other ranks need not have.
  /// - Throws: as `together`.
  init(
    _ study: Study, _ plugin: PluginConfiguration, _ threadLevel: ThreadLevel, rootTrains: Bool,
    on world: borrowing Communicator
  ) throws {
    self.study = study
    self.plugin = plugin
    isFirst = world.rank.rawValue <= 1
    let (size, isRoot, rank) = (world.size, world.isRoot, world.rank)
    library = try together(on: world) { () throws(TrainingError) -> PluginLibrary? in
      guard size == 1 || !isRoot || rootTrains else { return nil }
      try Self.require(threadLevel, rank)
      let library = try PluginLibrary(plugin.library)
      try library.check(plugin)
      return library
    }
  }

  private static func require(_ threadLevel: ThreadLevel, _ rank: Rank) throws(TrainingError) {
    guard threadLevel < .multiple else { return }
    throw .place(
      subject: "\(rank)", expected: "\(ThreadLevel.multiple), which a plug-in needs", found: "\(threadLevel)",
      remedy: "Keep the experiment file where every rank can read it: it asks MPI for that level.")
  }

  var source: TraineeSource<PluginTrainee> {
    TraineeSource(
      problems: plugin.validate,
      make: { [self] job, group throws(TrainingError) in
        guard let library else { preconditionFailure("a trial on a rank that does not train") }
        return try PluginTrainee(
          configuration(for: job), trial: job.trial.rawValue, seed: study.seed, of: library, on: group,
          warn: { [self] in warnOnce($0) })
      },
      renew: { [self] trainee, job throws(TrainingError) in
        try trainee.takeUp(configuration(for: job), trial: job.trial.rawValue)
      })
  }

  private func warnOnce(_ text: String) {
    if isFirst && !hasWarned { printError("tuner-mpi: \(text)") }
    hasWarned = true
  }

  private func configuration(for job: Job) throws(TrainingError) -> PluginConfiguration {
    guard case .plugin(let plugin) = try study.trainee(for: job.configuration, at: job.target) else {
      preconditionFailure("plug-ins for a study of another trainee")
    }
    return plugin
  }
}
