internal import Foundation
public import MPI
internal import Processes

/// A trial of a plain command: every job starts it, and it ends at the job's budget.
///
/// What it finds in its state directory is where it goes on from, what it leaves there is its state.
public final class PlainTrainee: Trainee {
  private let place: ProgramPlace
  private let peers: TrainerPeers
  private var configuration: ProgramConfiguration
  private var trial: Int
  private var progress = Progress()
  /// Where it goes on from; nil for its beginning.
  private var origin: Snapshot?
  private var metrics: [String: Double] = [:]
  private let directory: StateDirectory

  /// Collective over `group`.
  public init(
    _ configuration: ProgramConfiguration, trial: Int, at place: ProgramPlace,
    on group: borrowing Communicator
  ) throws(TrainingError) {
    self.configuration = configuration
    self.trial = trial
    self.place = place
    peers = try TrainerPeers(group)
    directory = try peers.together { () throws(TrainingError) -> StateDirectory in
      let directory = StateDirectory(path: try place.newDirectory())
      try directory.clear()
      return directory
    }
  }

  deinit { directory.remove() }

  /// Whether this rank starts the command.
  private var starts: Bool { peers.isRoot || configuration.processes == .rank }

  public var description: TraineeDescription { configuration.description }
  public var budget: Int { progress.budget }

  public func train(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause {
    try train(to: target, isInterrupted: isInterrupted) { false }
  }

  /// One start of the command: all of it is a single step.
  public func train(
    to target: Int, isInterrupted: () -> Bool, meanwhile: () -> Bool
  ) throws(TrainingError) -> TrainingPause {
    guard progress.budget < target else { return .reachedTarget }
    guard try run(to: target, meanwhile: meanwhile) else { return .interrupted }
    origin = nil
    progress.budget = target
    progress.step += 1
    _ = isInterrupted()
    return .reachedTarget
  }

  /// - Returns: false when it was given up, and its state is what it was.
  private func run(to target: Int, meanwhile: () -> Bool) throws(TrainingError) -> Bool {
    let printed = PrintedMetrics(configuration.metrics)
    let seat = try place.seat(among: peers)
    let script = try peers.together { () throws(TrainingError) -> ScriptProcess? in
      guard starts else { return nil }
      return try place.start(
        configuration, at: seat, loggingTo: place.log(of: trial, rank: peers.rank),
        filling: try values(at: target), line: { printed.take($0) })
    }
    defer { script?.end(within: 0) }
    let start = ContinuousClock.now
    let limits = configuration.limits
    let waiting = try peers.wait(meanwhile: meanwhile) { () throws(TrainingError) in
      guard let script else { return true }
      if limits.seconds > 0, ContinuousClock.now - start > .seconds(limits.seconds) {
        throw .library(
          "\(script.name): expected to train for at most \(short(limits.seconds)) s, found no end after that time"
        )
      }
      return try script.isDone(limits)
    }
    guard waiting == .done else {
      script?.end()
      try goBack()
      return false
    }
    try peers.together { () throws(TrainingError) in
      if let complaint = printed.complaint, script != nil { throw .library(complaint) }
    }
    metrics = printed.values
    return true
  }

  /// What the placeholders of the command stand for.
  private func values(at target: Int) throws(TrainingError) -> (String) -> String? {
    let own = configuration.hyperparameters.mapValues(\.description)
    let ofTrial = [
      "budget": String(target), "state": directory.path, "seed": String(place.seed(of: trial)),
      "trial": String(trial), "directory": try place.directory(of: trial),
    ]
    return { own[$0] ?? ofTrial[$0] }
  }

  /// The state before the command that was given up.
  private func goBack() throws(TrainingError) {
    try peers.together { () throws(TrainingError) in
      try directory.clear()
      if let origin { try directory.write(origin.opaque, order: origin.fileOrder) }
    }
  }

  public func measure() throws(TrainingError) -> Measurement {
    try peers.measurement(of: metrics, configuration, at: progress.budget)
  }

  // MARK: State

  /// The files of the root's state directory, opaque.
  public func snapshot() throws(TrainingError) -> Snapshot? {
    try peers.together { () throws(TrainingError) -> Snapshot? in
      guard peers.isRoot else { return nil }
      var snapshot = Snapshot(progress: progress, blocks: [:])
      if configuration.keepsState {
        let (files, order) = try directory.read()
        snapshot.opaque = files
        snapshot.fileOrder = order
      }
      return snapshot
    }
  }

  public func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    let header = try peers.header(of: snapshot) { snapshot throws(TrainingError) in
      guard snapshot.blocks.isEmpty else {
        throw .invalid(
          subject: "snapshot", expected: "the files of a plain command",
          found: "the blocks \(snapshot.blocks.keys.sorted().joined(separator: ", "))",
          remedy: "Restore a snapshot of the same program.")
      }
    }
    var restored = Snapshot(progress: header.progress, blocks: [:])
    restored.fileOrder = try peers.shared(snapshot?.fileOrder ?? [])
    restored.opaque = try configuration.processes == .rank ? share(snapshot?.opaque) : snapshot?.opaque ?? [:]
    try peers.together { () throws(TrainingError) in
      guard starts else { return }
      try directory.clear()
      try directory.write(restored.opaque, order: restored.fileOrder)
    }
    progress = header.progress
    (origin, metrics) = (restored, [:])
  }

  /// The root's files, on every rank.
  private func share(_ files: [String: StateMemory]?) throws(TrainingError) -> [String: StateMemory] {
    var shared: [String: StateMemory] = [:]
    let byteCounts = try peers.shared(files?.mapValues(\.byteCount) ?? [:])
    for (name, byteCount) in byteCounts.sorted(by: { $0.key < $1.key }) {
      shared[name] = try peers.shared(files?[name], of: byteCount, isOpen: false)
    }
    return shared
  }

  public func set(_ values: [String: HyperparameterValue]) throws(TrainingError) {
    configuration = try configuration.settingLive(values)
  }

  /// What the next start is called with.
  public func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue] {
    configuration.hyperparameters
  }

  /// Nobody knows what a command makes of its arguments.
  public var namesReadBack: Set<String>? { [] }
}

extension Snapshot {
  private static let fileOrderName = "tuner_mpi.files"

  /// The names of a plain command's files in the order in which they were last written.
  fileprivate var fileOrder: [String] {
    get {
      guard case .text(let names)? = scalars[Self.fileOrderName] else { return [] }
      return names.split(separator: "\n").map(String.init)
    }
    set { scalars[Self.fileOrderName] = newValue.isEmpty ? nil : .text(newValue.joined(separator: "\n")) }
  }
}
