/// An optimizer and its hyperparameters. Those that its kind doesn't have are ignored.
public struct OptimizerConfiguration: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    case sgd, adamw, lamb
  }

  public var kind: Kind = .adamw
  /// The peak of the learning-rate schedule, for `TrainingConfiguration.referenceBatchSize`.
  public var learningRate: Double = 1e-3
  public var weightDecay: Double = 0.01
  /// SGD's.
  public var momentum: Double = 0.9
  /// SGD's: whether the update looks ahead along the momentum.
  public var nesterov: Bool = false
  /// AdamW's and LAMB's.
  public var beta1: Double = 0.9
  public var beta2: Double = 0.999
  public var epsilon: Double = 1e-6
  /// AdamW's and LAMB's: whether the moments are divided by 1 − βᵗ, because they start at 0.
  public var biasCorrection: Bool = true
  /// LAMB's: the highest trust ratio, above 0; nil for no limit.
  public var trustRatioClip: Double? = nil

  public init() {}
}

extension OptimizerConfiguration {
  /// The chain of transforms that computes this optimizer.
  ///
  /// SGD is PyTorch's (decay before the momentum), AdamW Loshchilov and Hutter's, LAMB You et al.'s Algorithm
  /// 2 with the gradient clipped before the moments, as practised. Whatever the values, a kind always
  /// remembers the same blocks, so that a running trial can go on under any others.
  ///
  /// - Parameters:
  ///   - rate: the learning rate at each step.
  ///   - rateFactor: what the rate is multiplied with, such as that of a scaling rule.
  ///   - gradientClip: the global norm to which a longer gradient is shortened; 0 for no clipping.
  ///   - stepOffset: how far the schedule is ahead of the optimizer's steps.
  public func transform(
    rate: Schedule, rateFactor: Double = 1, gradientClip: Double = 0, stepOffset: Int = 0
  ) -> Chain {
    var stages: [any GradientTransform] = []
    if gradientClip > 0 { stages.append(ClipByGlobalNorm(gradientClip)) }
    switch kind {
    case .sgd:
      stages += [AddDecayedWeights(weightDecay), Trace(momentum: momentum, isNesterov: nesterov)]
    case .adamw:
      stages += [adam, AddDecayedWeights(weightDecay)]
    case .lamb:
      stages += [adam, AddDecayedWeights(weightDecay), ScaleByTrustRatio(maximumRatio: trustRatioClip)]
    }
    stages.append(ScaleByRate(rate, factor: rateFactor, stepOffset: stepOffset))
    return Chain(stages)
  }

  private var adam: ScaleByAdam {
    ScaleByAdam(beta1: beta1, beta2: beta2, epsilon: epsilon, correctsBias: biasCorrection)
  }
}

extension OptimizerConfiguration.Kind {
  /// The kind of optimizer that a running chain is, read from its links; the inverse of `transform`.
  public init(of chain: Chain) {
    if chain.stages.contains(where: { $0 is ScaleByAdam }) {
      self = chain.stages.contains { $0 is ScaleByTrustRatio } ? .lamb : .adamw
    } else {
      self = .sgd
    }
  }
}

extension TrainingConfiguration {
  /// The chain of transforms that a trial's optimizer runs: its kind, schedule, scaling rule and clipping
  /// together.
  ///
  /// - Parameters:
  ///   - stepsPerUnit: optimizer steps in one unit of the budget: 1 if it is steps.
  ///   - stepOffset: how far the schedule is ahead of the optimizer's steps.
  ///   - memory: what the schedule remembers of measurements.
  /// - Throws: `TrainingError.invalid` when the decay needs a length and the configuration has none.
  public func optimizerTransform(
    stepsPerUnit: Int, stepOffset: Int = 0, memory: [String: Double] = [:]
  ) throws(TrainingError) -> Chain {
    optimizer.transform(
      rate: try Schedule(
        schedule, peak: optimizer.learningRate, stepsPerUnit: stepsPerUnit, memory: memory),
      rateFactor: scalingRule.factor(batchSize: batchSize, reference: referenceBatchSize),
      gradientClip: gradientClip, stepOffset: stepOffset)
  }
}
