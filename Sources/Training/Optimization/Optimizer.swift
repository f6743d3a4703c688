public import Tensors

/// What runs: a chain of transforms over flat buffers, in one fused pass where the chain is one that the
/// loops cover (SGD with momentum, AdamW, LAMB), else by `ReferenceOptimizer`'s rules.
///
/// Local: it knows nothing of ranks. In a group every rank runs it on the same averaged gradients, and so
/// stays equal. On the CPU results are bit for bit the same on every run and on every instruction set.
public struct Optimizer: ~Copyable {
  public private(set) var transform: Chain
  public let layout: ParameterLayout
  /// Steps done; the schedules count from it.
  public private(set) var step = 0

  private var plan: FusedPlan?
  private let memory: OptimizerMemory

  /// - Parameter engine: by what the steps are computed; `suited(to:)` the parameters' device.
  /// - Throws: `TrainingError.invalid` when two transforms of the chain want the same block of memory, or
  ///   when the engine is `tensors` and the chain is not one that fuses; `TrainingError.library` when the
  ///   device lacks the memory.
  public init(
    _ transform: some GradientTransform, layout: ParameterLayout, engine: OptimizerEngine = .loops(.fastest)
  ) throws(TrainingError) {
    self.layout = layout
    self.transform = Chain(transform.stages)
    try Self.requireDistinctMemory(self.transform)
    plan = FusedPlan(self.transform)
    if case .tensors = engine, plan == nil { throw Self.unfused(self.transform) }
    memory = try OptimizerMemory(transform.memory, layout: layout, engine: engine)
  }

  /// Whether one fused pass covers the chain.
  public var isFused: Bool { plan != nil }

  /// Goes on under other hyperparameters, with the memory and the step count as they are.
  ///
  /// - Throws: `TrainingError.invalid` when the new chain remembers other blocks than the old.
  public mutating func replaceTransform(_ transform: some GradientTransform) throws(TrainingError) {
    let chain = Chain(transform.stages)
    try Self.requireDistinctMemory(chain)
    try requireMemory(of: Set(chain.memory), in: "the new transform")
    let newPlan = FusedPlan(chain)
    if case .tensors = memory, newPlan == nil { throw Self.unfused(chain) }
    self.transform = chain
    plan = newPlan
  }

  /// A copy of all that is remembered. Waits for the device.
  public func state() throws(TrainingError) -> OptimizerState {
    OptimizerState(step: step, blocks: try memory.copied())
  }

  /// Goes on from `state`, under this optimizer's own hyperparameters.
  ///
  /// - Throws: `TrainingError.invalid` when the state holds other blocks, or blocks of another length.
  public mutating func restore(_ state: OptimizerState) throws(TrainingError) {
    try requireMemory(of: Set(state.blocks.keys), in: "the state")
    for (name, values) in state.blocks where values.count != layout.elements {
      throw .invalid(
        subject: "optimizer memory \(name)", expected: "\(layout.elements) elements",
        found: "\(values.count)",
        remedy: "Restore a state of the same model.")
    }
    try memory.overwrite(state.blocks)
    step = state.step
  }

  /// One block of memory in place, so that a clone can send or receive it without a copy; nil if there is
  /// none of that name, or if it is on another device than the CPU. The pointer is valid as long as the
  /// optimizer lives.
  public func memoryBlock(_ name: String) -> UnsafeMutableBufferPointer<Float>? {
    if case .host(let blocks, _) = memory { blocks[name]?.values } else { nil }
  }

  /// Where each block of memory is kept, by name, in the order of the names.
  var memoryPlaces: [(name: String, place: StatePlace)] {
    memoryNames.compactMap { name in memory.place(of: name).map { (name, $0) } }
  }

  /// The names of the blocks of memory, sorted.
  public var memoryNames: [String] { memory.names.sorted() }

  /// Says how many steps the memory has seen, after a clone has written to the blocks in place.
  public mutating func setStep(_ step: Int) { self.step = step }

  /// The hyperparameters in force, by the names of the hyperparameter table, read from the running
  /// transforms: the optimizer's own, `optimizer` among them. The schedule's shape is `rate`'s to tell.
  public var effectiveHyperparameters: [String: HyperparameterValue] {
    // What a chain lacks is in force all the same: as nothing.
    let others: [String: HyperparameterValue] = [
      "optimizer": .text(OptimizerConfiguration.Kind(of: transform).rawValue),
      "gradient_clip": .number(0), "weight_decay": .number(0),
    ]
    return transform.hyperparameters.merging(others) { present, _ in present }
  }

  /// The learning-rate schedule in force; nil for a chain that has none.
  public var rate: Schedule? { transform.stages.lazy.compactMap { ($0 as? ScaleByRate)?.rate }.first }

  /// The learning rate with which the next step moves the parameters, any scaling rule included.
  public var nextRate: Double? {
    transform.stages.lazy.compactMap { $0 as? ScaleByRate }.first?.value(at: step)
  }
}

/// What one optimizer step saw.
public struct OptimizerStep: Equatable, Sendable {
  /// The norm of the gradient over all parameters, after `gradientScale`, before clipping.
  public var gradientNorm: Double
}

extension Optimizer {
  /// One step: parameters move, memory is updated, and the gradients are zero afterwards, ready to
  /// accumulate.
  ///
  /// - Parameters:
  ///   - parameters: shape `[layout.elements]`, on the engine's device; on the CPU 64-byte aligned for speed.
  ///   - gradients: shape `[layout.elements]`; 0 between the layout's segments.
  ///   - gradientScale: what the gradients are multiplied by first, such as 1 / batch when they are sums.
  /// - Throws: `TrainingError.diverged`, with parameters and memory untouched, when the gradient's norm is
  ///   not finite.
  @discardableResult
  public mutating func update(
    parameters: Tensor, gradients: Tensor, gradientScale: Double = 1
  ) throws(TrainingError) -> OptimizerStep {
    guard case .tensors(let engine) = memory, let plan else {
      return try update(
        parameters: parameters.elements(), gradients: gradients.elements(), gradientScale: gradientScale)
    }
    let norm = try library { () throws(TensorError) in try engine.norm(of: gradients) } * abs(gradientScale)
    guard norm.isFinite else { throw .diverged(step: step, what: "the gradient's norm") }
    let scale = gradientScale * (plan.clip?.factor(norm: norm) ?? 1)
    try library { () throws(TensorError) in
      try engine.step(plan, parameters: parameters, gradients: gradients, scale: scale, step: step)
    }
    step += 1
    return OptimizerStep(gradientNorm: norm)
  }

  /// As above, over the memory of the CPU, whatever the engine's loops. Not for the engine `tensors`.
  @discardableResult
  public mutating func update(
    parameters: UnsafeMutableBufferPointer<Float>, gradients: UnsafeMutableBufferPointer<Float>,
    gradientScale: Double = 1
  ) throws(TrainingError) -> OptimizerStep {
    precondition(parameters.count == layout.elements && gradients.count == layout.elements)
    guard case .host(let blocks, let loops) = memory else {
      preconditionFailure("an optimizer on \(memory) was given host memory")
    }
    let norm = loops.norm(of: gradients, layout) * abs(gradientScale)
    guard norm.isFinite else { throw .diverged(step: step, what: "the gradient's norm") }
    if let plan {
      loops.run(
        plan, HostBuffers(parameters.baseAddress!, gradients.baseAddress!, blocks), layout,
        scale: Float(gradientScale * (plan.clip?.factor(norm: norm) ?? 1)), step: step)
    } else {
      var reference = ReferenceOptimizer(transform, layout: layout)
      reference.state = try state()
      var moved = Array(parameters)
      try reference.update(parameters: &moved, gradients: Array(gradients), gradientScale: gradientScale)
      _ = parameters.update(from: moved)
      try memory.overwrite(reference.state.blocks)
      gradients.update(repeating: 0)
    }
    step += 1
    return OptimizerStep(gradientNorm: norm)
  }
}

extension Optimizer {
  private static func requireDistinctMemory(_ chain: Chain) throws(TrainingError) {
    let names = chain.memory
    if Set(names).count != names.count {
      throw .invalid(
        subject: "optimizer", expected: "transforms with memory blocks of different names",
        found: names.joined(separator: ", "), remedy: "Use each of momentum and Adam at most once in a chain."
      )
    }
  }

  private func requireMemory(of names: Set<String>, in what: String) throws(TrainingError) {
    if names != memory.names {
      throw .invalid(
        subject: "optimizer", expected: "\(what) to remember \(memoryNames.joined(separator: ", "))",
        found: names.sorted().joined(separator: ", "),
        remedy: "The algorithm of a trial can't change while it trains: start a new trial.")
    }
  }

  private static func unfused(_ chain: Chain) -> TrainingError {
    .invalid(
      subject: "optimizer",
      expected: "[clip] [decay] [momentum or Adam] [decay] [trust ratio] rate, in this order",
      found: chain.stages.map { "\(type(of: $0))" }.joined(separator: ", "),
      remedy: "Train on the CPU, or change the order.")
  }
}
