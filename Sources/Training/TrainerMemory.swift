import Tensors

/// A model's flat buffers as optimizer and exchange see them: in host memory. On the CPU they are the model's own; for a
/// GPU they are copies, fetched and stored once a step.
final class TrainerMemory {
  /// Shape `[layout.elements]`.
  let parameters: UnsafeMutableBufferPointer<Float>
  /// Shape `[layout.elements]`.
  let gradients: UnsafeMutableBufferPointer<Float>
  /// Running statistics; may be empty.
  let buffers: UnsafeMutableBufferPointer<Float>
  private let store: ParameterStore
  /// Nil on the CPU.
  private let copies: (parameters: AlignedBlock, gradients: AlignedBlock, buffers: AlignedBlock)?

  init(_ store: ParameterStore) throws(TrainingError) {
    self.store = store
    if store.device == .cpu {
      copies = nil
      parameters = store.parameters.elements()
      gradients = store.gradients.elements()
      buffers = store.buffers.elements()
    } else {
      let copies = (
        parameters: AlignedBlock(elements: store.layout.elements),
        gradients: AlignedBlock(elements: store.layout.elements),
        buffers: AlignedBlock(elements: store.buffers.count)
      )
      (parameters, gradients, buffers) = (
        copies.parameters.values, copies.gradients.values, copies.buffers.values
      )
      self.copies = copies
      try fetch(store.parameters, parameters)
      try fetch(store.buffers, buffers)
    }
  }

  /// Whether the buffers are the model's own, so that gradients are there as soon as backward has computed them.
  var isShared: Bool { copies == nil }

  /// Brings the gradients here, before they are exchanged.
  func fetchGradients() throws(TrainingError) { try fetch(store.gradients, gradients) }

  /// Brings the running statistics here, before they are read.
  func fetchBuffers() throws(TrainingError) { try fetch(store.buffers, buffers) }

  /// Takes the parameters to the model, after they changed.
  func storeParameters() throws(TrainingError) { try store(parameters, store.parameters) }

  /// Takes the running statistics to the model, after they changed.
  func storeBuffers() throws(TrainingError) { try store(buffers, store.buffers) }

  private func fetch(_ tensor: Tensor, _ values: UnsafeMutableBufferPointer<Float>) throws(TrainingError) {
    guard !isShared, !values.isEmpty else { return }
    do throws(TensorError) {
      try Tensor(over: values, shape: [values.count]).copyInPlace(from: tensor)
    } catch {
      throw TrainingError(error)
    }
  }

  private func store(_ values: UnsafeMutableBufferPointer<Float>, _ tensor: Tensor) throws(TrainingError) {
    guard !isShared, !values.isEmpty else { return }
    do throws(TensorError) {
      try tensor.copyInPlace(from: Tensor(over: values, shape: [values.count]))
    } catch {
      throw TrainingError(error)
    }
  }
}

extension ComputeDevice {
  /// Which device a rank computes on.
  ///
  /// - Throws: `TrainingError.library` when it should be a GPU and there is none.
  func device(localRank: Int) throws(TrainingError) -> Device {
    guard self == .cuda else { return .cpu }
    do throws(TensorError) {
      // With no GPU at all, number 0 says so.
      let device = Device.cuda(localRank % max(1, try Device.cudaDeviceCount()))
      try device.requireAvailable()
      return device
    } catch {
      throw TrainingError(error)
    }
  }
}
