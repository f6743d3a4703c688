extension OptimizerConfiguration {
  /// The chain of links that computes this optimizer.
  ///
  /// - Parameters:
  ///   - rate: the learning rate at each step.
  ///   - rateFactor: what the rate is multiplied with, such as that of a scaling rule.
  ///   - gradientClip: the global norm to which a longer gradient is shortened; 0 for no clipping.
  ///   - stepOffset: how far the schedule is ahead of the optimizer's steps.
  public func transform(
    rate: Schedule, rateFactor: Double = 1, gradientClip: Double = 0, stepOffset: Int = 0
  ) -> Chain {
    let scaled = ScaleByRate(rate, factor: rateFactor, stepOffset: stepOffset)
    let clip: [any GradientTransform] = gradientClip > 0 ? [ClipByGlobalNorm(gradientClip)] : []
    return Chain(clip + optimizer.links(OptimizerValues(configuration: self), scaled), name: kind.rawValue)
  }
}

extension TrainingConfiguration {
  /// The chain of links that a trial's optimizer runs: its kind, schedule, scaling rule, clipping, noise and
  /// factors of layers together.
  ///
  /// - Parameters:
  ///   - stepsPerUnit: optimizer steps in one unit of the budget: 1 if it is steps.
  ///   - stepOffset: how far the schedule is ahead of the optimizer's steps.
  ///   - memory: what the schedule remembers of measurements.
  ///   - rateFactor: what the rate is multiplied with besides the scaling rule's factor.
  ///   - seed: the trial's, from which the gradient's noise is drawn.
  /// - Throws: `TrainingError.invalid` when the decay needs a length and the configuration has none.
  public func optimizerTransform(
    stepsPerUnit: Int, stepOffset: Int = 0, memory: [String: Double] = [:], rateFactor: Double = 1,
    seed: UInt64 = 0
  ) throws(TrainingError) -> Chain {
    var chain = scaledOptimizer.transform(
      rate: try Schedule(
        schedule, peak: optimizer.learningRate, stepsPerUnit: stepsPerUnit, memory: memory),
      rateFactor: rateFactor * scalingRule.factor(batchSize: batchSize, reference: referenceBatchSize),
      gradientClip: gradientClip, stepOffset: stepOffset)
    chain.layerRates = layerRates
    if regularization.gradientNoise > 0 {
      chain.noise = AddNoise(
        variance: regularization.gradientNoise, decay: regularization.gradientNoiseDecay, seed: seed)
    }
    return chain
  }
}
