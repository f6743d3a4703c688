public import Tensors

/// What runs: a chain of links over flat buffers, in as few passes over memory as `OptimizerPlan` finds.
///
/// Local: it knows nothing of ranks. In a group every rank runs it on the same averaged gradients, and so
/// stays equal. On the CPU the results of elementwise links are bit for bit the same on every run and on
/// every instruction set.
public struct Optimizer: ~Copyable {
  public private(set) var transform: Chain
  public let layout: ParameterLayout
  /// Steps done; the schedules count from it.
  public private(set) var step = 0
  /// The single numbers that it remembers, by name.
  public private(set) var scalars: [String: Double]

  /// What of the parameters it moves, and remembers something of: all, but in a group that shares the work.
  private let shard: OptimizerShards.Shard
  /// Of the shard alone.
  private let ownLayout: ParameterLayout
  private var plan: OptimizerPlan
  private let engine: OptimizerEngine
  private let memory: OptimizerMemory

  /// - Parameter engine: by what the steps are computed; `suited(to:)` the parameters' device.
  /// - Throws: `TrainingError.memory` or `TrainingError.library` when the device lacks the memory.
  public init(
    _ transform: Chain, layout: ParameterLayout, engine: OptimizerEngine = .loops(.fastest)
  ) throws(TrainingError) {
    try self.init(transform, layout: layout, engine: engine, shard: nil)
  }

  /// As above, for a part of the parameters; nil for all.
  init(
    _ transform: Chain, layout: ParameterLayout, engine: OptimizerEngine, shard: OptimizerShards.Shard?
  ) throws(TrainingError) {
    self.layout = layout
    self.transform = transform
    self.engine = engine
    self.shard =
      shard ?? OptimizerShards.Shard(tensors: layout.segments.indices, elements: 0..<layout.elements)
    ownLayout = shard.map { layout.part($0) } ?? layout
    plan = OptimizerPlan(transform, layout: layout, tensors: self.shard.tensors)
    scalars = transform.scalars
    memory = try OptimizerMemory(transform.memory, layout: ownLayout, engine: engine)
  }

  /// Goes on under other hyperparameters, with the memory and the step count as they are.
  ///
  /// - Throws: `TrainingError.invalid` when the new chain remembers something else than the old.
  public mutating func replaceTransform(_ transform: Chain) throws(TrainingError) {
    try requireMemory(
      blocks: Set(transform.memoryNames), scalars: Set(transform.scalars.keys), in: "the new transform")
    self.transform = transform
    plan = OptimizerPlan(transform, layout: layout, tensors: shard.tensors)
  }

  /// A copy of all that is remembered. Waits for the device.
  public func state() throws(TrainingError) -> OptimizerState {
    OptimizerState(step: step, blocks: try memory.copied(), scalars: scalars)
  }

  /// Goes on from `state`, under this optimizer's own hyperparameters.
  ///
  /// - Throws: `TrainingError.invalid` when the state holds something else, or blocks of another length.
  public mutating func restore(_ state: OptimizerState) throws(TrainingError) {
    try requireMemory(blocks: Set(state.blocks.keys), scalars: Set(state.scalars.keys), in: "the state")
    for (name, values) in state.blocks {
      let elements = memory.blocks[name]?.tensor.count ?? 0
      guard values.count != elements else { continue }
      throw .invalid(
        subject: "optimizer memory \(name)", expected: "\(elements) elements", found: "\(values.count)",
        remedy: "Restore a state of the same model.")
    }
    try memory.overwrite(state.blocks)
    (step, scalars) = (state.step, state.scalars)
  }

  /// One block of memory in place, so that a clone can send or receive it without a copy; nil if there is
  /// none of that name, or if it is on another device than the CPU. The pointer is valid as long as the
  /// optimizer lives.
  public func memoryBlock(_ name: String) -> UnsafeMutableBufferPointer<Float>? {
    memory.blocks[name]?.host?.values
  }

  /// A block of memory as a tensor, shape `[elements]`; nil if there is none of that name.
  func memoryBlock(at name: String) -> Tensor? { memory.blocks[name]?.tensor }

  /// Where each block of memory is kept and what of which parameter lies where in it, in the order of the
  /// names.
  var memoryPlaces: [OptimizerMemory.Place] { memory.places }

  /// The names of the blocks of memory, sorted.
  public var memoryNames: [String] { memory.blocks.keys.sorted() }

  /// Says how many steps the memory has seen, and what single numbers belong to it, after a clone has written
  /// to the blocks in place.
  ///
  /// - Throws: `TrainingError.invalid` when these are not the optimizer's numbers.
  public mutating func goOn(from step: Int, scalars: [String: Double]) throws(TrainingError) {
    try requireMemory(blocks: Set(memory.blocks.keys), scalars: Set(scalars.keys), in: "the state")
    (self.step, self.scalars) = (step, scalars)
  }

  private func requireMemory(
    blocks: Set<String>, scalars: Set<String>, in what: String
  ) throws(TrainingError) {
    let (own, others) = (
      Set(memory.blocks.keys).union(self.scalars.keys), blocks.union(scalars)
    )
    if own != others {
      throw .invalid(
        subject: "optimizer", expected: "\(what) to remember \(own.sorted().joined(separator: ", "))",
        found: others.sorted().joined(separator: ", "),
        remedy: "The algorithm of a trial can't change while it trains: start a new trial.")
    }
  }
}

// What is in force.
extension Optimizer {
  /// The hyperparameters in force, by the names of the hyperparameter table, read from the running links: the
  /// optimizer's own, `optimizer` among them. The schedule's shape is `rate`'s to tell.
  public var effectiveHyperparameters: [String: HyperparameterValue] {
    // What a chain lacks is in force all the same: as nothing.
    let others: [String: HyperparameterValue] = [
      "optimizer": .text(transform.name), "gradient_clip": .number(0), "weight_decay": .number(0),
    ]
    return transform.hyperparameters.merging(others) { present, _ in present }
  }

  /// The learning-rate schedule in force; nil for a chain that has none.
  public var rate: Schedule? { plan.rate?.rate }

  /// The learning rate with which the next step moves the parameters, any scaling rule included.
  public var nextRate: Double? { plan.rate?.value(at: step) }
}

/// What one optimizer step saw.
public struct OptimizerStep: Equatable, Sendable {
  /// The norm of the gradient over all parameters, after `gradientScale`, before clipping.
  public var gradientNorm: Double
}

extension Optimizer {
  /// One step: parameters move, of a shard those in it, memory is updated, and the gradients are zero
  /// afterwards, ready to accumulate.
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
    let norm: Double
    switch engine {
    // What lies between the tensors is 0 in a parameter store.
    case .tensors: norm = try library { () throws(TensorError) in try gradients.norm().item() }
    case .loops(let loops): norm = loops.norm(of: gradients.elements(), layout)
    }
    let seen = OptimizerStep(gradientNorm: norm * abs(gradientScale))
    guard seen.gradientNorm.isFinite else { throw .diverged(step: step, what: "the gradient's norm") }
    let place = StepPlace(step: step, rate: nextRate ?? 1)
    let coefficients = plan.rules.map { $0.coefficients(at: place, scalars: &scalars) }
    var scale = gradientScale * (plan.clip?.factor(norm: seen.gradientNorm) ?? 1)
    if let noise = transform.noise {
      try noise.add(to: gradients, scaledBy: scale, layout, step: step)
      scale = 1
    }
    let tensors = TensorStep(
      plan: plan, layout: ownLayout, coefficients: coefficients, memory: memory,
      parameters: try own(parameters), gradients: try own(gradients), scale: scale, place: place)
    switch engine {
    case .tensors:
      try library { () throws(TensorError) in
        for route in plan.routes { try tensors.run(route) }
      }
    case .loops(let loops):
      let fused = FusedStep(
        plan, coefficients, memory, loops: loops,
        parameters: parameters.elements().baseAddress! + shard.elements.lowerBound,
        gradients: gradients.elements().baseAddress! + shard.elements.lowerBound, scale: scale,
        rate: place.rate)
      for route in plan.routes {
        if route.hasTensorRule {
          try library { () throws(TensorError) in try tensors.run(route) }
        } else {
          for number in route.segments { fused.run(route, ownLayout.segments[number], plan.factors[number]) }
        }
      }
    }
    if shard.elements.count < layout.elements {
      try library { () throws(TensorError) in
        try withoutGradients { () throws(TensorError) in try gradients.fillInPlace(0) }
      }
    }
    step += 1
    return seen
  }

  /// As above, over the memory of the CPU. Not for the engine `tensors`.
  @discardableResult
  public mutating func update(
    parameters: UnsafeMutableBufferPointer<Float>, gradients: UnsafeMutableBufferPointer<Float>,
    gradientScale: Double = 1
  ) throws(TrainingError) -> OptimizerStep {
    precondition(parameters.count == layout.elements && gradients.count == layout.elements)
    guard case .loops = engine else { preconditionFailure("an optimizer on \(engine) was given host memory") }
    let (flatParameters, flatGradients) = try library { () throws(TensorError) in
      (
        try Tensor(over: parameters, shape: [parameters.count]),
        try Tensor(over: gradients, shape: [gradients.count])
      )
    }
    return try update(parameters: flatParameters, gradients: flatGradients, gradientScale: gradientScale)
  }

  /// The shard's part of a flat tensor.
  private func own(_ flat: Tensor) throws(TrainingError) -> Tensor {
    if shard.elements.count == layout.elements { return flat }
    return try library { () throws(TensorError) in try flat.narrowed(shard.elements, along: 0) }
  }
}
