/// How an optimizer's options follow the global batch size B, from the reference B₀ for which they are meant: with
/// κ = B / B₀.
public enum ScalingRule: String, Codable, CaseIterable, Sendable {
  case none
  /// The rate times κ (Goyal et al., arXiv:1706.02677, §2.1), usual for SGD.
  case linear
  /// The rate times √κ (You et al., ICLR 2020, §4), usual for LAMB and Adam.
  case squareRoot = "square_root"
  /// The rate times √κ, 1 − β of both moments times κ, ε divided by √κ: what a step of Adam does to the noise of
  /// the gradient stays (Malladi et al., NeurIPS 2022, arXiv:2205.10287, definition 5.1).
  case squareRootMoments = "square_root_moments"
  /// The decay times κ, and by the share of the training samples: τ = B / (samples · rate · decay), the epochs over
  /// which AdamW averages its updates, stays (Wang and Aitchison, arXiv:2405.13698, equation 7). The rate stays.
  case timescale

  /// What the learning rate is multiplied with.
  public func factor(batchSize: Int, reference: Int) -> Double {
    let ratio = Double(batchSize) / Double(reference)
    return switch self {
    case .none, .timescale: 1
    case .linear: ratio
    case .squareRoot, .squareRootMoments: ratio.squareRoot()
    }
  }

  /// The options besides the rate that it changes, of optimizers that have them.
  var scaledOptions: [String] {
    switch self {
    case .none, .linear, .squareRoot: []
    case .squareRootMoments: ["beta1", "beta2", "epsilon"]
    case .timescale: ["weight_decay"]
    }
  }

  /// What one of `scaledOptions` becomes. A moment's β that would fall below 0, as under a schedule of the batch, is
  /// 0: the moment is that of the batch itself.
  ///
  /// - Parameters:
  ///   - ratio: κ.
  ///   - share: of the training samples, above 0 and at most 1.
  fileprivate func scaled(_ option: String, _ value: Double, ratio: Double, share: Double) -> Double {
    switch option {
    case "beta1", "beta2": max(0, 1 - ratio * (1 - value))
    case "epsilon": value / ratio.squareRoot()
    default: value * ratio / share
    }
  }
}

extension TrainingConfiguration {
  /// B / B₀.
  private var batchRatio: Double { Double(batchSize) / Double(referenceBatchSize) }

  /// The optimizer's options as the scaling rule makes them; the rate has its factor apart.
  var scaledOptimizer: OptimizerConfiguration {
    var scaled = optimizer
    for option in scalingRule.scaledOptions {
      guard case .number(let value) = optimizer.ownValue(of: option) else { continue }
      let new = scalingRule.scaled(option, value, ratio: batchRatio, share: usedDataShare)
      scaled.set(option, to: .number(new))
    }
    return scaled
  }

  /// What the rule cannot scale.
  var scalingProblems: [TrainingError] {
    guard batchSize >= 1, referenceBatchSize >= 1 else { return [] }
    switch scalingRule {
    case .none, .linear, .squareRoot: return []
    case .timescale:
      if optimizer.decaysByRate { return [] }
      return [
        .invalid(
          subject: "scaling_rule",
          expected: "an optimizer that decays the weights by the rate times weight_decay, such as adamw",
          found: "the optimizer \(optimizer.kind)",
          remedy: "Choose adamw, or another scaling rule.")
      ]
    case .squareRootMoments: return momentProblems
    }
  }

  private var momentProblems: [TrainingError] {
    ["beta1", "beta2"].compactMap { option in
      guard case .number(let beta) = optimizer.ownValue(of: option), batchRatio * (1 - beta) > 1 else {
        return nil
      }
      let most = Int(Double(referenceBatchSize) / (1 - beta))
      return .invalid(
        subject: "batch_size",
        expected:
          "at most \(most), so that 1 - \(option) times its ratio to reference_batch_size is at most 1",
        found: "\(batchSize)",
        remedy: "Lower it, raise \(option), or choose another scaling rule.")
    }
  }
}

extension OptimizerConfiguration {
  /// Whether a step takes the rate times `weight_decay` of the weights away: the decay is decoupled from the moments.
  var decaysByRate: Bool {
    let links = transform(rate: .constant(learningRate)).links
    guard let decay = links.lastIndex(where: { $0 is AddDecayedWeights }), decay > 0 else { return false }
    return !links[decay...].contains { $0 is ScaleByTrustRatio }
  }
}
