public import Tensors

/// A network that maps a batch of inputs to outputs, its parameters in a flat store. What the outputs are
/// for, and how good they are, a `LearningTask` knows.
///
/// Not `Sendable`: one thread at a time.
public protocol Model {
  /// The memory of the parameters, in the order that the model documents.
  var store: ParameterStore { get }

  /// What the model is, read back from its layers.
  var configuration: ModelConfiguration { get }

  /// The probability with which its layers drop activations, in [0, 1); may change between two steps. A model
  /// without dropout has 0 and ignores being set.
  var dropout: Double { get set }

  /// The probability with which a sample leaves out its last block, in [0, 1); may change between two steps. A
  /// model without blocks that can be left out has 0 and ignores being set.
  var stochasticDepth: Double { get set }

  /// What it says of each row, `[rows, width]`, as wide as `DataSet.Form.outputs`: a row a sample, or a row a
  /// character of each window. Of classes: logits.
  ///
  /// - Parameter inputs: float `[batch] + shape` of samples, or 64-bit integers `[batch, contextLength]` of
  ///   characters.
  func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor
}

extension Model {
  public var stochasticDepth: Double {
    get { 0 }
    set {}
  }
}
