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
  private var progress = Training.Progress()

  /// A communicator behind a reference, since this trainer is a copyable value.
  final class Ranks {
    let communicator: Communicator
    init(_ communicator: consuming Communicator) { self.communicator = communicator }
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

  var budget: Int { progress.budget }

  private static func throwIfToldTo(
    at place: Place, _ faults: Faults, _ trial: TrialID, _ group: borrowing Communicator
  ) throws(TrainingError) {
    guard let told = faults.throwsAt, told.place == place, told.trial == trial.rawValue,
      group.rank.rawValue == group.size - 1
    else { return }
    throw .invalid(subject: "\(trial)", expected: "calm", found: "a fault, \(place)", remedy: "None.")
  }

  private func throwIfToldTo(at place: Place) throws(TrainingError) {
    try Self.throwIfToldTo(at: place, faults, trial, ranks.communicator)
  }

  mutating func train(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause {
    while progress.budget < target {
      try hangIfToldTo()
      var failure: TrainingError?
      if progress.step % Self.stepsPerBudget == 2 {
        do throws(TrainingError) { try throwIfToldTo(at: .trained) } catch { failure = error }
      }
      if faults.diverging.contains(trial.rawValue) { throw .diverged(step: progress.step, what: "the loss") }
      for index in weights.indices { weights[index] -= learningRate * (weights[index] - 1) }
      if faults.microsecondsPerStep > 0 { usleep(faults.microsecondsPerStep) }
      progress.step += 1
      progress.budget = progress.step / Self.stepsPerBudget
      progress.lossSum += loss
      progress.lossCount += 1
      if try meet(isInterrupted(), failure), progress.budget < target { return .interrupted }
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

  /// What one rank throws travels with the reduction that ends the step.
  ///
  /// - Returns: whether any rank is interrupted.
  private func meet(_ isInterrupted: Bool, _ failure: TrainingError?) throws(TrainingError) -> Bool {
    let failed = Int32(1 << 16)
    do {
      let sum = try ranks.communicator.allReduce(failure == nil ? isInterrupted ? 1 : 0 : failed, .sum)
      if sum < failed { return sum > 0 }
      let words = try failure.map { [UInt8](try JSONEncoder().encode($0)) }
      guard let first = try ranks.communicator.firstFailure(words) else { return false }
      throw try JSONDecoder().decode(TrainingError.self, from: Data(first.words))
    } catch let error as MPIError {
      throw TrainingError(error)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .library("\(error)")
    }
  }

  private var loss: Double {
    weights.reduce(0) { $0 + Double($1 - 1) * Double($1 - 1) } / Double(weights.count)
  }

  mutating func measure() throws(TrainingError) -> Training.Measurement {
    if faults.microsecondsToMeasure > 0 { usleep(faults.microsecondsToMeasure) }
    try throwIfToldTo(at: .measured)
    let trainLoss = progress.lossCount > 0 ? progress.lossSum / Double(progress.lossCount) : loss
    progress.lossSum = 0
    progress.lossCount = 0
    return Training.Measurement(budget: progress.budget, metrics: ["dev_loss": loss, "train_loss": trainLoss])
  }

  func snapshot() throws(TrainingError) -> Snapshot? {
    try throwIfToldTo(at: .snapshot)
    guard ranks.communicator.isRoot else { return nil }
    let layout = [Snapshot.Entry(name: "weight", shape: [Self.elements], offset: 0)]
    let stamp = [Snapshot.Entry(name: "origin", shape: [2], offset: 0)]
    return Snapshot(
      progress: progress,
      blocks: [
        "parameters": Snapshot.Block(layout: layout, values: weights),
        "buffers": Snapshot.Block(layout: stamp, values: [origin, learningRate]),
      ])
  }

  mutating func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    var header = [
      Double(snapshot?.progress.step ?? 0), Double(snapshot?.progress.budget ?? 0),
      snapshot?.progress.lossSum ?? 0, Double(snapshot?.progress.lossCount ?? 0),
    ]
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
    progress.lossSum = header[2]
    progress.lossCount = Int(header[3])
    origin = stamp[0]
    if faults.restoresLearningRate { learningRate = stamp[1] }
    try throwIfToldTo(at: .restored)
  }

  func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue] {
    try throwIfToldTo(at: .readBack)
    return ["learning_rate": .number(Double(learningRate))]
  }
}
