import Foundation
import Randomness
import Tensors

/// Adds normal noise of the variance η / (1 + t)^γ to the gradient, clipped before, at the step t from 0
/// (Neelakantan et al., "Adding gradient noise improves learning for very deep networks", arXiv 1511.06807,
/// equation 1).
///
/// A function of (seed, step, element): the same on every rank, wherever and however often a trial was
/// interrupted.
struct AddNoise: Sendable {
  /// The paper's η, above 0.
  var variance: Double
  /// The paper's γ.
  var decay: Double
  /// The trial's.
  var seed: UInt64

  /// - Parameters:
  ///   - gradients: shape `[layout.elements]`; between the tensors it stays 0.
  ///   - scale: what they are multiplied with before.
  func add(
    to gradients: Tensor, scaledBy scale: Double, _ layout: ParameterLayout, step: Int
  ) throws(TrainingError) {
    let deviation = (variance / pow(1 + Double(step), decay)).squareRoot()
    let longest = layout.segments.map(\.count).max() ?? 0
    let drawn = try AlignedBlock<Float>(uninitialized: longest, for: "the gradient's noise")
    for segment in layout.segments {
      // Two draws an element.
      var generator = CounterGenerator(
        seed: seed, purpose: .gradientNoise, index: step, position: 2 * UInt64(segment.offset))
      let noise = UnsafeMutableBufferPointer(rebasing: drawn.values[..<segment.count])
      for place in noise.indices { noise[place] = Float(deviation * generator.nextNormal()) }
      try library { () throws(TensorError) in
        try withoutGradients { () throws(TensorError) in
          let part = try gradients.narrowed(segment.offset..<segment.offset + segment.count, along: 0)
          try part.multiplyInPlace(by: scale)
          try part.addInPlace(Tensor(over: noise, shape: [noise.count]).to(gradients.device))
        }
      }
    }
  }
}
