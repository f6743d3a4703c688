import Tensors

/// The hooks of a trial, with what they remember.
struct StepHooks: ~Copyable {
  /// Every hook, in the order in which they act.
  static let kinds: [any StepHook.Type] = [
    PenalizeMagnitudes.self, ClipAdaptively.self, ClipByValue.self, ShrinkGroups.self, LimitRowNorms.self,
    AverageWeights.self,
  ]

  /// The single numbers that they remember, by name.
  private(set) var scalars: [String: Double]
  private var hooks: [any StepHook]
  private let memory: OptimizerMemory
  private let layout: ParameterLayout

  /// - Parameter engine: decides where memory is kept, as the optimizer's.
  /// - Throws: `TrainingError.memory` or `TrainingError.library` when the device lacks the memory.
  init(
    _ configuration: TrainingConfiguration, layout: ParameterLayout, engine: OptimizerEngine
  ) throws(TrainingError) {
    self.layout = layout
    hooks = Self.hooks(of: configuration)
    scalars = hooks.reduce(into: [:]) { all, hook in all.merge(hook.scalars) { first, _ in first } }
    memory = try OptimizerMemory(Self.memory(of: configuration), layout: layout, engine: engine)
  }

  /// What the hooks of a configuration remember.
  static func memory(of configuration: TrainingConfiguration) -> [MemoryBlock] {
    hooks(of: configuration).flatMap(\.memory)
  }

  private static func hooks(of configuration: TrainingConfiguration) -> [any StepHook] {
    kinds.compactMap { kind in kind.init(configuration) }
  }

  /// Goes on under other hyperparameters, which may change while a trial runs, with the memory as it is.
  mutating func replace(for configuration: TrainingConfiguration) {
    hooks = Self.hooks(of: configuration)
  }

  /// Goes on from what a state remembers, after its blocks have been written in place.
  ///
  /// - Throws: `TrainingError.invalid` when these are not the hooks' numbers.
  mutating func goOn(from scalars: [String: Double]) throws(TrainingError) {
    guard Set(scalars.keys) == Set(self.scalars.keys) else {
      throw .invalid(
        subject: "snapshot", expected: "numbers of \(self.scalars.keys.sorted().joined(separator: ", "))",
        found: scalars.keys.sorted().joined(separator: ", "),
        remedy: "Restore a snapshot of the same training options.")
    }
    self.scalars = scalars
  }

  /// Where each block of memory is kept and what of which parameter lies where in it, in the order of the names.
  var memoryPlaces: [OptimizerMemory.Place] { memory.places }

  /// A block that an evaluation reads in the place of the parameters, shape `[layout.elements]`; nil for none.
  var found: Tensor? {
    for hook in hooks {
      if let block = hook.found(scalars) { return memory.blocks[block.name]?.tensor }
    }
    return nil
  }
}

// A step.
extension StepHooks {
  /// A step as the hooks will see it: `HookedStep` says of what.
  func step(
    _ parameters: Tensor, _ gradients: Tensor, at place: StepPlace, budgetBefore: Int, budget: Int
  ) -> HookedStep {
    HookedStep(
      layout: layout, parameters: parameters, gradients: gradients, memory: memory, place: place,
      budgetBefore: budgetBefore, budget: budget)
  }

  /// Between exchange and update. Local.
  func changeGradients(_ step: HookedStep) throws(TrainingError) {
    guard !hooks.isEmpty else { return }
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        for hook in hooks { try hook.changeGradients(step) }
      }
    }
  }

  /// After the update. Local.
  mutating func changeParameters(_ step: HookedStep) throws(TrainingError) {
    guard !hooks.isEmpty else { return }
    var scalars = scalars
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        for hook in hooks { try hook.changeParameters(step, scalars: &scalars) }
      }
    }
    self.scalars = scalars
  }
}
