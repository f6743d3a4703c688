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

  /// As a snapshot holds it: empty before the first look.
  var scalars: [String: Double] {
    guard let best, let bestBudget else { return [:] }
    return ["best": best, "best_budget": bestBudget, "looks": Double(looks), "stopped": hasStopped ? 1 : 0]
  }

  init(_ scalars: [String: Double]) {
    (best, bestBudget) = (scalars["best"], scalars["best_budget"])
    (looks, hasStopped) = (Int(exactly: scalars["looks"] ?? 0) ?? 0, scalars["stopped"] == 1)
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
    let hasStopped = memory.hasStopped
    try peers.together { () throws(TrainingError) in
      if isBest { try bestWeights.keep() }
      if hasStopped { try bestWeights.goBack() }
    }
    progress.stopping = memory.scalars
  }

  var hasStopped: Bool { !progress.stopping.isEmpty && StoppingMemory(progress.stopping).hasStopped }
}
