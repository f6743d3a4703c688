import CKernels

/// What runs: a chain of transforms over flat buffers, in one fused pass where the chain is one that the loops cover (SGD
/// with momentum, AdamW, LAMB), else by `ReferenceOptimizer`'s rules.
///
/// Local: it knows nothing of ranks. In a group every rank runs it on the same averaged gradients, and so stays equal.
/// Results are bit for bit the same on every run and on every instruction set.
public struct Optimizer: ~Copyable {
  public private(set) var transform: Chain
  public let layout: ParameterLayout
  /// Steps done; the schedules count from it.
  public private(set) var step = 0

  private var plan: FusedPlan?
  private let loops: FusedLoops
  private var memory: [String: AlignedBlock]

  /// - Parameter loops: which implementation of the loops to run; by default the fastest one here.
  /// - Throws: `TrainingError.invalid` when two transforms of the chain want the same block of memory.
  public init(
    _ transform: some GradientTransform, layout: ParameterLayout, loops: FusedLoops = .fastest
  ) throws(TrainingError) {
    self.layout = layout
    self.loops = loops
    self.transform = Chain(transform.stages)
    try Self.requireDistinctMemory(self.transform)
    plan = FusedPlan(self.transform)
    memory = Dictionary(
      uniqueKeysWithValues: transform.memory.map { ($0, AlignedBlock(elements: layout.elements)) })
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
    self.transform = chain
    plan = FusedPlan(chain)
  }

  /// One step: parameters move, memory is updated, and the gradients are zero afterwards, ready to accumulate.
  ///
  /// - Parameters:
  ///   - parameters: shape `[layout.elements]`, 64-byte aligned for speed.
  ///   - gradients: shape `[layout.elements]`.
  ///   - gradientScale: what the gradients are multiplied by first, such as 1 / batch when they are sums.
  /// - Throws: `TrainingError.diverged`, with parameters and memory untouched, when the gradient's norm is not finite.
  @discardableResult
  public mutating func update(
    parameters: UnsafeMutableBufferPointer<Float>, gradients: UnsafeMutableBufferPointer<Float>,
    gradientScale: Double = 1
  ) throws(TrainingError) -> OptimizerStep {
    precondition(parameters.count == layout.elements && gradients.count == layout.elements)
    let squares = layout.segments.reduce(0.0) { sum, segment in
      sum + loops.sumOfSquares(gradients.baseAddress! + segment.offset, segment.count)
    }
    let norm = squares.squareRoot() * abs(gradientScale)
    guard norm.isFinite else { throw .diverged(step: step, what: "the gradient's norm") }
    if let plan {
      runFused(plan, parameters.baseAddress!, gradients.baseAddress!, scale: gradientScale, norm: norm)
    } else {
      try runByReference(parameters, gradients, gradientScale)
    }
    step += 1
    return OptimizerStep(gradientNorm: norm)
  }

  /// A copy of all that is remembered.
  public var state: OptimizerState {
    OptimizerState(step: step, blocks: memory.mapValues { Array($0.values) })
  }

  /// Goes on from `state`, under this optimizer's own hyperparameters.
  ///
  /// - Throws: `TrainingError.invalid` when the state holds other blocks, or blocks of another length.
  public mutating func restore(_ state: OptimizerState) throws(TrainingError) {
    try requireMemory(of: Set(state.blocks.keys), in: "the state")
    for (name, values) in state.blocks where values.count != layout.elements {
      throw .invalid(
        subject: "optimizer memory \(name)", expected: "\(layout.elements) elements", found: "\(values.count)",
        remedy: "Restore a state of the same model.")
    }
    for (name, values) in state.blocks { _ = memory[name]!.values.update(from: values) }
    step = state.step
  }

  /// Hands out one block of memory in place, so that a clone can send or receive it without a copy. Nil if there is none
  /// of that name. The pointer is valid as long as the optimizer lives.
  public func memoryBlock(_ name: String) -> UnsafeMutableBufferPointer<Float>? { memory[name]?.values }

  /// The names of the blocks of memory, sorted.
  public var memoryNames: [String] { memory.keys.sorted() }

  /// Says how many steps the memory has seen, after a clone has written to the blocks in place.
  public mutating func setStep(_ step: Int) { self.step = step }

  /// The hyperparameters in force, by the names of the hyperparameter table, read from the running transforms: those of
  /// the optimizer, and what a chain without clipping clips at, 0. Those of the schedule's shape are `rate`'s.
  public var effectiveHyperparameters: [String: HyperparameterValue] {
    let without: [String: HyperparameterValue] = ["gradient_clip": .number(0), "weight_decay": .number(0)]
    return transform.hyperparameters.merging(without) { present, _ in present }
  }

  /// The learning-rate schedule in force; nil for a chain that has none.
  public var rate: Schedule? { transform.stages.lazy.compactMap { ($0 as? ScaleByRate)?.rate }.first }

  /// The learning rate with which the next step moves the parameters, any scaling rule included.
  public var nextRate: Double? { transform.stages.lazy.compactMap { $0 as? ScaleByRate }.first?.value(at: step) }
}

/// What one optimizer step saw.
public struct OptimizerStep: Equatable, Sendable {
  /// The norm of the gradient over all parameters, after `gradientScale`, before clipping.
  public var gradientNorm: Double
}

extension Optimizer {
  private func runFused(
    _ plan: FusedPlan, _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafeMutablePointer<Float>,
    scale: Double, norm: Double
  ) {
    let scale = Float(scale * (plan.clip?.factor(norm: norm) ?? 1))
    let rate = plan.rate.value(at: step)
    for segment in layout.segments {
      let pass = SegmentPass(
        parameters: parameters + segment.offset, gradients: gradients + segment.offset, count: segment.count,
        first: block(plan.firstBlock, segment), second: block(plan.secondBlock, segment),
        gradientScale: scale,
        coupledDecay: segment.isExempt ? 0 : Float(plan.coupledDecay?.weightDecay ?? 0),
        decay: segment.isExempt ? 0 : Float(plan.decoupledDecay?.weightDecay ?? 0))
      if let trustRatio = plan.trustRatio, !segment.isExempt {
        let norms = loops.direction(of: pass, moments: plan.moments, step: step)
        let ratio = trustRatio.ratio(
          parameterSquares: norms.parameter_squares, updateSquares: norms.update_squares)
        loops.applyDirection(of: pass, rate: Float(rate * ratio))
      } else {
        loops.step(pass, moments: plan.moments, step: step, rate: Float(rate))
      }
    }
  }

  private func block(_ name: String?, _ segment: ParameterLayout.Segment) -> UnsafeMutablePointer<Float>? {
    name.map { memory[$0]!.values.baseAddress! + segment.offset }
  }

  private mutating func runByReference(
    _ parameters: UnsafeMutableBufferPointer<Float>, _ gradients: UnsafeMutableBufferPointer<Float>, _ scale: Double
  ) throws(TrainingError) {
    var reference = ReferenceOptimizer(transform, layout: layout)
    reference.state = state
    var moved = Array(parameters)
    try reference.update(parameters: &moved, gradients: Array(gradients), gradientScale: scale)
    _ = parameters.update(from: moved)
    for (name, values) in reference.state.blocks { _ = memory[name]!.values.update(from: values) }
    gradients.update(repeating: 0)
  }

  private static func requireDistinctMemory(_ chain: Chain) throws(TrainingError) {
    let names = chain.memory
    if Set(names).count != names.count {
      throw .invalid(
        subject: "optimizer", expected: "transforms with memory blocks of different names",
        found: names.joined(separator: ", "), remedy: "Use each of momentum and Adam at most once in a chain.")
    }
  }

  private func requireMemory(of names: Set<String>, in what: String) throws(TrainingError) {
    if names != Set(memory.keys) {
      throw .invalid(
        subject: "optimizer", expected: "\(what) to remember \(memory.keys.sorted().joined(separator: ", "))",
        found: names.sorted().joined(separator: ", "),
        remedy: "The algorithm of a trial can't change while it trains: start a new trial.")
    }
  }
}
