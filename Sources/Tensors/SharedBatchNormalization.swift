internal import CTorch

extension Tensor {
  /// Batch normalization in training (Ioffe and Szegedy, ICML 2015, Algorithm 1) of a batch that is shared with
  /// others, such as other processes: self is this one's part of it, `[samples, channels, ...]`, all else
  /// `[channels]`. The running statistics move toward the whole batch's, the same for all who share it.
  ///
  /// - Parameter sum: adds up numbers over all who share the batch, in place; false when it failed. Called once
  ///   here, and once by the backward pass, on its thread; by all as often and with as many numbers.
  public func batchNormalized(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, momentum: Double = 0.1,
    epsilon: Double = 1e-5, summing sum: @escaping (UnsafeMutableBufferPointer<Double>) -> Bool
  ) throws(TensorError) -> Tensor {
    let context = Unmanaged.passRetained(Summation(sum)).toOpaque()
    return try made(
      "batchNormalized", [self, weight, bias, runningMean, runningVariance],
      ctorch_shared_batch_norm(
        handle, weight.handle, bias.handle, runningMean.handle, runningVariance.handle, momentum, epsilon,
        { context, values, count in
          let numbers = UnsafeMutableBufferPointer(start: values, count: count)
          return Unmanaged<Summation>.fromOpaque(context).takeUnretainedValue().sum(numbers) ? 0 : -1
        },
        { context in Unmanaged<Summation>.fromOpaque(context).release() }, context))
  }
}

/// What a C function pointer finds the closure in.
private final class Summation {
  let sum: (UnsafeMutableBufferPointer<Double>) -> Bool

  init(_ sum: @escaping (UnsafeMutableBufferPointer<Double>) -> Bool) { self.sum = sum }
}
