import ArgumentParser
import Foundation
import MPI
import Search
import Training
import Tuner

/// Makes the trainers of a rank: the study's data, of which a node holds one copy, and what a job changes.
final class Trainees {
  private let study: Study
  private let data: TrainingData
  /// This rank's number among the ranks of its node that train.
  private let localRank: Int

  /// Seconds that ranks wait for the slowest one to have its data.
  private static let secondsToLoad = 3600.0

  /// Checks the place and loads the data. Collective over `world`, rank 0 included.
  ///
  /// - Throws: on every rank when any could not: the error on the first that failed, its exit code elsewhere.
  init(_ study: Study, on world: borrowing Communicator) throws {
    self.study = study
    let node = try world.splitByNode()
    let controllerIsHere = world.hosts[0] == world.hosts[world.rank.rawValue]
    localRank = max(0, node.rank.rawValue - (controllerIsHere ? 1 : 0))
    let (localRank, trains) = (localRank, world.size == 1 || !world.isRoot)
    try Self.together(on: world) { () throws(TrainingError) in
      if trains { try study.trainee.checkPlace(localRank: localRank) }
    }
    // What fails while the data is read fails on all ranks of the node.
    data = try Self.together(on: world) { () throws(TrainingError) in
      switch study.trainee {
      case .builtIn(let training):
        try TrainingData(training.data, split: training.split, seed: study.seed, sharedOn: node)
      }
    }
    if !data.isShared && node.isRoot { Self.warn(of: data, ranks: node.size, host: node.hosts[0]) }
  }

  /// Does something that may fail on some ranks alone, and goes on only if all could. Collective.
  private static func together<Result>(
    on world: borrowing Communicator, _ body: () throws(TrainingError) -> Result
  ) throws -> Result {
    var result: Result?
    var failure: TrainingError?
    do throws(TrainingError) { result = try body() } catch { failure = error }
    let words = try failure.map { [UInt8](try JSONEncoder().encode($0)) }
    let failed = try world.firstFailure(words, deadline: .seconds(max(secondsToLoad, world.patience)))
    if let failed {
      let error = try JSONDecoder().decode(TrainingError.self, from: Data(failed.words))
      if failed.rank == world.rank { throw error }
      throw exitCode(of: error)
    }
    guard let result else { preconditionFailure("ranks agreed on a result that is not there") }
    return result
  }

  private static func warn(of data: TrainingData, ranks: Int, host: String) {
    printError(
      "tuner-mpi: \(host) has no shared memory for the data (\(HostMemory.text(data.byteCount))): each of its "
        + "\(ranks) ranks keeps a copy of its own. Enlarge /dev/shm to save the memory.")
  }

  /// Checks that all which the study may propose can be trained on its data.
  func validate() throws(TrainingError) { try study.validate(with: data) }

  /// A trainer for a job, on all ranks of a group.
  func make(_ job: Job, on group: borrowing Communicator) throws(TrainingError) -> Trainer {
    switch try study.trainee(for: job.configuration, at: job.target) {
    case .builtIn(let training):
      try Trainer(
        training, data: study.data(data, for: job.trial), seed: study.seed, trial: job.trial.rawValue,
        localRank: localRank, on: group)
    }
  }

  /// Makes a group's living trainer that of another job.
  func renew(_ trainer: inout Trainer, for job: Job) throws(TrainingError) -> Bool {
    // Another fold is other data.
    if study.crossValidation == true { return false }
    switch try study.trainee(for: job.configuration, at: job.target) {
    case .builtIn(let training): return try trainer.takeUp(training, trial: job.trial.rawValue)
    }
  }
}
