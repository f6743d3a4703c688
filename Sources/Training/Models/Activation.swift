import Tensors

/// The elementwise function between the layers.
public enum Activation: String, Codable, CaseIterable, Sendable {
  case relu, gelu, silu, tanh
  case leakyRelu = "leaky_relu"
  case elu, mish, identity
}

extension Activation {
  /// The function of a tensor that nothing else needs.
  func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .relu: try x.relu()
    case .gelu: try x.gelu()
    case .silu: try x.silu()
    case .tanh: try x.tanh()
    case .leakyRelu: try x.leakyRelu()
    case .elu: try x.elu()
    case .mish: try x.mish()
    case .identity: x
    }
  }

  /// The weights before it: with the variance that it keeps.
  func initialization(inputs: Int, outputs: Int) -> Initialization {
    switch self {
    case .tanh, .identity: .xavierUniform(inputs: inputs, outputs: outputs)
    case .relu, .gelu, .silu, .leakyRelu, .elu, .mish: .kaimingUniform(inputs: inputs)
    }
  }
}
