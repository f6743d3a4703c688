import Testing

@testable import Training

@Suite struct ScalingRuleTests {
  private static func configuration(
    _ rule: ScalingRule, _ kind: OptimizerConfiguration.Kind = .adamw, batch: Int
  ) -> TrainingConfiguration {
    var configuration = SmallModel.mlp.configuration
    configuration.optimizer = OptimizerConfiguration(kind)
    (configuration.scalingRule, configuration.batchSize, configuration.referenceBatchSize) = (rule, batch, 32)
    return configuration
  }

  @Test func `the moments' rule follows the batch as the noise of the gradient does`() throws {
    let configuration = Self.configuration(.squareRootMoments, batch: 128)
    let chain = try configuration.optimizerTransform(stepsPerUnit: 1)
    #expect(chain.first(ScaleByRate.self)?.value(at: 0) == 2 * 1e-3)
    let adam = try #require(chain.first(ScaleByAdam.self))
    #expect(abs(adam.beta1 - 0.6) < 1e-12)
    #expect(abs(adam.beta2 - 0.996) < 1e-12)
    #expect(abs(adam.epsilon - 0.5e-6) < 1e-18)
    #expect(configuration.validate().isEmpty)
  }

  /// τ = B / (samples · rate · decay).
  @Test(arguments: [(32, 1.0), (128, 1.0), (32, 0.25), (16, 0.5)])
  func `the timescale stays with any batch and any share of the data`(batch: Int, share: Double) throws {
    var configuration = Self.configuration(.timescale, batch: batch)
    configuration.usedDataShare = share
    let chain = try configuration.optimizerTransform(stepsPerUnit: 1)
    let rate = try #require(chain.first(ScaleByRate.self)).value(at: 0)
    let decay = try #require(chain.first(AddDecayedWeights.self)).weightDecay
    #expect(abs(Double(batch) / (share * rate * decay) / (32 / (1e-3 * 0.01)) - 1) < 1e-12)
  }

  @Test func `what is read back is what was searched`() throws {
    for rule in ScalingRule.allCases {
      let configuration = Self.configuration(rule, batch: 64)
      let trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 0)
      #expect(try trainer.effectiveHyperparameters() == configuration.hyperparameters)
    }
  }

  @Test func `what a rule cannot scale is refused in words`() {
    #expect(
      Self.configuration(.timescale, .sgd, batch: 32).validate().map(\.description) == [
        "scaling_rule: expected an optimizer that decays the weights by the rate times weight_decay, such as adamw, "
          + "found the optimizer sgd. Choose adamw, or another scaling rule."
      ])
    #expect(
      Self.configuration(.squareRootMoments, batch: 512).validate().map(\.description) == [
        "batch_size: expected at most 320, so that 1 - beta1 times its ratio to reference_batch_size is at most 1, "
          + "found 512. Lower it, raise beta1, or choose another scaling rule."
      ])
  }
}
