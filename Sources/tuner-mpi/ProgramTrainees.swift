import Foundation
import MPI
import Search
import Training
import Tuner

/// What a rank needs to run somebody else's program.
final class ProgramTrainees {
  private let study: Study
  private let program: ProgramConfiguration
  private let runDirectory: String?
  private let node: NodePlace
  private let rank: Int
  /// Opened for the first job: rank 0 makes the directory.
  private var opened: (directory: HeldDirectory?, place: ProgramPlace)?

  /// Checks the place. Collective over `world`, rank 0 included.
  ///
  /// - Throws: as `together`.
  init(
    _ study: Study, _ program: ProgramConfiguration, logging runDirectory: String?, rootTrains: Bool,
    on world: borrowing Communicator
  ) throws {
    self.study = study
    self.program = program
    self.runDirectory = runDirectory
    node = NodePlace(world, try world.splitByNode(), rootTrains: rootTrains)
    rank = world.rank.rawValue
    try study.checkPlace(node, on: world)
  }

  /// Plain commands, one start for each job.
  var plain: TraineeSource<PlainTrainee> {
    TraineeSource(
      problems: program.validate,
      make: { [self] job, group throws(TrainingError) in
        try PlainTrainee(configuration(for: job), trial: job.trial.rawValue, at: place(), on: group)
      },
      renew: { _, _ throws(TrainingError) in false })
  }

  /// Programs in a dialogue, which live on from trial to trial.
  var dialogue: TraineeSource<DialogueTrainee> {
    TraineeSource(
      problems: program.validate,
      make: { [self] job, group throws(TrainingError) in
        try DialogueTrainee(configuration(for: job), trial: job.trial.rawValue, at: place(), on: group)
      },
      renew: { [self] trainee, job throws(TrainingError) in
        try trainee.takeUp(configuration(for: job), trial: job.trial.rawValue)
      })
  }

  private func place() -> ProgramPlace {
    if let opened { return opened.place }
    let directory = runDirectory.flatMap { try? HeldDirectory($0) }
    let (isFirst, name) = (rank <= 1, "rank-\(rank)")
    let place = ProgramPlace(
      program, study: study.name, seed: study.seed, localRank: node.localRank, name: name,
      logs: directory.flatMap { Self.makeLogs(in: $0) },
      warn: { if isFirst { printError("tuner-mpi: \($0)") } })
    opened = (directory, place)
    return place
  }

  /// Nil where they cannot be made: a program runs without logs.
  private static func makeLogs(in directory: HeldDirectory) -> String? {
    let logs = "\(directory.anchor)/logs"
    return mkdir(logs, 0o777) == 0 || errno == EEXIST ? logs : nil
  }

  private func configuration(for job: Job) throws(TrainingError) -> ProgramConfiguration {
    guard case .command(let program) = try study.trainee(for: job.configuration, at: job.target) else {
      preconditionFailure("programs for a study of another trainee")
    }
    return program
  }
}
