import Tensors

/// A network that somebody wrote elsewhere and that a file holds: tensors by name, and a function of one
/// tensor.
///
/// Not `Sendable`: one thread at a time.
protocol LoadedModule: AnyObject {
  /// One that parts of the network share comes once.
  var parameters: [ModuleEntry] { get }
  /// What training may change beside the parameters; what stays as it is need not be among them.
  var buffers: [ModuleEntry] { get }

  /// The tensor that is there now.
  func tensor(_ entry: ModuleEntry) throws(TensorError) -> Tensor

  /// Puts a tensor of the same shape and type there.
  func set(_ entry: ModuleEntry, to tensor: Tensor) throws(TensorError)

  /// What it makes of a batch, recorded for `backward` like any operator.
  ///
  /// - Parameter seed: of a training pass, the one that its random numbers follow from; nil for an
  ///   evaluation.
  func outputs(_ x: Tensor, trainingWith seed: UInt64?) throws(TensorError) -> Tensor
}

/// The shape of a model that a file holds.
protocol LoadedModelShape: ModelShape {
  var path: String { get }

  /// What to do about a file without parameters.
  static var remedyWithoutParameters: String { get }

  /// - Throws: `TrainingError.invalid` where the file is none of its kind.
  func load(on device: Device) throws(TrainingError) -> any LoadedModule
}

extension LoadedModelShape {
  public static var tasks: Set<TaskKind> { [.classification, .regression, .language] }

  public static var countsOperations: Bool { false }

  public var files: [String] { [path] }

  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    try LoadedModel(self, for: form, device: device)
  }

  public func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    try LoadedModel.declarations(of: load(on: .cpu), self)
  }

  /// Nobody knows what it computes on the way: as if there were eight layers as wide as the inputs.
  public func activations(for form: DataSet.Form) -> Int {
    switch form {
    case .samples(let shape, _, _): .clampedProduct([8] + shape)
    case .text(let vocabulary, let contextLength): .clampedProduct([8, vocabulary.count, contextLength])
    }
  }
}
