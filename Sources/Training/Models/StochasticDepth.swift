import Tensors

/// Stochastic depth (Huang, Sun, Liu, Sedra and Weinberger, arXiv:1603.09382): in training, a sample leaves out a
/// residual branch with a probability that grows linearly with the depth (§3, equation 4), from the first branch's
/// share of it to the last's whole. Branches that stay are scaled up, so that the expectation stays and an
/// evaluation takes them as they are; the paper scales down there instead.
///
/// Which ones is a function of (seed, branch, sample): see `SampleStream`.
struct StochasticDepth {
  /// Of the last branch, in [0, 1).
  var probability: Double
  /// From 0 on.
  let branch: Int
  let branches: Int

  /// The branch's output, `[batch, ...]`.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    guard probability > 0, let samples = pass.samples else { return x }
    let shape = x.shape
    let mask = try samples.mask(
      [shape[0]] + shape.dropFirst().map { _ in 1 }, .stochasticDepth, layer: branch,
      probability: probability * Double(branch + 1) / Double(branches), on: x.device)
    return try x.multiplied(by: mask)
  }
}

extension ConfigurationOption where Group: ModelShape {
  /// The option of a model of residual branches.
  static func stochasticDepth(_ path: any Path<Double>) -> Self {
    .number(
      "stochastic_depth", .from(0, below: 1), path, isLive: true,
      "The probability with which a sample leaves out the last residual branch; earlier ones less often.")
  }
}
