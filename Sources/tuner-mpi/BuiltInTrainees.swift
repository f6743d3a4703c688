import MPI
import Search
import Training
import Tuner

/// The built-in trainers of a rank: the study's data, of which a node holds one copy, and what a job changes.
final class BuiltInTrainees {
  private let study: Study
  private let data: TrainingData
  private let localRank: Int

  /// Checks the place and loads the data. Collective over `world`, rank 0 included.
  ///
  /// - Throws: as `together`.
  init(
    _ study: Study, _ training: TrainingConfiguration, rootTrains: Bool, on world: borrowing Communicator
  ) throws {
    self.study = study
    let node = try world.splitByNode()
    let place = NodePlace(world, node, rootTrains: rootTrains)
    localRank = place.localRank
    try study.checkPlace(place, on: world)
    // What fails while the data is read fails on all ranks of the node.
    data = try together(on: world) { () throws(TrainingError) in
      try TrainingData(training.data, split: training.split, seed: study.seed, sharedOn: node)
    }
    if !data.isShared && node.isRoot { Self.warn(of: data, ranks: node.size, host: node.hosts[0]) }
  }

  private static func warn(of data: TrainingData, ranks: Int, host: String) {
    printError(
      "tuner-mpi: \(host) has no shared memory for the data (\(HostMemory.text(data.byteCount))): each of its "
        + "\(ranks) ranks keeps a copy of its own. Enlarge /dev/shm to save the memory.")
  }

  /// Samples of the test split.
  var testSamples: Int { data.count(of: .test) }

  /// Samples of the train split.
  var trainingSamples: Int { data.count(of: .train) }

  var source: TraineeSource<Trainer> {
    TraineeSource(
      problems: { [self] in study.problems(with: data) },
      make: { [self] job, group throws(TrainingError) in
        try trainer(training(for: job), for: job.trial, on: group)
      },
      renew: { [self] trainer, job throws(TrainingError) in
        // Another fold, or another trial's dev split, is other data.
        if study.hasDataOfTrials { return false }
        return try trainer.takeUp(training(for: job), trial: job.trial.rawValue)
      }, samples: samples)
  }

  /// Of the first trial, where trials have folds of their own.
  private var samples: SampleCounts? {
    guard let data = try? study.data(data, for: TrialID(0)) else { return nil }
    let second = data.count(of: .secondDev)
    return SampleCounts(
      train: data.count(of: .train), dev: data.count(of: .dev), secondDev: second > 0 ? second : nil,
      test: data.count(of: .test))
  }

  /// A trial from new weights, on all ranks of the group. Collective.
  func trainer(
    _ training: TrainingConfiguration, for trial: TrialID, on group: borrowing Communicator
  ) throws(TrainingError) -> Trainer {
    try Trainer(
      training, data: study.data(data, for: trial), seed: study.seed, trial: trial.rawValue,
      localRank: localRank, on: group)
  }

  private func training(for job: Job) throws(TrainingError) -> TrainingConfiguration {
    guard let training = try study.trainee(for: job.configuration, at: job.target).training else {
      preconditionFailure("built-in trainers for a study of another trainee")
    }
    return training
  }
}
