internal import CTorch

// The layers of neural networks, without their parameters' bookkeeping.

extension Tensor {
  /// x · weightᵀ + bias: self `[..., inputs]`, weight `[outputs, inputs]`, bias `[outputs]`, result `[...,
  /// outputs]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(TensorError) -> Tensor {
    MultiplyAdds.add(count * (weight.shape.first ?? 1))
    return try made("linear", [self, weight, bias], ctorch_linear(handle, weight.handle, bias?.handle))
  }

  /// Cross-correlation: self `[batch, channels, height, width]`, weight `[outputs, channels, kernel,
  /// kernel]`; `padding` zeros on each side.
  public func convolved(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
  ) throws(TensorError) -> Tensor {
    let result = try made(
      "convolved", [self, weight, bias], ctorch_conv2d(handle, weight.handle, bias?.handle, stride, padding))
    // Each output takes the weights of its own channel.
    MultiplyAdds.add(result.count / max(1, weight.shape[0]) * weight.count)
    return result
  }

  /// Batch normalization (Ioffe and Szegedy, ICML 2015, Algorithm 1) of the channels, dimension 1; all else
  /// `[channels]`.
  ///
  /// When `training`, by the batch's own statistics, with the running ones moved toward them by `momentum`
  /// (the running variance toward the unbiased one); else by the running ones.
  public func batchNormalized(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, training: Bool,
    momentum: Double = 0.1, epsilon: Double = 1e-5
  ) throws(TensorError) -> Tensor {
    try made(
      "batchNormalized", [self, weight, bias, runningMean, runningVariance],
      ctorch_batch_norm(
        handle, weight.handle, bias.handle, runningMean.handle, runningVariance.handle, training, momentum,
        epsilon))
  }

  /// Layer normalization (Ba, Kiros and Hinton, arXiv:1607.06450) over the last dimension; weight and bias
  /// `[width]`.
  public func layerNormalized(weight: Tensor, bias: Tensor, epsilon: Double = 1e-5) throws(TensorError)
    -> Tensor
  {
    try made(
      "layerNormalized", [self, weight, bias], ctorch_layer_norm(handle, weight.handle, bias.handle, epsilon))
  }

  /// Group normalization (Wu and He, ECCV 2018, equation 7) of `[batch, channels, ...]`: each sample's channels
  /// in `groups` groups of equal size; weight and bias `[channels]`. One group is layer normalization of an
  /// image.
  public func groupNormalized(
    groups: Int, weight: Tensor, bias: Tensor, epsilon: Double = 1e-5
  ) throws(TensorError) -> Tensor {
    try made(
      "groupNormalized", [self, weight, bias],
      ctorch_group_norm(handle, groups, weight.handle, bias.handle, epsilon))
  }

  /// x / √(mean(x²) + ε) · weight over the last dimension (Zhang and Sennrich, NeurIPS 2019, equation 4); weight
  /// `[width]`.
  public func rootMeanSquareNormalized(weight: Tensor, epsilon: Double = 1e-5) throws(TensorError) -> Tensor {
    try made("rootMeanSquareNormalized", [self, weight], ctorch_rms_norm(handle, weight.handle, epsilon))
  }

  /// The rows of `weight`, `[rows, width]`, that self, integers of any shape, names: `[..., width]`.
  public func embedded(_ weight: Tensor) throws(TensorError) -> Tensor {
    try made("embedded", [self, weight], ctorch_embedding(weight.handle, handle))
  }

  /// The largest element of each square window of `[batch, channels, height, width]`.
  public func maxPooled(kernel: Int, stride: Int, padding: Int = 0) throws(TensorError) -> Tensor {
    try made("maxPooled", [self], ctorch_max_pool2d(handle, kernel, stride, padding))
  }

  /// The mean of each square window of `[batch, channels, height, width]`, zeros of the padding included.
  public func averagePooled(kernel: Int, stride: Int, padding: Int = 0) throws(TensorError) -> Tensor {
    try made("averagePooled", [self], ctorch_avg_pool2d(handle, kernel, stride, padding))
  }

  /// Means over equal areas, so that `[batch, channels, height, width]` shrinks to the given height and
  /// width.
  public func averagePooled(toHeight height: Int, width: Int) throws(TensorError) -> Tensor {
    try made("averagePooled", [self], ctorch_adaptive_avg_pool2d(handle, height, width))
  }

  public func softmax(along dimension: Int) throws(TensorError) -> Tensor {
    try made("softmax", [self], ctorch_softmax(handle, dimension))
  }

  public func logSoftmax(along dimension: Int) throws(TensorError) -> Tensor {
    try made("logSoftmax", [self], ctorch_log_softmax(handle, dimension))
  }

  /// The mean cross entropy in nats, a scalar: self are logits `[rows, classes]`, `targets` `[rows]` 64-bit
  /// integers.
  ///
  /// With `labelSmoothing` s, the target distribution is 1 - s on the class plus s / classes on all (Szegedy
  /// et al., CVPR 2016, §7).
  public func crossEntropy(_ targets: Tensor, labelSmoothing: Double = 0) throws(TensorError) -> Tensor {
    try made("crossEntropy", [self, targets], ctorch_cross_entropy(handle, targets.handle, labelSmoothing))
  }

  /// The mean of the squared differences, a scalar.
  public func meanSquaredError(_ other: Tensor) throws(TensorError) -> Tensor {
    try made("meanSquaredError", [self, other], ctorch_mean_squared_error(handle, other.handle))
  }

  /// softmax(query · keyᵀ / √width) · value (Vaswani et al., NeurIPS 2017, equation 1), all `[batch, heads,
  /// length, width]`; `causal` lets a position see itself and those before it.
  public static func attention(
    query: Tensor, key: Tensor, value: Tensor, causal: Bool
  ) throws(TensorError) -> Tensor {
    // Scores, then what they weigh; a causal mask hides some of them, and they are computed all the same.
    MultiplyAdds.add(2 * query.count * (key.shape.dropLast().last ?? 1))
    return try made(
      "attention", [query, key, value], ctorch_attention(query.handle, key.handle, value.handle, causal))
  }
}
