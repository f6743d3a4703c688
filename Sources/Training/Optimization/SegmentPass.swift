import CKernels

/// The flat buffers of a step on the CPU.
struct HostBuffers {
  var parameters: UnsafeMutablePointer<Float>
  var gradients: UnsafeMutablePointer<Float>
  var blocks: [String: AlignedBlock<Float>]

  init(
    _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafeMutablePointer<Float>,
    _ blocks: [String: AlignedBlock<Float>]
  ) {
    self.parameters = parameters
    self.gradients = gradients
    self.blocks = blocks
  }
}

/// One parameter tensor's share of a fused step.
struct SegmentPass {
  var parameters: UnsafeMutablePointer<Float>
  var gradients: UnsafeMutablePointer<Float>
  var count: Int
  /// First moment or momentum; nil if nothing is remembered.
  var first: UnsafeMutablePointer<Float>?
  /// Second moment.
  var second: UnsafeMutablePointer<Float>?
  var gradientScale: Float
  var coupledDecay: Float
  var decay: Float

  init(
    _ plan: FusedPlan, _ buffers: HostBuffers, _ segment: ParameterLayout.Segment, gradientScale: Float
  ) {
    func block(_ name: String?) -> UnsafeMutablePointer<Float>? {
      name.map { buffers.blocks[$0]!.values.baseAddress! + segment.offset }
    }
    parameters = buffers.parameters + segment.offset
    gradients = buffers.gradients + segment.offset
    count = segment.count
    first = block(plan.firstBlock)
    second = block(plan.secondBlock)
    self.gradientScale = gradientScale
    coupledDecay = segment.isExempt ? 0 : Float(plan.coupledDecay?.weightDecay ?? 0)
    decay = segment.isExempt ? 0 : Float(plan.decoupledDecay?.weightDecay ?? 0)
  }

  func coefficients(_ adam: ScaleByAdam, step: Int) -> adam_coefficients {
    let (first, second) = adam.corrections(after: step)
    return adam_coefficients(
      gradient_scale: gradientScale, coupled_decay: coupledDecay, beta1: Float(adam.beta1),
      beta1_rest: Float(1 - adam.beta1), beta2: Float(adam.beta2), beta2_rest: Float(1 - adam.beta2),
      first_correction: Float(first), second_correction: Float(second), epsilon: Float(adam.epsilon),
      decay: decay)
  }

  func coefficients(_ moments: FusedPlan.Moments) -> momentum_coefficients {
    guard case .trace(let trace) = moments else {
      return momentum_coefficients(
        gradient_scale: gradientScale, coupled_decay: coupledDecay, momentum: 0, gradient_share: 1,
        buffer_share: 0, decay: decay)
    }
    return momentum_coefficients(
      gradient_scale: gradientScale, coupled_decay: coupledDecay, momentum: Float(trace.momentum),
      gradient_share: trace.isNesterov ? 1 : 0, buffer_share: trace.isNesterov ? Float(trace.momentum) : 1,
      decay: decay)
  }
}
