/// How far the built-in trainer has come: the part of its state that is no array.
public struct TrainerProgress: Equatable, Sendable {
  /// Optimizer steps done.
  public var step: Int = 0
  /// Training samples consumed; with the seed and the batch size, the data cursor.
  public var samples: Int = 0
  /// Cumulative budget, in the study's unit.
  public var budget: Int = 0
  /// Sums since the last measurement, so that an interrupted stretch reports what an uninterrupted one would.
  public var lossSum: Double = 0
  public var lossCount: Int = 0
  /// Wall-clock seconds of training so far; nil where nobody asked (`ResourceMetric.trainingSeconds`).
  public var trainingSeconds: Double?
  /// Joules of training so far; nil where nobody asked (`ResourceMetric.joules`).
  public var joules: Double?
  /// Of the gradients so far; nil where nobody asked (`ResourceMetric.gradientNoiseScale`).
  public var noise: NoiseScale?
  /// What a learning-rate schedule that follows the dev loss remembers; empty for any other.
  public var scheduleMemory: [String: Double] = [:]
  /// What early stopping remembers (`StoppingMemory`); empty before its first look.
  public var stopping: [String: Double] = [:]
  /// The single numbers that the optimizer remembers, by name.
  public var optimizer: [String: Double] = [:]
  /// The single numbers that what acts beside the optimizer remembers, by name.
  public var hooks: [String: Double] = [:]

  public init() {}
}

// As a snapshot holds it.
extension TrainerProgress {
  var progress: Progress { Progress(step: step, budget: budget) }

  var scalars: [String: Snapshot.Scalar] {
    var scalars: [String: Snapshot.Scalar] = [
      "samples": .integer(samples), "loss_sum": .number(lossSum), "loss_count": .integer(lossCount),
    ]
    if let trainingSeconds { scalars["training_seconds"] = .number(trainingSeconds) }
    if let joules { scalars["joules"] = .number(joules) }
    if let noise {
      scalars["gradient_noise"] = .number(noise.noise)
      scalars["gradient_signal"] = .number(noise.signal)
    }
    for (part, prefix) in Self.parts {
      for (name, number) in self[keyPath: part] { scalars[prefix + name] = .number(number) }
    }
    return scalars
  }

  /// - Throws: `TrainingError.invalid` when the scalars are not those of a trainer.
  init(_ progress: Progress, _ scalars: [String: Snapshot.Scalar]) throws(TrainingError) {
    guard case .integer(let samples) = scalars["samples"], case .number(let lossSum) = scalars["loss_sum"],
      case .integer(let lossCount) = scalars["loss_count"]
    else {
      throw .invalid(
        subject: "snapshot", expected: "the scalars loss_count, loss_sum, samples",
        found: scalars.isEmpty ? "none" : scalars.keys.sorted().joined(separator: ", "),
        remedy: "Restore a snapshot of a built-in trainer.")
    }
    (step, budget) = (progress.step, progress.budget)
    (self.samples, self.lossSum, self.lossCount) = (samples, lossSum, lossCount)
    if case .number(let seconds) = scalars["training_seconds"] { trainingSeconds = seconds }
    if case .number(let joules) = scalars["joules"] { self.joules = joules }
    if case .number(let noise) = scalars["gradient_noise"],
      case .number(let signal) = scalars["gradient_signal"]
    {
      self.noise = NoiseScale(noise: noise, signal: signal)
    }
    for (part, prefix) in Self.parts {
      for (name, scalar) in scalars where name.hasPrefix(prefix) {
        if case .number(let number) = scalar {
          self[keyPath: part][String(name.dropFirst(prefix.count))] = number
        }
      }
    }
  }

  /// Whose numbers begin with which prefix.
  private static var parts: [(part: WritableKeyPath<Self, [String: Double]>, prefix: String)] {
    [
      (\.scheduleMemory, "schedule."), (\.stopping, "stopping."), (\.optimizer, "optimizer."),
      (\.hooks, "hook."),
    ]
  }
}
