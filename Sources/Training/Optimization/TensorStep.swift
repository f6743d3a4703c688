import Tensors

/// One step of a plan by the operators of libtorch, on any device: what runs on a GPU, and for links that
/// look at whole tensors on the CPU too.
///
/// Where all tensors go the same way, some ten kernels over the whole buffer, and one for each tensor that
/// decays or has a ratio. The host waits for the device where it must know a norm.
struct TensorStep {
  let plan: OptimizerPlan
  let layout: ParameterLayout
  /// Of each rule, in the order of the plan's.
  let coefficients: [[Double]]
  let memory: OptimizerMemory
  /// Shape `[layout.elements]`.
  let parameters: Tensor
  let gradients: Tensor
  /// What the gradients are multiplied with, clipping included.
  let scale: Double
  let place: StepPlace

  /// A contiguous part of the flat buffers: all of them, or a tensor's.
  private struct Part {
    var segments: [ParameterLayout.Segment]
    /// Of all of them, which are alike where there are several.
    var factors: LayerRates.Factors
    var start: Int
    var parameters: Tensor
    var update: Tensor

    func view(_ flat: Tensor, _ segment: ParameterLayout.Segment) throws(TensorError) -> Tensor {
      let offset = segment.offset - start
      return try flat.narrowed(offset..<offset + segment.count, along: 0)
    }
  }

  /// All passes over a route's tensors; the gradients are zero afterwards.
  func run(_ route: OptimizerPlan.Route) throws(TensorError) {
    try withoutGradients { () throws(TensorError) in
      let isUniform = plan.factors.allSatisfy { $0 == plan.factors[0] }
      if route.segments.count == layout.segments.count && !route.hasTensorRule && isUniform {
        try run(
          route,
          Part(
            segments: layout.segments, factors: plan.factors[0], start: 0, parameters: parameters,
            update: gradients))
        return
      }
      for number in route.segments {
        let segment = layout.segments[number]
        let range = segment.offset..<segment.offset + segment.count
        try run(
          route,
          Part(
            segments: [segment], factors: plan.factors[number], start: segment.offset,
            parameters: try parameters.narrowed(range, along: 0),
            update: try gradients.narrowed(range, along: 0)))
      }
    }
  }

  private func run(_ route: OptimizerPlan.Route, _ part: Part) throws(TensorError) {
    let rate = place.rate * part.factors.rate
    let moveRate = route.movesByRate ? rate : 1
    if scale != 1 { try part.update.multiplyInPlace(by: scale) }
    for (number, pass) in route.passes.enumerated() {
      if let layerwise = pass.layerwise { try apply(layerwise.multiplied(by: part.factors), part) }
      if pass.isRated { try part.update.multiplyInPlace(by: rate) }
      try addDecay(pass.coupledDecay, part)
      try applyRule(of: pass, part)
      try addDecay(pass.decay, part)
      let isLast = number == route.passes.count - 1
      if let trustRatio = pass.trustRatio {
        let ratios = try ratios(part) { ofParameter, ofUpdate in
          trustRatio.ratio(parameterSquares: ofParameter * ofParameter, updateSquares: ofUpdate * ofUpdate)
        }
        for (segment, ratio) in zip(part.segments, ratios) {
          let update = try part.view(part.update, segment)
          if isLast {
            try part.view(part.parameters, segment).addInPlace(update, scale: -moveRate * ratio)
          } else {
            try update.multiplyInPlace(by: ratio)
          }
        }
      } else if isLast {
        try part.parameters.addInPlace(part.update, scale: -moveRate)
      }
    }
    try part.update.fillInPlace(0)
  }

  private func applyRule(of pass: OptimizerPlan.Pass, _ part: Part) throws(TensorError) {
    if let number = pass.rule {
      let rule = plan.rules[number]
      var blocks: [Tensor] = []
      for block in rule.memory {
        guard let kept = memory.blocks[block.name] else { continue }
        blocks.append(try kept.tensor.narrowed(part.start..<part.start + part.update.count, along: 0))
      }
      try rule.apply(coefficients[number], to: part.update, blocks: blocks)
    } else if let rule = pass.tensorRule {
      let segment = part.segments[0]
      var blocks: [String: Tensor] = [:]
      for block in rule.memory { blocks[block.name] = try memory.tensor(block.name, of: segment.name) }
      try rule.apply(
        to: part.update.reshaped(segment.shape), of: part.parameters.reshaped(segment.shape), blocks: blocks,
        at: StepPlace(step: place.step, rate: place.rate * part.factors.rate))
    }
  }

  private func addDecay(_ decay: Double, _ part: Part) throws(TensorError) {
    let decay = decay * part.factors.decay
    guard decay != 0 else { return }
    for segment in part.segments where !segment.isExempt {
      try part.view(part.update, segment).addInPlace(part.view(part.parameters, segment), scale: decay)
    }
  }

  private func apply(_ layerwise: ScaleByLayerwiseRate, _ part: Part) throws(TensorError) {
    let ratios = try ratios(part) { layerwise.ratio(parameterNorm: $0, gradientNorm: $1) }
    for (segment, ratio) in zip(part.segments, ratios) where !segment.isExempt {
      let update = try part.view(part.update, segment)
      try update.addInPlace(part.view(part.parameters, segment), scale: layerwise.weightDecay)
      try update.multiplyInPlace(by: ratio)
    }
  }

  /// The ratio of each tensor by the norms of its parameters and its update; 1 of the exempt.
  private func ratios(
    _ part: Part, _ ratio: (_ ofParameter: Double, _ ofUpdate: Double) -> Double
  ) throws(TensorError) -> [Double] {
    var views: [Tensor] = []
    for segment in part.segments {
      views += [try part.view(part.parameters, segment), try part.view(part.update, segment)]
    }
    let norms = try Tensor.norms(views).scalars(Float.self)
    return part.segments.enumerated().map { number, segment in
      segment.isExempt ? 1 : ratio(Double(norms[2 * number]), Double(norms[2 * number + 1]))
    }
  }
}
