import Tensors

/// A program that `torch.export.save` wrote, with its tensors, node by node.
final class ExportedProgram: LoadedModule {
  let parameters, buffers: [ModuleEntry]
  private let plan: ExportedPlan
  private let frame: ValueFrame
  private var places: [Place]
  /// The first place of each buffer, by its name.
  private let placesOfBuffers: [String: Int]

  /// A tensor of the program's and the values of the graph that it is.
  private struct Place {
    var tensor: Tensor
    var values: [Int]
    /// Whether operators write it; then a pass that is to leave it alone gets a copy.
    var isWritten: Bool
    /// Whether the program says what it becomes; then a training pass gets a copy, which backward may still
    /// read when the buffer has become that.
    var isReplaced: Bool
    var isBuffer: Bool

    func needsCopy(isTraining: Bool) -> Bool {
      isTraining ? isReplaced || isWritten && !isBuffer : isWritten
    }
  }

  /// The places of the entries, among `places`.
  private let parameterPlaces, bufferPlaces: [Int]

  /// - Throws: `TrainingError.invalid` where a tensor is missing, damaged, or not what can be saved.
  init(_ plan: ExportedPlan, _ archive: ExportedArchive, on device: Device) throws(TrainingError) {
    var places: [Place] = []
    var known: [String: Int] = [:]
    var entries: (parameters: [(ModuleEntry, Int)], buffers: [(ModuleEntry, Int)]) = ([], [])
    var placesOfBuffers: [String: Int] = [:]
    let mutated = Set(plan.mutations.map(\.name))
    for input in plan.inputs {
      let stored = try archive.stored(input.name, on: device)
      let isParameter = input.kind == .parameter
      let identity = "\(isParameter) \(stored.identity)"
      let isNew = known[identity] == nil
      let place = known[identity] ?? places.count
      known[identity] = place
      if isNew {
        places.append(
          Place(
            tensor: stored.tensor, values: [], isWritten: false, isReplaced: false,
            isBuffer: input.kind == .buffer))
      }
      places[place].values.append(input.value)
      if plan.written.contains(input.value) { places[place].isWritten = true }
      if mutated.contains(input.name) { places[place].isReplaced = true }
      if input.kind == .buffer { placesOfBuffers[input.name] = place }
      guard isNew else { continue }
      let entry = ModuleEntry(
        name: input.name, shape: stored.tensor.shape, scalarType: stored.tensor.scalarType,
        isTrained: stored.requiresGradient, isBuffer: !isParameter,
        index: isParameter ? entries.parameters.count : entries.buffers.count)
      if isParameter {
        entries.parameters.append((entry, place))
      } else if input.kind == .buffer,
        entry.scalarType == .float32 || mutated.contains(input.name) || plan.written.contains(input.value)
      {
        entries.buffers.append((entry, place))
      }
    }
    parameters = entries.parameters.map(\.0)
    parameterPlaces = entries.parameters.map(\.1)
    buffers = entries.buffers.map(\.0)
    bufferPlaces = entries.buffers.map(\.1)
    (self.plan, self.places, self.placesOfBuffers) = (plan, places, placesOfBuffers)
    frame = try library { () throws(TensorError) in try ValueFrame(count: plan.count) }
  }

  private func place(_ entry: ModuleEntry) -> Int {
    entry.isBuffer ? bufferPlaces[entry.index] : parameterPlaces[entry.index]
  }

  func tensor(_ entry: ModuleEntry) -> Tensor { places[place(entry)].tensor }

  func set(_ entry: ModuleEntry, to tensor: Tensor) { places[place(entry)].tensor = tensor }

  func outputs(_ x: Tensor, trainingWith seed: UInt64?) throws(TensorError) -> Tensor {
    // What draws in evaluations, too, draws the same in each of them.
    try drawing(from: seed ?? (plan.alwaysDraws ? 0 : nil)) { () throws(TensorError) in
      // The graph of a pass must not outlive it.
      defer { frame.clear() }
      return try run(x, isTraining: seed != nil)
    }
  }

  private func run(_ x: Tensor, isTraining: Bool) throws(TensorError) -> Tensor {
    for place in places {
      let tensor =
        place.needsCopy(isTraining: isTraining) ? try place.tensor.copied() : place.tensor
      for value in place.values { try frame.set(value, to: tensor) }
    }
    try frame.set(plan.argument, to: plan.written.contains(plan.argument) ? x.copied() : x)
    try run(plan.steps, isTraining: isTraining)
    if isTraining { try takeMutations() }
    return try frame.tensor(plan.result)
  }

  private func run(_ steps: [ExportedPlan.Step], isTraining: Bool) throws(TensorError) {
    for step in steps {
      switch step {
      case .call(let training, let evaluation): try (isTraining ? training : evaluation).run(in: frame)
      case .function(let function, let arguments, let result):
        try frame.set(result, to: number(function, arguments))
      case .unrecorded(let steps):
        try withoutGradients { () throws(TensorError) in try run(steps, isTraining: isTraining) }
      }
    }
  }

  private func number(
    _ function: SymbolicFunction, _ arguments: [CallArgument]
  ) throws(TensorError) -> ScalarValue {
    var numbers: [ScalarValue] = []
    for argument in arguments {
      switch argument {
      case .value(let value): numbers.append(try frame.scalar(value))
      case .scalar(let scalar): numbers.append(scalar)
      default: break
      }
    }
    guard let result = function(numbers) else {
      throw TensorError(
        operation: function.rawValue, shapes: [], message: "no result for \(numbers)")
    }
    return result
  }

  private func takeMutations() throws(TensorError) {
    for (name, value) in plan.mutations {
      guard let place = placesOfBuffers[name] else { continue }
      try withoutGradients { () throws(TensorError) in
        try places[place].tensor.copyInPlace(from: frame.tensor(value))
      }
    }
  }
}
