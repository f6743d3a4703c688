public import Tensors

/// A multi-layer perceptron: linear, normalization, activation and dropout for each hidden layer; then
/// linear.
///
/// Parameters, with n hidden layers: for i from 0 to n - 1 `layers.i.weight` `[outputs, inputs]` and
/// `layers.i.bias`, then `norms.i.weight` and, but for rms, `norms.i.bias` if there is a normalization; last
/// `layers.n.weight` and `layers.n.bias`. Buffers, with batch normalization: `norms.i.running_mean`,
/// `norms.i.running_var`.
public struct MLP: Model {
  public let store: ParameterStore
  private var hidden: [HiddenLayer]
  private let logits: Linear
  private let options: MLPConfiguration

  /// Hidden weights start with the variance that the activation keeps; biases at 0.
  ///
  /// - Parameter inputs: elements of a sample, whatever its shape.
  public init(
    _ configuration: MLPConfiguration, inputs: Int, outputs: Int, seed: UInt64, device: Device
  ) throws(TrainingError) {
    let store = try ParameterStore(
      Self.declarations(configuration, inputs: inputs, outputs: outputs), seed: seed, device: device)
    hidden = configuration.hidden.indices.map { HiddenLayer($0, in: store, configuration) }
    logits = Linear("layers.\(configuration.hidden.count)", in: store)
    options = configuration
    self.store = store
  }

  /// What it owns, in the order that the type's comment gives.
  static func declarations(_ configuration: MLPConfiguration, inputs: Int, outputs: Int) -> ModelDeclarations
  {
    var declarations = ModelDeclarations(parameters: [])
    var width = inputs
    for (number, next) in configuration.hidden.enumerated() {
      declarations.parameters += HiddenLayer.declarations(number, inputs: width, outputs: next, configuration)
      declarations.buffers += VectorNormalization.statistics(
        configuration.normalization, "norms.\(number)", width: next)
      width = next
    }
    declarations.parameters += Linear.declarations(
      "layers.\(configuration.hidden.count)", inputs: width, outputs: outputs, .logits(inputs: width))
    return declarations.starting(
      by: configuration.start, but: "layers.\(configuration.hidden.count).weight")
  }

  public var configuration: ModelConfiguration {
    var configuration = options
    configuration.hidden = hidden.map(\.width)
    configuration.dropout = dropout
    if let layer = hidden.first {
      configuration.activation = layer.activation
      configuration.normalization = layer.normalization.kind
    }
    return .mlp(configuration)
  }

  public var dropout: Double {
    get { hidden.first?.dropout.probability ?? 0 }
    set { for layer in hidden.indices { hidden[layer].dropout.probability = newValue } }
  }

  /// `[batch, ...]` → `[batch, outputs]`.
  public func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    var x = try inputs.flattened(from: 1)
    for layer in hidden { x = try layer(x, pass) }
    return try logits(x, pass)
  }
}

private struct HiddenLayer {
  private let linear: Linear
  let normalization: VectorNormalization
  let activation: Activation
  var dropout: Dropout

  static func declarations(
    _ number: Int, inputs: Int, outputs: Int, _ configuration: MLPConfiguration
  ) -> [TensorDeclaration] {
    Linear.declarations(
      "layers.\(number)", inputs: inputs, outputs: outputs,
      configuration.activation.initialization(inputs: inputs, outputs: outputs))
      + VectorNormalization.declarations(configuration.normalization, "norms.\(number)", width: outputs)
  }

  init(_ number: Int, in store: ParameterStore, _ configuration: MLPConfiguration) {
    linear = Linear("layers.\(number)", in: store)
    normalization = VectorNormalization(
      configuration.normalization, "norms.\(number)", in: store, configuration.statistics)
    activation = configuration.activation
    dropout = Dropout(probability: configuration.dropout, layer: number)
  }

  var width: Int { linear.outputs }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    try dropout(activation(normalization(linear(x, pass), pass)), pass)
  }
}
