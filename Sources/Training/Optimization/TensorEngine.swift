import Tensors

/// A fused plan's step by the operators of libtorch, over flat tensors on any device: what runs on a GPU.
///
/// Some ten kernels over the whole buffer, and one for each parameter that decays or has a trust ratio. The
/// host waits for the device twice a step: for the gradient's norm, without which nothing may move, and for
/// the trust ratios' norms.
final class TensorEngine {
  /// Memory by name; shape `[layout.elements]`.
  let blocks: [String: Tensor]
  private let layout: ParameterLayout

  init(memory names: [String], layout: ParameterLayout, device: Device) throws(TensorError) {
    self.layout = layout
    var blocks: [String: Tensor] = [:]
    for name in names { blocks[name] = try Tensor.zeros([layout.elements], on: device) }
    self.blocks = blocks
  }

  /// The norm over all parameters. What lies between them is 0 in a parameter store.
  func norm(of gradients: Tensor) throws(TensorError) -> Double { try gradients.norm().item() }

  /// As `Optimizer.update`, after the norm was found finite; `scale` includes clipping.
  func step(
    _ plan: FusedPlan, parameters: Tensor, gradients: Tensor, scale: Double, step: Int
  ) throws(TensorError) {
    try withoutGradients { () throws(TensorError) in
      if scale != 1 { try gradients.multiplyInPlace(by: scale) }
      try addDecay(plan.coupledDecay, of: parameters, to: gradients)
      try applyMoments(plan.moments, to: gradients, step: step)
      try addDecay(plan.decoupledDecay, of: parameters, to: gradients)
      let rate = plan.rate.value(at: step)
      if let trustRatio = plan.trustRatio {
        try move(parameters, along: gradients, rate: rate, by: trustRatio)
      } else {
        try parameters.addInPlace(gradients, scale: -rate)
      }
      try gradients.fillInPlace(0)
    }
  }

  /// Updates the memory and leaves the update in `gradients`.
  private func applyMoments(
    _ moments: FusedPlan.Moments, to gradients: Tensor, step: Int
  ) throws(TensorError) {
    switch moments {
    case .none:
      break
    case .trace(let trace):
      let sum = blocks[Trace.momentumBlock]!
      try sum.multiplyInPlace(by: trace.momentum)
      try sum.addInPlace(gradients)
      if trace.isNesterov {
        try gradients.addInPlace(sum, scale: trace.momentum)
      } else {
        try gradients.copyInPlace(from: sum)
      }
    case .adam(let adam):
      let (mean, square) = (blocks[ScaleByAdam.firstMoment]!, blocks[ScaleByAdam.secondMoment]!)
      try mean.interpolateInPlace(to: gradients, weight: 1 - adam.beta1)
      try square.multiplyInPlace(by: adam.beta2)
      try square.addProductInPlace(gradients, gradients, scale: 1 - adam.beta2)
      let (first, second) = adam.corrections(after: step)
      let root = try square.squareRoot()
      try root.multiplyInPlace(by: second)
      try root.addInPlace(adam.epsilon)
      try gradients.fillInPlace(0)
      try gradients.addQuotientInPlace(mean, root, scale: first)
    }
  }

  private func addDecay(
    _ decay: AddDecayedWeights?, of parameters: Tensor, to update: Tensor
  ) throws(TensorError) {
    guard let decay, decay.weightDecay != 0 else { return }
    for segment in layout.segments where !segment.isExempt {
      try update.view(of: segment).addInPlace(parameters.view(of: segment), scale: decay.weightDecay)
    }
  }

  private func move(
    _ parameters: Tensor, along update: Tensor, rate: Double, by trustRatio: ScaleByTrustRatio
  ) throws(TensorError) {
    var views: [Tensor] = []
    for segment in layout.segments {
      views += [try parameters.view(of: segment), try update.view(of: segment)]
    }
    let norms = try Tensor.norms(views).scalars(Float.self)
    for (index, segment) in layout.segments.enumerated() {
      let (ofParameter, ofUpdate) = (Double(norms[2 * index]), Double(norms[2 * index + 1]))
      let ratio =
        segment.isExempt
        ? 1
        : trustRatio.ratio(parameterSquares: ofParameter * ofParameter, updateSquares: ofUpdate * ofUpdate)
      try views[2 * index].addInPlace(views[2 * index + 1], scale: -rate * ratio)
    }
  }
}

extension Tensor {
  fileprivate func view(of segment: ParameterLayout.Segment) throws(TensorError) -> Tensor {
    try narrowed(segment.offset..<segment.offset + segment.count, along: 0)
  }
}
