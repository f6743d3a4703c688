import Foundation
import MPI
import Search
import Training

/// A trainer that costs nothing: gradient descent on a bowl, `w ← w − learning_rate · (w − 1)`. What it
/// computes does not depend on the number of its ranks, and its state says where it came from: the block
/// `buffers` holds the number of the trial that began with these weights, which a clone inherits.
struct Descent: Trainee {
  /// Steps of one unit of budget.
  static let stepsPerBudget = 4
  static let elements = 100

  /// What a test can make it do wrong.
  struct Faults: Sendable {
    /// Restoring brings back the learning rate that the state was made with, as careless optimizers do.
    var restoresLearningRate = false
    /// Trials that diverge in their first step.
    var diverging: Set<Int> = []
    /// Trials that find their host without what they need.
    var withoutPlace: Set<Int> = []
    /// Where the last rank of a group, alone, throws at a trial.
    var throwsAt: (place: Place, trial: Int)?
    /// How long measuring takes.
    var microsecondsToMeasure: UInt32 = 0
    /// The second rank of the first group hangs, for longer than the others' patience.
    var hangs = false
    /// Seconds that a step takes at least, for tests that interrupt.
    var microsecondsPerStep: UInt32 = 0
    /// Called before each step, with the trial and the steps so far.
    var beforeStep: (@Sendable (Int, Int) -> Void)?
  }

  /// Where a trainer may fail on one rank alone.
  enum Place: String, CaseIterable, Sendable {
    case made, restored, trained, measured, snapshot, readBack
  }

  private let ranks: Ranks
  private let faults: Faults
  private let trial: TrialID
  private var learningRate: Float
  private var weights: [Float]
  private var origin: Float
  private var progress = Progress()
  /// Since the last measurement.
  private var losses: (sum: Double, count: Int) = (0, 0)

  /// A communicator behind a reference, since this trainer is a copyable value.
  final class Ranks {
    let communicator: Communicator
    init(_ communicator: consuming Communicator) { self.communicator = communicator }

    var isLast: Bool { communicator.rank.rawValue == communicator.size - 1 }

    /// Throws on every rank what the first one says that failed.
    func together(_ failure: TrainingError?) throws(TrainingError) {
      do {
        let words = try failure.map { [UInt8](try JSONEncoder().encode($0)) }
        guard let failed = try communicator.firstFailure(words) else { return }
        throw try JSONDecoder().decode(TrainingError.self, from: Data(failed.words))
      } catch let error as TrainingError {
        throw error
      } catch let error as MPIError {
        throw TrainingError(error)
      } catch {
        throw .library("\(error)")
      }
    }
  }

  private func throwIfToldTo(at place: Place) throws(TrainingError) {
    guard let told = faults.throwsAt, told.place == place, told.trial == trial.rawValue else { return }
    try ranks.together(
      ranks.isLast
        ? .invalid(subject: "\(trial)", expected: "calm", found: "a fault, \(place)", remedy: "None.") : nil)
  }

  init(_ job: Job, on group: borrowing Communicator, faults: Faults) throws(TrainingError) {
    if faults.withoutPlace.contains(job.trial.rawValue) {
      throw .place(
        subject: "resources.device", expected: "a GPU", found: "none", remedy: "Ask the scheduler for one.")
    }
    guard case .number(let rate) = job.configuration["learning_rate"] else {
      throw .invalid(
        subject: "learning_rate", expected: "a number", found: "\(job.configuration.values)",
        remedy: "Set it.")
    }
    do throws(MPIError) {
      ranks = Ranks(try group.duplicate(named: "\(group.name) at \(job.id)"))
    } catch {
      throw TrainingError(error)
    }
    self.faults = faults
    trial = job.trial
    learningRate = Float(rate)
    origin = Float(job.trial.rawValue)
    weights = (0..<Self.elements).map { sin(Float($0 + 7 * job.trial.rawValue)) }
    try throwIfToldTo(at: .made)
  }

  var description: TraineeDescription { Self.description }

  static let description = TraineeDescription(
    hyperparameters: [
      Hyperparameter(
        name: "learning_rate", summary: "How far a step goes.", kind: .number(.above(0, through: 1)),
        isLive: true)
    ],
    metrics: [
      Metric(name: "dev_loss", goal: .minimize, summary: "The bowl's height."),
      Metric(name: "train_loss", goal: .minimize, summary: "Its mean since the measurement before."),
    ])

  var budget: Int { progress.budget }

  mutating func train(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause {
    while progress.budget < target {
      try hangIfToldTo()
      faults.beforeStep?(trial.rawValue, progress.step)
      if progress.step == 2 { try throwIfToldTo(at: .trained) }
      if faults.diverging.contains(trial.rawValue) { throw .diverged(step: progress.step, what: "the loss") }
      for index in weights.indices { weights[index] -= learningRate * (weights[index] - 1) }
      if faults.microsecondsPerStep > 0 { usleep(faults.microsecondsPerStep) }
      progress.step += 1
      progress.budget = progress.step / Self.stepsPerBudget
      losses = (losses.sum + loss, losses.count + 1)
      if try anyRank(isInterrupted()), progress.budget < target { return .interrupted }
    }
    return .reachedTarget
  }

  private func hangIfToldTo() throws(TrainingError) {
    guard faults.hangs, ranks.communicator.rank == Rank(1),
      ranks.communicator.name.hasPrefix("group 0 ")
    else { return }
    do throws(MPIError) {
      // Nobody sends this: the rank comes back when the others have given it up.
      _ = try ranks.communicator.probe(tag: Tag(99), deadline: .seconds(6))
    } catch {
      throw TrainingError(error)
    }
  }

  private func anyRank(_ flag: Bool) throws(TrainingError) -> Bool {
    do throws(MPIError) {
      return try ranks.communicator.allReduce(Int32(flag ? 1 : 0), .sum) > 0
    } catch {
      throw TrainingError(error)
    }
  }

  private var loss: Double {
    weights.reduce(0) { $0 + Double($1 - 1) * Double($1 - 1) } / Double(weights.count)
  }

  mutating func measure() throws(TrainingError) -> Training.Measurement {
    if faults.microsecondsToMeasure > 0 { usleep(faults.microsecondsToMeasure) }
    try throwIfToldTo(at: .measured)
    let trainLoss = losses.count > 0 ? losses.sum / Double(losses.count) : loss
    losses = (0, 0)
    return Training.Measurement(budget: progress.budget, metrics: ["dev_loss": loss, "train_loss": trainLoss])
  }

  func snapshot() throws(TrainingError) -> Snapshot? {
    try throwIfToldTo(at: .snapshot)
    guard ranks.communicator.isRoot else { return nil }
    let layout = [Snapshot.Entry(name: "weight", shape: [Self.elements], offset: 0)]
    let stamp = [Snapshot.Entry(name: "origin", shape: [2], offset: 0)]
    return Snapshot(
      progress: progress,
      scalars: ["loss_sum": .number(losses.sum), "loss_count": .integer(losses.count)],
      blocks: [
        "parameters": Snapshot.Block(layout: layout, values: weights),
        "buffers": Snapshot.Block(layout: stamp, values: [origin, learningRate]),
      ])
  }

  mutating func set(_ values: [String: HyperparameterValue]) throws(TrainingError) {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let hyperparameter = Self.description.hyperparameter(named: name) else {
        throw .invalid(
          subject: name, expected: "learning_rate", found: "an unknown name", remedy: "Take it out.")
      }
      guard hyperparameter.kind.accepts(value) else {
        throw .invalid(
          subject: name, expected: hyperparameter.kind.description, found: value.description,
          remedy: "Correct the value.")
      }
    }
    if case .number(let rate) = values["learning_rate"] { learningRate = Float(rate) }
  }

  mutating func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    try ranks.together(ranks.communicator.isRoot ? Self.complaint(about: snapshot) : nil)
    var header = [Double(snapshot?.progress.step ?? 0), Double(snapshot?.progress.budget ?? 0), 0, 0]
    if case .number(let sum) = snapshot?.scalars["loss_sum"] { header[2] = sum }
    if case .integer(let count) = snapshot?.scalars["loss_count"] { header[3] = Double(count) }
    var stamp = snapshot?.blocks["buffers"]?.values ?? [0, 0]
    if let values = snapshot?.blocks["parameters"]?.values { weights = values }
    do throws(MPIError) {
      try ranks.communicator.broadcast(&header)
      try ranks.communicator.broadcast(&stamp)
      try ranks.communicator.broadcast(&weights)
    } catch {
      throw TrainingError(error)
    }
    progress.step = Int(header[0])
    progress.budget = Int(header[1])
    losses = (header[2], Int(header[3]))
    origin = stamp[0]
    if faults.restoresLearningRate { learningRate = stamp[1] }
    try throwIfToldTo(at: .restored)
  }

  private static func complaint(about snapshot: Snapshot?) -> TrainingError? {
    let names = snapshot?.blocks.keys.sorted() ?? []
    if names == ["buffers", "parameters"] { return nil }
    return .invalid(
      subject: "snapshot", expected: "the blocks buffers, parameters", found: names.joined(separator: ", "),
      remedy: "Restore a snapshot of a descent.")
  }

  func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue] {
    try throwIfToldTo(at: .readBack)
    return ["learning_rate": .number(Double(learningRate))]
  }
}
