public import Tensors

/// The memory of a model: all parameters in one flat buffer, all gradients in another, the running statistics
/// in a third.
///
/// So the gradient exchange, the optimizer, a checkpoint and a clone see a few contiguous blocks of 32-bit
/// floats. The model's tensors are views; each starts at a multiple of 16 elements, and so on a cache line.
/// What lies between is 0.
public final class ParameterStore {
  /// Where each parameter lies, in the order of declaration, which is that of the forward pass.
  public let parameterEntries: [Snapshot.Entry]
  /// Where each running statistic lies; may be empty.
  public let bufferEntries: [Snapshot.Entry]
  /// Where the parameters lie and which of them an optimizer exempts from decay: those of one dimension.
  public let layout: ParameterLayout

  /// Shape `[layout.elements]`, on `device`.
  public let parameters: Tensor
  /// Shape `[layout.elements]`, filled by each backward pass.
  public let gradients: Tensor
  /// Running statistics, flat; empty for most models.
  public let buffers: Tensor
  public let device: Device
  /// Tells when a parameter's gradient is complete (its number is its index in `layout.segments`), and
  /// whether backward adds to `gradients` or overwrites it, which is the default.
  public let sinks: GradientSinks

  private let views: [String: Tensor]
  private let numbers: [String: Int]

  /// Allocates and initializes. Local; a function of its arguments alone.
  ///
  /// - Parameter seed: the trial's.
  /// - Throws: `TrainingError.memory` when the device lacks the memory, or no machine could have it.
  public init(
    _ declarations: ModelDeclarations, seed: UInt64, device: Device
  ) throws(TrainingError) {
    let (parameters, elements) = try Self.place(declarations.parameters)
    let (buffers, bufferElements) = try Self.place(declarations.buffers)
    parameterEntries = parameters
    bufferEntries = buffers
    layout = try ParameterLayout(parameters, elements: elements)
    self.device = device
    self.parameters = try Self.initial(declarations.parameters, parameters, elements, seed: seed, on: device)
    self.buffers = try Self.initial(declarations.buffers, buffers, bufferElements, seed: seed, on: device)
    do {
      gradients = try Tensor.zeros([elements], on: device)
      sinks = try GradientSinks()
      var views: [String: Tensor] = [:]
      for (number, entry) in parameters.enumerated() {
        let leaf = try self.parameters.view(of: entry).detached()
        try leaf.requireGradient()
        try sinks.attach(leaf, to: gradients.view(of: entry), number: number)
        views[entry.name] = leaf
      }
      numbers = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1.name, $0) })
      for entry in buffers { views[entry.name] = try self.buffers.view(of: entry) }
      self.views = views
    } catch {
      throw TrainingError(error)
    }
  }

  /// The parameter or running statistic of this name. The model's own declarations name it, so a wrong one is
  /// our bug.
  func tensor(_ name: String) -> Tensor {
    guard let tensor = views[name] else { preconditionFailure("the model declares no tensor \(name)") }
    return tensor
  }

  /// A parameter for the layer that has it.
  func parameter(_ name: String) -> Parameter {
    guard let number = numbers[name] else { preconditionFailure("the model declares no parameter \(name)") }
    return Parameter(number: number, own: tensor(name))
  }

  /// Scalars between two starts: a cache line.
  private static let alignment = 16

  /// The elements of each declaration's tensor, one after the other, each start rounded up to a cache line.
  ///
  /// - Throws: `TrainingError.memory` when there are more than a machine can number.
  static func place(
    _ declarations: [TensorDeclaration]
  ) throws(TrainingError) -> (entries: [Snapshot.Entry], elements: Int) {
    let all = Self.elements(of: declarations)
    let demand = MemoryDemand(
      bytes: .clampedProduct([all, MemoryLayout<Float>.stride]), purpose: "the model's parameters")
    if demand.bytes == .max { throw demand.failure() }
    var end = 0
    let entries = declarations.map { declaration in
      let entry = Snapshot.Entry(name: declaration.name, shape: declaration.shape, offset: end)
      end += (entry.count + alignment - 1) / alignment * alignment
      return entry
    }
    return (entries, end)
  }

  /// The length of the flat buffer that `place` makes, `Int.max` where it is larger.
  static func elements(of declarations: [TensorDeclaration]) -> Int {
    .clampedSum(
      declarations.map { declaration in
        let lines = Int.clampedSum([.clampedProduct(declaration.shape), alignment - 1]) / alignment
        return .clampedProduct([lines, alignment])
      })
  }

  /// Drawn where they lie: another copy might not fit.
  private static func initial(
    _ declarations: [TensorDeclaration], _ entries: [Snapshot.Entry], _ elements: Int, seed: UInt64,
    on device: Device
  ) throws(TrainingError) -> Tensor {
    let tensor = try library { () throws(TensorError) in try Tensor.zeros([elements], on: device) }
    for (number, (declaration, entry)) in zip(declarations, entries).enumerated() where entry.count > 0 {
      let range = entry.offset..<entry.offset + entry.count
      if device == .cpu {
        let drawn = UnsafeMutableBufferPointer(rebasing: tensor.elements(Float.self)[range])
        declaration.initialization.fill(drawn, seed: seed, number: number)
      } else {
        let drawn = try AlignedBlock<Float>(uninitialized: entry.count, for: "the parameters \(entry.name)")
        declaration.initialization.fill(drawn.values, seed: seed, number: number)
        try library { () throws(TensorError) in
          try tensor.narrowed(range, along: 0)
            .copyInPlace(from: Tensor(over: drawn.values, shape: [entry.count]))
        }
      }
    }
    return tensor
  }
}

extension Tensor {
  func view(of entry: Snapshot.Entry) throws(TensorError) -> Tensor {
    try narrowed(entry.offset..<entry.offset + entry.count, along: 0).reshaped(entry.shape)
  }
}
