import Tensors
import Testing

@testable import Training

@Suite struct StochasticDepthTests {
  private static let samples = 4000

  private static func kept(
    branch: Int, first: Int = 0, samples: Int = samples
  ) throws -> [Float] {
    let depth = StochasticDepth(probability: 0.8, branch: branch, branches: 4)
    let ones = try Tensor([Float](repeating: 1, count: samples * 3), shape: [samples, 3])
    return try depth(ones, .training(SampleStream(seed: 5, first: first))).scalars()
  }

  /// Huang et al., equation 4: of L branches, the l-th is left out with l / L of the last one's probability.
  @Test(arguments: 0..<4)
  func `a branch is left out as often as its depth says, and keeps the expectation`(branch: Int) throws {
    let probability = 0.2 * Double(branch + 1)
    let values = try Self.kept(branch: branch)
    for sample in 0..<Self.samples {
      #expect(Set(values[3 * sample..<3 * sample + 3]).count == 1, "a sample has one fate")
    }
    let dropped = Double(values.count { $0 == 0 }) / Double(values.count)
    // Four standard errors.
    let error = 4 * (probability * (1 - probability) / Double(Self.samples)).squareRoot()
    #expect(abs(dropped - probability) < error)
    #expect(values.allSatisfy { $0 == 0 || abs(Double($0) - 1 / (1 - probability)) < 1e-6 })
  }

  @Test func `who leaves out a branch is a function of the sample, not of its batch`() throws {
    let whole = try Self.kept(branch: 2)
    #expect(try Array(whole[900...]) == Self.kept(branch: 2, first: 300, samples: Self.samples - 300))
    #expect(try whole != Self.kept(branch: 3))
  }

  @Test func `an evaluation takes every branch as it is`() throws {
    let depth = StochasticDepth(probability: 0.8, branch: 3, branches: 4)
    let ones = try Tensor([Float(1)], shape: [1, 1])
    #expect(try depth(ones, .evaluation).item() == 1)
  }

  @Test(arguments: [SmallModel.resnet, .transformer])
  func `a trainer trains with the depth that is set on the way`(model: SmallModel) throws {
    func loss(_ depths: [Double]) throws -> Double? {
      var trainer = try Trainer(model.configuration, data: model.data, seed: 1, trial: 2)
      for (number, depth) in depths.enumerated() {
        try trainer.set(["stochastic_depth": .number(depth)])
        #expect(try trainer.effectiveHyperparameters()["stochastic_depth"] == .number(depth))
        _ = try trainer.train(to: number + 1)
      }
      return try trainer.measure().metrics["train_loss"]
    }
    #expect(try loss([0, 0.5]) != loss([0, 0]))
    #expect(try loss([0, 0.5]) == loss([0, 0.5]))
  }
}
