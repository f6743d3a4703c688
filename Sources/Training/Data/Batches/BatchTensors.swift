import Tensors

extension BatchBuffer {
  /// The first `samples` samples, as tensors: views on the CPU, copies elsewhere.
  ///
  /// - Parameter areShared: whether the targets are the shares of the classes.
  func batch(
    _ samples: Int, position: Int = 0, worth: Double? = nil, areShared: Bool = false, on device: Device
  ) throws(TrainingError) -> Batch {
    do {
      let (inputs, targets): (Tensor, Tensor)
      switch self.inputs {
      case .features(let buffer): inputs = try tensor(buffer, samples, data.sampleShape)
      case .tokens(let buffer): inputs = try tensor(buffer, samples, [buffer.count / capacity])
      }
      switch self.targets {
      case .classes(let buffer):
        if areShared, let shares {
          targets = try tensor(shares.values, samples, [data.form.outputs])
          break
        }
        // A class a sample, or a character for each position of a window.
        if case .text(_, let length) = data.form {
          targets = try tensor(buffer, samples, [length])
        } else {
          targets = try tensor(buffer, samples, [])
        }
      case .numbers(let buffer): targets = try tensor(buffer, samples, [buffer.count / capacity])
      }
      return try Batch(
        inputs: inputs.uploaded(to: device), targets: targets.uploaded(to: device), samples: samples,
        position: position,
        worth: worth ?? Double(samples))
    } catch {
      throw TrainingError(error)
    }
  }

  /// The first samples of a buffer.
  private func tensor<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, _ samples: Int, _ shape: [Int]
  ) throws(TensorError) -> Tensor {
    let elements = samples * shape.reduce(1, *)
    return try Tensor(
      over: UnsafeMutableBufferPointer(rebasing: buffer[..<elements]), shape: [samples] + shape)
  }
}
