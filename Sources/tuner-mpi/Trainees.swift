import Foundation
import MPI
import Search
import Training
import Tuner

/// Where the trainees of a rank come from: what they need of this place, and how one is made for a job.
struct TraineeSource<T: Trainee & ~Copyable> {
  /// What of all that the study may propose cannot be trained, and why.
  let problems: () -> [TrainingError]
  let make: MakeTrainee<T>
  let renew: RenewTrainee<T>
  /// Of the study's data; nil where it is the trainees' own.
  var samples: SampleCounts?
}

/// Something that is done with trainees, whatever their kind.
protocol TraineeUse {
  associatedtype Result
  /// Collective over all ranks.
  func callAsFunction<T: Trainee & ~Copyable>(
    _ source: TraineeSource<T>, _ mpi: borrowing MPIEnvironment
  ) throws -> Result
}

extension Study {
  /// Does something with this study's trainees. Collective over all ranks, each of which checks its place first.
  ///
  /// - Parameters:
  ///   - runDirectory: where the logs of programs lie; nil for none.
  ///   - rootTrains: whether rank 0 trains among others; alone it always does.
  func withTrainees<Use: TraineeUse>(
    logging runDirectory: String?, rootTrains: Bool = false, _ mpi: borrowing MPIEnvironment, _ use: Use
  ) throws -> Use.Result {
    switch trainee {
    case .builtIn(let training):
      return try use(BuiltInTrainees(self, training, rootTrains: rootTrains, on: mpi.world).source, mpi)
    case .command(let program):
      let trainees = try ProgramTrainees(
        self, program, logging: runDirectory, rootTrains: rootTrains, on: mpi.world)
      return program.isDialogue ? try use(trainees.dialogue, mpi) : try use(trainees.plain, mpi)
    case .plugin(let plugin):
      return try use(
        PluginTrainees(self, plugin, mpi.threadLevel, rootTrains: rootTrains, on: mpi.world).source, mpi)
    }
  }
}

extension TraineeConfiguration {
  /// How far threads may use MPI: a plug-in takes no turns with those of this program.
  var threadLevel: ThreadLevel { if case .plugin = self { .multiple } else { .serialized } }
}

/// A rank among those of its node.
struct NodePlace {
  /// This rank's number among the ranks of its node that train.
  let localRank: Int
  /// Whether this rank trains.
  let trains: Bool

  /// - Parameters:
  ///   - node: the ranks of this node.
  ///   - rootTrains: whether rank 0 trains among others.
  init(_ world: borrowing Communicator, _ node: borrowing Communicator, rootTrains: Bool) {
    let hosts = world.hosts
    trains = world.size == 1 || !world.isRoot || rootTrains
    let controllerIsHere = world.size > 1 && !rootTrains && hosts[0] == hosts[world.rank.rawValue]
    localRank = max(0, node.rank.rawValue - (controllerIsHere ? 1 : 0))
  }
}

extension Study {
  /// Checks on every rank that trains that the place will do. Collective over `world`, rank 0 included.
  ///
  /// - Throws: on every rank when any would not: the error on the first that failed, its exit code elsewhere.
  func checkPlace(_ place: NodePlace, on world: borrowing Communicator) throws {
    try together(on: world) { () throws(TrainingError) in
      if place.trains { try trainee.checkPlace(localRank: place.localRank) }
    }
  }
}

/// Seconds that ranks wait for the slowest one to have its data.
private let secondsToLoad = 3600.0

/// What each rank throws of an error that all of them have: one says it, the others leave with its exit code.
func everyRanks(_ error: TrainingError, on world: borrowing Communicator) -> any Error {
  world.isRoot ? error : exitCode(of: error)
}

/// Does something that may fail on some ranks alone, and goes on only if all could. Collective.
///
/// - Throws: on every rank when any could not: the error on the first that failed, its exit code elsewhere.
func together<Result>(
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
