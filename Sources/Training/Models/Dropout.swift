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
    return try x.multiplied(
      by: samples.mask(x.shape, .dropout, layer: layer, probability: probability, on: x.device))
  }
}

extension SampleStream {
  /// 0 with a probability, else 1 / (1 - probability), for each number of each sample: the same on any device.
  ///
  /// - Parameter shape: `[batch, ...]`.
  func mask(
    _ shape: [Int], _ purpose: Purpose, layer: Int, probability: Double, on device: Device
  ) throws(TensorError) -> Tensor {
    let start = UInt64(first) * UInt64(shape.dropFirst().reduce(1, *))
    let threshold = UInt32(min(probability * 0x1p32, 0xFFFF_FFFF))
    let kept = Float(1 / (1 - probability))
    guard device == .cpu else {
      return try Tensor.keepMask(
        shape, seed: seed, index: UInt32(layer), purpose: purpose.rawValue, first: start,
        threshold: threshold,
        kept: Double(kept), on: device)
    }
    let mask = try Tensor.zeros(shape)
    let elements: UnsafeMutableBufferPointer<Float> = mask.elements()
    dropout_mask(
      elements.baseAddress, elements.count,
      dropout_stream(seed: seed, index: UInt32(layer), purpose: purpose.rawValue), start, threshold, kept)
    return mask
  }
}
