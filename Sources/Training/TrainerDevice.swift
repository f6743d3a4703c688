import Tensors

/// A model's gradients where the exchange between ranks reaches them: in host memory.
final class ExchangeMemory {
  /// Shape `[layout.elements]`.
  let values: UnsafeMutableBufferPointer<Float>
  private let gradients: Tensor
  /// Nil on the CPU, where the values are the gradients' own memory; elsewhere pinned, so that a GPU fills it.
  private let copy: Tensor?

  init(_ store: ParameterStore) throws(TrainingError) {
    gradients = store.gradients
    if store.device == .cpu {
      copy = nil
      values = gradients.elements()
    } else {
      let copy = try library { () throws(TensorError) in try Tensor.pinnedZeros(store.layout.elements) }
      self.copy = copy
      values = copy.elements()
    }
  }

  /// Whether a gradient is here as soon as backward has computed it, so that its exchange can start. On a
  /// GPU, work may still be queued when a gradient is called complete: there the exchange starts at the end.
  var isImmediate: Bool { copy == nil }

  /// Brings the gradients here, after the last backward pass.
  func fetch() throws(TrainingError) {
    guard let copy else { return }
    try library { () throws(TensorError) in try copy.copyInPlace(from: gradients) }
  }

  /// Takes the exchanged gradients to the model.
  func store() throws(TrainingError) {
    guard let copy else { return }
    try library { () throws(TensorError) in try gradients.copyInPlace(from: copy) }
  }
}
