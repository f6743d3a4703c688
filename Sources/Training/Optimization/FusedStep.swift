import CKernels

/// One step of a plan's elementwise routes on the CPU.
struct FusedStep {
  let loops: FusedLoops
  let parameters: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  /// What the gradients are multiplied with, clipping included.
  let scale: Double
  let rate: Double
  /// In the order of the plan's rules.
  private var calls: [Call] = []

  /// A rule with what it needs at this step.
  private struct Call {
    var kernel: RuleKernel
    /// As many as any rule has.
    var coefficients: [Float]
    var blocks: [UnsafeMutablePointer<Float>?]

    init(_ rule: any UpdateRule, _ coefficients: [Double], _ memory: OptimizerMemory) {
      kernel = rule.kernel
      let most = Int(optimizer_most_coefficients)
      self.coefficients =
        coefficients.map { Float($0) } + Array(repeating: 0, count: most - coefficients.count)
      blocks = rule.memory.map { memory.blocks[$0.name]?.host?.values.baseAddress }
    }
  }

  private let plain: Call

  init(
    _ plan: OptimizerPlan, _ coefficients: [[Double]], _ memory: OptimizerMemory, loops: FusedLoops,
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>, scale: Double,
    rate: Double
  ) {
    self.loops = loops
    self.parameters = parameters
    self.gradients = gradients
    self.scale = scale
    self.rate = rate
    calls = zip(plan.rules, coefficients).map { Call($0, $1, memory) }
    plain = Call(PlainRule(), [], memory)
  }

  /// All passes over one tensor; the gradients are zero afterwards.
  func run(
    _ route: OptimizerPlan.Route, _ segment: ParameterLayout.Segment, _ factors: LayerRates.Factors
  ) {
    let moveRate = route.movesByRate ? rate * factors.rate : 1
    var scale = scale
    for (number, pass) in route.passes.enumerated() {
      let call = pass.rule.map { calls[$0] } ?? plain
      let input = input(of: pass, segment, factors, scale: scale)
      let trustRatio = segment.isExempt ? nil : pass.trustRatio
      let isLast = number == route.passes.count - 1
      call.coefficients.withUnsafeBufferPointer { coefficients in
        call.blocks.withUnsafeBufferPointer { blocks in
          let fused = optimizer_pass(
            parameters: parameters, gradients: gradients, state: blocks.baseAddress, offset: segment.offset,
            count: segment.count, gradient_scale: Float(input.scale), coupled_decay: Float(input.decay),
            decay: segment.isExempt ? 0 : Float(pass.decay * factors.decay),
            coefficients: coefficients.baseAddress)
          if isLast && trustRatio == nil {
            loops.step(call.kernel, fused, rate: Float(moveRate))
            return
          }
          let norms = loops.direction(call.kernel, fused)
          let ratio =
            trustRatio?.ratio(
              parameterSquares: norms.parameter_squares, updateSquares: norms.update_squares) ?? 1
          if isLast {
            loops.applyDirection(parameters, gradients, segment, rate: Float(moveRate * ratio))
          }
          scale = ratio
        }
      }
    }
  }

  /// What the pass multiplies its input with, and how much of the parameters it adds.
  private func input(
    of pass: OptimizerPlan.Pass, _ segment: ParameterLayout.Segment, _ factors: LayerRates.Factors,
    scale: Double
  ) -> (scale: Double, decay: Double) {
    var input = (scale: scale, decay: segment.isExempt ? 0 : pass.coupledDecay * factors.decay)
    if let layerwise = pass.layerwise?.multiplied(by: factors), !segment.isExempt {
      let ratio = layerwise.ratio(
        parameterNorm: loops.norm(of: parameters, segment),
        gradientNorm: abs(scale) * loops.norm(of: gradients, segment))
      input = (scale * ratio, layerwise.weightDecay * ratio)
    }
    if pass.isRated { input = (input.scale * rate * factors.rate, input.decay * rate * factors.rate) }
    return input
  }
}
