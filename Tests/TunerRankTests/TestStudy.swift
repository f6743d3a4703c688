import Foundation
import MPI
import Search
import Synchronization
import Training
import Tuner

/// A small study over `Descent`, and the ways to run it.
struct TestStudy {
  var population = 4
  var generations = 4
  var interval = 2
  var ranksPerTrial = 1
  var faults = Descent.Faults()
  var secondsBetweenMidJobCheckpoints = 0.0
  var patience = 60.0
  var secondsUntilWarning = 5.0
  var secondsUntilLost = 60.0
  var secondsToStop = 60.0
  /// Instead of the population.
  var scheduler: SchedulerConfiguration?
  var sampler = SamplerConfiguration.random
  var objective = Objective(metric: "dev_loss", goal: .minimize)
  var fidelity: Fidelity?

  var study: Study {
    Study(
      name: "descent", seed: 7, objective: objective,
      space: SearchSpace([
        Parameter(name: "learning_rate", domain: .float(low: 0.001, high: 0.5, scale: .log))
      ]),
      sampler: sampler,
      scheduler: scheduler
        ?? .pbt(PBTOptions(population: population, generations: generations, interval: interval)),
      ranksPerTrial: ranksPerTrial, secondsBetweenMidJobCheckpoints: secondsBetweenMidJobCheckpoints,
      fidelity: fidelity)
  }

  func controller(after journal: [UInt8] = []) throws -> Controller {
    try Controller(study, after: JournalContents(bytes: journal, path: "memory"))
  }

  func options(_ directory: String, warnings: Warnings = Warnings()) -> ClusterOptions {
    var options = ClusterOptions(study, runDirectory: directory, warn: { warnings.add($0) })
    options.worker.patience = patience
    options.worker.secondsUntilWarning = secondsUntilWarning
    options.secondsUntilLost = secondsUntilLost
    options.worker.secondsBetweenSigns = 0.05
    return options
  }

  /// A run on all ranks; nil on ranks other than the first.
  func run(
    on ranks: borrowing Communicator, in directory: String, after journal: [UInt8] = [],
    warnings: Warnings = Warnings(), stop: @escaping () -> StopReason? = { nil },
    observe: @escaping (RunProgress) -> Void = { _ in }
  ) throws -> Finished? {
    let layout = try RankLayout(worldSize: ranks.size, ranksPerTrial: ranksPerTrial)
    let options = options(directory, warnings: warnings)
    let faults = faults
    if layout.isLocal {
      return try runLocally(on: ranks, in: directory, after: journal, stop: stop, observe: observe)
    }
    guard ranks.isRoot else {
      try Worker.run(on: ranks, layout, options.worker) { job, communicator throws(TrainingError) in
        try Descent(job, on: communicator, faults: faults)
      }
      return nil
    }
    var cluster = try MPICluster(on: ranks, layout, options)
    return try finish(&cluster, journal, stop, observe)
  }

  /// The same study, controller and worker in this process.
  func runLocally(
    on ranks: borrowing Communicator, in directory: String, after journal: [UInt8] = [],
    stop: @escaping () -> StopReason? = { nil }, observe: @escaping (RunProgress) -> Void = { _ in }
  ) throws -> Finished {
    let faults = faults
    let alone = try ranks.makeGroup(of: [ranks.rank], tag: Tag(100), named: "alone")
    var cluster = try LocalCluster<Descent>(on: alone, options(directory)) {
      job, communicator throws(TrainingError) in
      try Descent(job, on: communicator, faults: faults)
    }
    return try finish(&cluster, journal, stop, observe)
  }

  private func finish(
    _ cluster: inout some Cluster & ~Copyable, _ bytes: [UInt8], _ stop: @escaping () -> StopReason?,
    _ observe: @escaping (RunProgress) -> Void
  ) throws -> Finished {
    var controller = try controller(after: bytes)
    var journal = try Journal(inMemoryAfter: bytes)
    let options = RunOptions(
      program: "test", secondsBetweenStopRequests: 0.01, secondsToStop: secondsToStop, stopRequest: stop,
      observe: observe)
    let result = try Tuner.run(&controller, on: &cluster, recording: &journal, options)
    return Finished(result: result, journal: journal.bytes)
  }

  struct Finished {
    var result: RunResult
    var journal: [UInt8]

    /// The study's records after the header, which tells the size of groups.
    var records: [Record] {
      get throws { Array(try JournalContents(bytes: journal, path: "memory").lines.studyRecords.dropFirst()) }
    }
    var outcomes: [OutcomeRecord] {
      get throws { try records.compactMap { if case .outcome(let outcome) = $0 { outcome } else { nil } } }
    }
    var jobs: [Job] {
      get throws { try records.compactMap { if case .job(let record) = $0 { record.job } else { nil } } }
    }
  }
}

/// Warnings, from whatever thread.
final class Warnings: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

/// A run directory that all ranks know, gone afterwards.
func withRunDirectory<Result>(
  _ ranks: borrowing Communicator, _ body: (borrowing Communicator, String) throws -> Result
) throws -> Result {
  var path = FileManager.default.temporaryDirectory.appending(path: "tuner-ranks-\(UUID().uuidString)").path
  path = String(decoding: try ranks.broadcastBytes(Array(path.utf8)), as: UTF8.self)
  if ranks.isRoot {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  try ranks.barrier()
  let result = Swift.Result { try body(ranks, path) }
  try ranks.barrier()
  if ranks.isRoot { try FileManager.default.removeItem(atPath: path) }
  return try result.get()
}

/// A directory of this rank alone, gone afterwards.
func withOwnDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "tuner-own-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  let result = Swift.Result { try body(path) }
  try FileManager.default.removeItem(atPath: path)
  return try result.get()
}
