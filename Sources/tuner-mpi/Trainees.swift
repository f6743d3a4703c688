import ArgumentParser
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

  /// Loads the data. Collective over `world`, rank 0 included; all of them let go of it at the end of the
  /// run.
  ///
  /// - Throws: on every rank when any could not: the error on the first that failed, its exit code elsewhere.
  init(_ study: Study, on world: borrowing Communicator) throws {
    self.study = study
    let node = try world.splitByNode()
    let controllerIsHere = world.hosts[0] == world.hosts[world.rank.rawValue]
    localRank = max(0, node.rank.rawValue - (controllerIsHere ? 1 : 0))
    var loaded: TrainingData?
    var failure: TrainingError?
    do throws(TrainingError) {
      loaded = try TrainingData(
        study.training.data, split: study.training.split, seed: study.seed, sharedOn: node)
    } catch {
      failure = error
    }
    let own = Int64(world.rank.rawValue)
    let firstFailed = try world.allReduce(failure == nil ? Int64(world.size) : own, .minimum)
    if let failure, firstFailed == own { throw failure }
    guard firstFailed == Int64(world.size), let loaded else { throw Exit.usage }
    data = loaded
  }

  /// Checks that all which the study may propose can be trained on its data.
  func validate() throws(TrainingError) { try study.validate(with: data) }

  /// A trainer for a job, on all ranks of a group.
  func make(_ job: Job, on group: borrowing Communicator) throws(TrainingError) -> Trainer {
    try Trainer(
      study.training(for: job.configuration, at: job.target), data: study.data(data, for: job.trial),
      seed: study.seed,
      trial: job.trial.rawValue, localRank: localRank, on: group)
  }
}
