public import Tensors

// Schedule-Free learning trains other parameters than those that it has found.
extension Optimizer {
  /// Puts the parameters that the optimizer has found in the place of those that it trains, for an
  /// evaluation. Most optimizers train what they find, and nothing is done.
  ///
  /// - Parameters:
  ///   - parameters: shape `[layout.elements]`, on the engine's device.
  ///   - spare: of the same shape, all 0, as gradients are between two steps; it keeps what is trained until
  ///     `showTrained`.
  public func showFound(in parameters: Tensor, keepingTrainedIn spare: Tensor) throws(TrainingError) {
    guard let offset else { return }
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        try spare.copyInPlace(from: parameters)
        try parameters.addInPlace(offset)
      }
    }
  }

  /// Takes back what `showFound` did, to the last bit; `spare` is 0 afterwards.
  public func showTrained(in parameters: Tensor, from spare: Tensor) throws(TrainingError) {
    guard offset != nil else { return }
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        try parameters.copyInPlace(from: spare)
        try spare.fillInPlace(0)
      }
    }
  }

  private var offset: Tensor? { memoryBlock(at: MemoryBlock.evaluationOffset.name) }
}
