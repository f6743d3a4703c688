internal import CTrainee
public import MPI
internal import Randomness

/// A trial of a plug-in: somebody else's code within the ranks of a group, with a communicator of theirs.
public final class PluginTrainee: Trainee {
  let library: PluginLibrary
  let peers: TrainerPeers
  /// The plug-in's own, so that its messages meet no others; freed after it.
  private let communicator: Communicator
  private var configuration: PluginConfiguration
  private let seed: UInt64
  private let warn: (String) -> Void
  /// What the plug-in calls its trial; nil before it is made.
  private(set) var trial: UnsafeMutableRawPointer?
  var progress = Progress()

  /// Makes a trial. Collective over `group`, of which it makes duplicates.
  ///
  /// - Parameters:
  ///   - seed: the study's.
  ///   - warn: told what the user should know of the plug-in.
  public init(
    _ configuration: PluginConfiguration, trial: Int, seed: UInt64, of library: PluginLibrary,
    on group: borrowing Communicator, warn: @escaping (String) -> Void = { _ in }
  ) throws(TrainingError) {
    self.configuration = configuration
    self.library = library
    self.seed = seed
    self.warn = warn
    peers = try TrainerPeers(group)
    do throws(MPIError) {
      communicator = try group.duplicate(named: "\(group.name), \(library.path)")
    } catch {
      throw TrainingError(error)
    }
    try peers.together { () throws(TrainingError) in
      try withSetup(of: trial) { setup throws(TrainingError) in
        try library.call(to: "make a trial") { library.table.create(setup, &self.trial, $0, $1) }
      }
    }
  }

  deinit {
    if let trial { library.table.destroy(trial) }
  }

  /// Makes this the trial of another job, which is restored next. Collective.
  ///
  /// - Returns: false, with nothing changed, when the plug-in cannot, or when what is fixed has another
  ///   value.
  public func takeUp(_ configuration: PluginConfiguration, trial: Int) throws(TrainingError) -> Bool {
    let old = self.configuration
    guard let renew = library.table.renew, library.table.state != Int32(TUNER_STATE_NONE.rawValue),
      old.fixedHyperparameters == configuration.fixedHyperparameters,
      Set(old.hyperparameters.keys) == Set(configuration.hyperparameters.keys)
    else { return false }
    self.configuration = configuration
    progress = Progress()
    try peers.together { () throws(TrainingError) in
      try withSetup(of: trial) { setup throws(TrainingError) in
        try library.call(to: "make its trial another one") { renew(self.trial, setup, $0, $1) }
      }
    }
    return true
  }

  private func withSetup(
    of trial: Int, _ body: (UnsafePointer<tuner_setup>) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    let values = PluginValues(configuration.hyperparameters)
    var generator = CounterGenerator(seed: seed, purpose: .initialization, index: trial)
    let ownSeed = Int64(generator.next() >> 33)
    let version = (try? MPIEnvironment.libraryVersion()) ?? ""
    var failure: TrainingError?
    communicator.withHandle { handle in
      version.withCString { version in
        values.withPointer { pointer, count in
          var setup = tuner_setup(
            values: pointer, value_count: count, seed: ownSeed, trial: Int64(trial), communicator: handle,
            rank: Int32(peers.rank), ranks: Int32(peers.ranks), threads: Int32(configuration.threads),
            mpi_library: version)
          do throws(TrainingError) { try body(&setup) } catch { failure = error }
        }
      }
    }
    if let failure { throw failure }
  }

  public var description: TraineeDescription { configuration.description }
  public var budget: Int { progress.budget }

  // MARK: Training

  public func train(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause {
    guard progress.budget < target else { return .reachedTarget }
    if library.table.trains_whole != 0 { return try trainWhole(to: target, isInterrupted: isInterrupted) }
    while progress.budget < target {
      let next = progress.budget + 1
      try peers.together { () throws(TrainingError) in
        try library.call(to: "train to \(next)", at: next) {
          library.table.train(trial, Int64(progress.budget), Int64(next), nil, $0, $1)
        }
      }
      progress.budget = next
      progress.step += 1
      let isAnyInterrupted = try peers.sum([isInterrupted() ? 1 : 0])[0] > 0
      if isAnyInterrupted, next < target { return .interrupted }
    }
    return .reachedTarget
  }

  /// The plug-in trains on until it is told to stop.
  private func trainWhole(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause {
    let start = progress.budget
    var asked = 0
    let reached = try withoutActuallyEscaping(isInterrupted) { (isInterrupted) throws(TrainingError) -> Int in
      let question = StopQuestion(from: start, to: target, of: library.path, peers, isInterrupted)
      var failure: TrainingError?
      do throws(TrainingError) {
        try library.call(to: "train to \(target)", at: target) { text, size in
          var host = question.host
          return library.table.train(trial, Int64(start), Int64(target), &host, text, size)
        }
      } catch { failure = error }
      try question.end(failure)
      asked = question.asked
      return question.reached
    }
    progress.budget = reached
    progress.step += max(1, asked)
    return progress.budget < target ? .interrupted : .reachedTarget
  }

  public func measure() throws(TrainingError) -> Measurement {
    var all = [Double](repeating: .nan, count: library.metrics.count)
    var found: [String: Double] = [:]
    try peers.together { () throws(TrainingError) in
      try library.call(to: "measure", at: progress.budget) {
        library.table.measure(trial, &all, $0, $1)
      }
      guard peers.isRoot else { return }
      for (name, value) in zip(library.metrics, all) where configuration.metrics.contains(name) {
        guard value.isFinite else { throw .diverged(step: progress.budget, what: name) }
        found[name] = value
      }
    }
    return Measurement(budget: progress.budget, metrics: try peers.shared(found))
  }

  // MARK: Hyperparameters

  public func set(_ values: [String: HyperparameterValue]) throws(TrainingError) {
    let wanted = try configuration.settingLive(values)
    let old = configuration.hyperparameters
    let changes = wanted.hyperparameters.filter { old[$0.key] != $0.value }
    guard !changes.isEmpty else { return }
    do throws(TrainingError) {
      try tell(changes)
    } catch {
      // A rank may have refused alone.
      _ = try? tell(old.filter { changes[$0.key] != nil })
      throw error
    }
    configuration = wanted
  }

  private func tell(_ changes: [String: HyperparameterValue]) throws(TrainingError) {
    try peers.together { () throws(TrainingError) in
      guard let set = library.table.set else { return }
      let words = changes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      try library.call(to: "set \(words)") { text, size in
        PluginValues(changes).withPointer { set(trial, $0, $1, text, size) }
      }
    }
  }

  /// As planned, but for what the plug-in has read back.
  public func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue] {
    let planned = configuration.hyperparameters
    let found = try peers.together { () throws(TrainingError) -> [String: HyperparameterValue] in
      guard let readBack = library.table.read_back else { return [:] }
      let values = PluginValues(asking: planned.keys)
      try library.call(to: "read its hyperparameters back") { text, size in
        values.withPointer { readBack(trial, $0, $1, text, size) }
      }
      return values.answers
    }
    try requireAlike(found)
    let unread = configuration.description.liveNames.intersection(planned.keys).subtracting(found.keys)
    if !unread.isEmpty {
      let names = unread.sorted().joined(separator: ", ")
      warn("not verified to be in force, because \(library.path) reads nothing back of it: \(names)")
    }
    return planned.merging(found) { _, found in found }
  }

  /// Every rank trains under the same values. Collective.
  private func requireAlike(_ found: [String: HyperparameterValue]) throws(TrainingError) {
    let mine = found.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let roots = String(decoding: try peers.broadcast(Array(mine.utf8)), as: UTF8.self)
    try peers.together { () throws(TrainingError) in
      guard mine != roots else { return }
      throw .invalid(
        subject: "\(library.path) on rank \(peers.rank)",
        expected: "the first rank's values in force, \(roots)",
        found: mine, remedy: "Decide nothing of a configuration in the plug-in: every rank is told the same.")
    }
  }
}
