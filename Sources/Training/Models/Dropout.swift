import CKernels
import Randomness
import Tensors

/// Dropout (Srivastava et al., JMLR 15 (2014)): in training, activations are zeroed with a probability, and
/// the others scaled up so that the expectation stays.
///
/// Which ones is a function of (seed, layer, sample, activation): see `SampleStream`.
struct Dropout {
  /// In [0, 1).
  var probability: Double
  /// The layer's number in its model.
  let layer: Int

  /// `[batch, ...]`, of any shape and any memory order.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    guard probability > 0, let samples = pass.samples else { return x }
    let mask = try samples.mask(x.shape, .dropout, layer: layer, probability: probability)
    return try x.multiplied(by: mask.to(x.device))
  }
}

extension SampleStream {
  /// 0 with a probability, else 1 / (1 - probability), for each number of each sample, on the CPU.
  ///
  /// - Parameter shape: `[batch, ...]`.
  func mask(
    _ shape: [Int], _ purpose: Purpose, layer: Int, probability: Double
  ) throws(TensorError) -> Tensor {
    let mask = try Tensor.zeros(shape)
    let elements: UnsafeMutableBufferPointer<Float> = mask.elements()
    let numbers = shape.dropFirst().reduce(1, *)
    dropout_mask(
      elements.baseAddress, elements.count,
      dropout_stream(seed: seed, index: UInt32(layer), purpose: purpose.rawValue),
      UInt64(first) * UInt64(numbers), UInt32(min(probability * 0x1p32, 0xFFFF_FFFF)),
      Float(1 / (1 - probability)))
    return mask
  }
}
