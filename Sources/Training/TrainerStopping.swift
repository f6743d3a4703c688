import CKernels
import Tensors

/// The weights at the lowest dev loss so far, with their running statistics: what early stopping goes back to.
final class BestWeights {
  private let parameters: Tensor
  private let buffers: Tensor
  private let store: ParameterStore

  init(of store: ParameterStore) throws(TrainingError) {
    (parameters, buffers) = try library { () throws(TensorError) in
      (try store.parameters.copied(), try store.buffers.copied())
    }
    self.store = store
  }

  /// As blocks of a snapshot.
  var parts: [StatePart] {
    [
      StatePart(name: "best.parameters", layout: store.parameterEntries, place: StatePlace(parameters)),
      StatePart(name: "best.buffers", layout: store.bufferEntries, place: StatePlace(buffers)),
    ]
  }

  func keep() throws(TrainingError) { try copy(store.parameters, to: parameters, store.buffers, to: buffers) }

  func goBack() throws(TrainingError) {
    try copy(parameters, to: store.parameters, buffers, to: store.buffers)
  }

  private func copy(
    _ parameters: Tensor, to otherParameters: Tensor, _ buffers: Tensor, to otherBuffers: Tensor
  ) throws(TrainingError) {
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        try otherParameters.copyInPlace(from: parameters)
        if buffers.count > 0 { try otherBuffers.copyInPlace(from: buffers) }
      }
    }
  }
}

/// What early stopping remembers of the looks at the dev loss.
struct StoppingMemory: Equatable, Sendable {
  /// The lowest dev loss, and the budget at it; nil before the first look.
  var best: Double?
  var bestBudget: Double?
  /// Looks since then.
  var looks = 0
  var hasStopped = false
  /// The newest mean loss of training, which is told where nothing has been trained since; nil before the first.
  var trainLoss: Double?
  /// Of the hyperparameters under which it looked (`TrainingConfiguration.liveDigest`).
  var digest: Double?

  init() {}

  /// - Returns: whether the loss is a new lowest one.
  mutating func look(at loss: Double, budget: Int, _ options: EarlyStopping) -> Bool {
    if let best, loss >= best - options.delta {
      looks += 1
      hasStopped = looks >= options.patience
      return false
    }
    (best, bestBudget, looks) = (loss, Double(budget), 0)
    return true
  }

  /// As a snapshot holds it.
  var scalars: [String: Double] {
    let numbers: [String: Double?] = [
      "best": best, "best_budget": bestBudget, "looks": Double(looks), "stopped": hasStopped ? 1 : 0,
      "train_loss": trainLoss, "hyperparameters": digest,
    ]
    return numbers.compactMapValues(\.self)
  }

  init(_ scalars: [String: Double]) {
    (best, bestBudget) = (scalars["best"], scalars["best_budget"])
    (looks, hasStopped) = (Int(exactly: scalars["looks"] ?? 0) ?? 0, scalars["stopped"] == 1)
    (trainLoss, digest) = (scalars["train_loss"], scalars["hyperparameters"])
  }
}

extension Trainer {
  /// What a step is once a trial has stopped early: it counts, so that budget, schedules and the order of the samples
  /// are what they would be, and nothing is computed. Local, and the same on all ranks.
  mutating func skipStep() throws(TrainingError) {
    try followSchedules()
    advance()
    try optimizer.goOn(from: progress.step, scalars: optimizer.scalars)
  }

  /// Whether to stop at this dev loss. Collective.
  mutating func judge(_ loss: Double) throws(TrainingError) {
    guard let bestWeights else { return }
    var memory = StoppingMemory(progress.stopping)
    let isBest = memory.look(at: loss, budget: progress.budget, configuration.stopping)
    memory.digest = configuration.liveDigest
    let hasStopped = memory.hasStopped
    try peers.together { () throws(TrainingError) in
      if isBest { try bestWeights.keep() }
      if hasStopped { try bestWeights.goBack() }
    }
    progress.stopping = memory.scalars
  }

  var hasStopped: Bool { !progress.stopping.isEmpty && StoppingMemory(progress.stopping).hasStopped }

  /// Looks count anew under other hyperparameters, as the loss may fall again: of a trial that goes on, and of a clone.
  /// The weights stay.
  mutating func forgetLooksOfOthers() {
    var memory = StoppingMemory(progress.stopping)
    guard let digest = memory.digest, digest != configuration.liveDigest else { return }
    let trainLoss = memory.trainLoss
    memory = StoppingMemory()
    memory.trainLoss = trainLoss
    progress.stopping = memory.scalars
  }

  /// The mean loss of training since the last measurement; of one that has stopped, the last that there was. Forgets
  /// the sums.
  mutating func takeTrainLoss() -> Double? {
    defer { (progress.lossSum, progress.lossCount) = (0, 0) }
    guard progress.lossCount > 0 else {
      return hasStopped ? StoppingMemory(progress.stopping).trainLoss : nil
    }
    let loss = progress.lossSum / Double(progress.lossCount)
    if bestWeights != nil {
      var memory = StoppingMemory(progress.stopping)
      memory.trainLoss = loss
      progress.stopping = memory.scalars
    }
    return loss
  }
}

extension TrainingConfiguration {
  /// What tells apart the hyperparameters that may change while a trial runs; exact as a `Double`.
  var liveDigest: Double {
    let text = TrainingHyperparameters.all.filter(\.isLive).compactMap { hyperparameter in
      hyperparameter.read(self).map { "\(hyperparameter.name)=\($0)" }
    }.joined(separator: "\n")
    let bytes = Array(text.utf8)
    return Double(bytes.withUnsafeBytes { checksum_crc32c(0, $0.baseAddress, $0.count) })
  }
}
