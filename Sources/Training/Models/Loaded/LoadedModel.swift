import Randomness
import Tensors

/// A network of the user's own, from a file. It takes the samples, float `[batch] + shape`, or the
/// characters, 64-bit integers `[batch, contextLength]`, and returns `[batch, outputs]`, of text `[batch,
/// contextLength, vocabulary]`.
///
/// Parameters and buffers are the network's own, by its names, in the order in which it lists them; the store
/// holds their memory. Every trial starts with the values in the file. Buffers are 32-bit floats; the
/// counters of batches that PyTorch's batch normalization keeps, `num_batches_tracked`, stay the network's
/// and are not saved: nothing depends on them unless its momentum is None, which is not supported.
///
/// Dropout inside draws from libtorch's generator, which each pass starts from seed and position of its first
/// sample: equal runs are equal, but on another number of ranks or micro-batches others are dropped.
struct LoadedModel: Model {
  let store: ParameterStore
  private let module: any LoadedModule
  private let parameters: [(entry: ModuleEntry, parameter: Parameter)]
  private let options: any LoadedModelShape
  var dropout: Double {
    get { 0 }
    set {}
  }

  /// - Throws: `TrainingError.invalid` where the file holds no network of 32-bit floats, or what it returns
  ///   is not what the data needs.
  init(
    _ configuration: some LoadedModelShape, for form: DataSet.Form, device: Device
  ) throws(TrainingError) {
    let module = try configuration.load(on: device)
    let declarations = try Self.declarations(of: module, configuration)
    // Every trial starts from the file: nothing is drawn.
    let store = try ParameterStore(declarations, seed: 0, device: device)
    parameters = module.parameters.map { ($0, store.parameter($0.name)) }
    try library { () throws(TensorError) in
      for entry in module.parameters + module.buffers.filter({ !Self.isCounter($0) }) {
        let place = store.tensor(entry.name)
        let value = try module.tensor(entry)
        try withoutGradients { () throws(TensorError) in try place.copyInPlace(from: value) }
        try module.set(entry, to: place)
      }
    }
    (self.module, self.store, options) = (module, store, configuration)
    try requireOutputs(for: form)
  }

  static func declarations(
    of module: any LoadedModule, _ shape: some LoadedModelShape
  ) throws(TrainingError) -> ModelDeclarations {
    let path = shape.path
    let buffers = module.buffers.filter { !isCounter($0) }
    for entry in module.parameters + buffers where entry.scalarType != .float32 {
      throw .invalid(
        subject: "model.path", expected: "parameters and buffers of 32-bit floats in \(path)",
        found: "\(entry.name) of \(entry.scalarType?.rawValue ?? "another type")",
        remedy: "Save the module as float32.")
    }
    guard !module.parameters.isEmpty else {
      throw .invalid(
        subject: "model.path", expected: "a module with parameters in \(path)", found: "none",
        remedy: type(of: shape).remedyWithoutParameters)
    }
    if let frozen = module.parameters.first(where: { !$0.isTrained }) {
      throw .invalid(
        subject: "model.path", expected: "parameters that are trained in \(path)",
        found: "\(frozen.name), which requires no gradient",
        remedy: "Register it as a buffer, or let it require a gradient, and save the module again.")
    }
    func declared(_ entries: [ModuleEntry]) -> [TensorDeclaration] {
      entries.map { TensorDeclaration($0.name, $0.shape, .constant(0)) }
    }
    return ModelDeclarations(parameters: declared(module.parameters), buffers: declared(buffers))
  }

  private static func isCounter(_ buffer: ModuleEntry) -> Bool {
    buffer.name.hasSuffix("num_batches_tracked")
  }

  /// Tries it on two samples.
  private func requireOutputs(for form: DataSet.Form) throws(TrainingError) {
    let (shape, rows): ([Int], Int)
    switch form {
    case .samples(let sample, _, _): (shape, rows) = ([2] + sample, 2)
    case .text(_, let contextLength): (shape, rows) = ([2, contextLength], 2 * contextLength)
    }
    let expected = "outputs [\(rows), \(form.outputs)] for inputs \(shape)"
    let found: String
    do throws(TensorError) {
      let floats = try Tensor.zeros(shape, on: store.device)
      let isText = if case .text = form { true } else { false }
      let inputs = isText ? try floats.to(.int64) : floats
      let outputs = try withoutGradients { () throws(TensorError) in try self.outputs(inputs, .evaluation) }
      if outputs.shape == [rows, form.outputs], outputs.scalarType == .float32 { return }
      found =
        outputs.scalarType == .float32
        ? "\(outputs.shape)" : "numbers of \(outputs.scalarType?.rawValue ?? "another type")"
    } catch {
      found = error.message
    }
    throw .invalid(
      subject: "model.path", expected: "\(expected) from \(options.path)", found: found,
      remedy: "Change the module's forward, or the data.")
  }

  var configuration: ModelConfiguration { ModelConfiguration(options) }

  func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    guard pass.parameters != nil else { return try rows(inputs, pass) }
    for (entry, parameter) in parameters { try module.set(entry, to: pass[parameter]) }
    let result: Tensor
    do throws(TensorError) {
      result = try rows(inputs, pass)
    } catch {
      try takeOwn()
      throw error
    }
    try takeOwn()
    return result
  }

  private func takeOwn() throws(TensorError) {
    for (entry, parameter) in parameters { try module.set(entry, to: parameter.own) }
  }

  private func rows(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let seed = pass.samples.map { samples in
      var generator = CounterGenerator(
        seed: samples.seed, purpose: .dropout, index: .max, position: UInt64(samples.first))
      return generator.next()
    }
    let outputs = try module.outputs(inputs, trainingWith: seed)
    return outputs.shape.count > 2 ? try outputs.flattened(through: -2) : outputs
  }
}
