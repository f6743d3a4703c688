import Testing

@testable import Training

@Suite struct WeightStartTests {
  private static func model(_ rule: WeightStart.Rule, gain: Double = 1) throws -> any Model {
    var configuration = CNNConfiguration()
    (configuration.width, configuration.blocks, configuration.convolutions) = (48, 1, 2)
    configuration.start = WeightStart(rule: rule, gain: gain)
    return try configuration.makeModel(
      for: .labelled(shape: [1, 8, 8], classes: 10), seed: 3, device: .cpu)
  }

  private static func values(_ name: String, of model: any Model) throws -> [Float] {
    try model.store.tensor(name).detached().scalars()
  }

  private static let moments: [(WeightStart.Rule, Double, Double)] = [
    (.heNormal, 2.0 / 432, 3.0), (.heUniform, 2.0 / 432, 1.8), (.xavierNormal, 1.0 / 432, 3.0),
    (.xavierUniform, 1.0 / 432, 1.8), (.lecunNormal, 1.0 / 432, 3.0), (.standard, 2.0 / 432, 3.0),
  ]

  /// Of the 48 x 48 x 3 x 3 weight, whose fan-in and fan-out are both 432, what `torch.nn.init` gives it: variance,
  /// and the kurtosis of a normal, 3, or a uniform distribution, 1.8.
  @Test(arguments: moments)
  func `weights have the rule's moments`(rule: WeightStart.Rule, variance: Double, kurtosis: Double) throws {
    let drawn = try Self.values("blocks.0.1.convolution.weight", of: Self.model(rule, gain: 1.5)).map(
      Double.init)
    let count = Double(drawn.count)
    #expect(count == 20736)
    let squares = drawn.map { $0 * $0 }
    let second = squares.reduce(0, +) / count
    let fourth = squares.map { $0 * $0 }.reduce(0, +) / count
    // Standard errors are 1% of the variance and 0.04 of the kurtosis at most; five and four of them.
    #expect(abs(second / (2.25 * variance) - 1) < 0.05)
    #expect(abs(fourth / (second * second) - kurtosis) < 0.16)
  }

  @Test func `orthogonal weights have orthogonal rows, or columns where those are fewer`() throws {
    let model = try Self.model(.orthogonal, gain: 2)
    let wide = try Self.values("blocks.0.1.convolution.weight", of: model)
    let tall = try Self.values("blocks.0.0.convolution.weight", of: model)
    for first in 0..<9 {
      for second in 0...first {
        var (ofRows, ofColumns): (Float, Float) = (0, 0)
        for index in 0..<432 { ofRows += wide[432 * first + index] * wide[432 * second + index] }
        for index in 0..<48 { ofColumns += tall[9 * index + first] * tall[9 * index + second] }
        let expected: Float = first == second ? 4 : 0
        #expect(abs(ofRows - expected) < 1e-5 && abs(ofColumns - expected) < 1e-5)
      }
    }
  }

  @Test func `the last layer, the norms and the biases start as ever`() throws {
    let (one, other) = try (Self.model(.standard), Self.model(.orthogonal, gain: 3))
    for entry in one.store.parameterEntries {
      let isEqual = try Self.values(entry.name, of: one) == Self.values(entry.name, of: other)
      #expect(isEqual == !entry.name.contains("convolution"), "\(entry.name)")
    }
  }

  @Test func `the mlp and the residual network start by it, too`() throws {
    var (mlp, resnet) = (MLPConfiguration(), ResNetConfiguration())
    mlp.hidden = [5, 7]
    (mlp.start.rule, resnet.start.rule) = (.lecunNormal, .lecunNormal)
    for declaration in MLP.declarations(mlp, inputs: 10, outputs: 3).parameters {
      switch declaration.name {
      case "layers.0.weight": #expect(declaration.initialization == .normal(deviation: 0.1.squareRoot()))
      case "layers.1.weight": #expect(declaration.initialization == .normal(deviation: 0.2.squareRoot()))
      case "layers.2.weight": #expect(declaration.initialization == .logits(inputs: 7))
      default: #expect(declaration.initialization == .constant(0))
      }
    }
    let stem = ResNet.declarations(resnet, inputs: 3, outputs: 10).parameters[0]
    #expect(stem.initialization == .normal(deviation: (1.0 / 27).squareRoot()))
  }
}
