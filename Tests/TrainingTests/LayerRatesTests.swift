import Tensors
import Testing

@testable import Training

@Suite struct LayerRatesTests {
  /// Factors are powers of 2, so that multiplying them in another order changes no bit.
  @Test(arguments: OptimizerConfiguration.Kind.allCases)
  func `a tensor with factors moves as all do under the rate and decay of its own`(
    kind: OptimizerConfiguration.Kind
  ) throws {
    for engine in [OptimizerEngine.loops(.fastest), .tensors(.cpu)] {
      var options = OptimizerConfiguration(kind)
      (options.learningRate, options.weightDecay) = (0.0625, 0.125)
      var chain = options.transform(rate: .constant(0.0625))
      chain.layerRates.rules = [.init(match: "second.*", rate: 0.5), .init(match: "second.w*", decay: 0.25)]
      let found = try Self.run(chain, engine)

      let plain = try Self.run(options.transform(rate: .constant(0.0625)), engine)
      (options.learningRate, options.weightDecay) = (0.03125, 0.03125)
      let slower = try Self.run(options.transform(rate: .constant(0.03125)), engine)
      for segment in try OptimizerProblem().layout.segments {
        let range = segment.offset..<segment.offset + segment.count
        let expected = segment.name == "second.weight" ? slower : plain
        #expect(relativeDistance(found[range], expected[range]) < 1e-6, "\(segment.name)")
        #expect(segment.name == "second.weight" ? found[range] != plain[range] : found[range] == plain[range])
      }
    }
  }

  private static func run(_ chain: Chain, _ engine: OptimizerEngine) throws -> [Float] {
    var problem = try OptimizerProblem()
    var optimizer = try Optimizer(chain, layout: problem.layout, engine: engine)
    for step in 0..<5 {
      let parameters = try Tensor(problem.parameters, shape: [problem.layout.elements])
      let gradients = try Tensor(problem.gradients(at: step), shape: [problem.layout.elements])
      try optimizer.update(parameters: parameters, gradients: gradients)
      problem.parameters = try parameters.scalars()
    }
    return problem.parameters
  }

  @Test func `layers are what shares a name up to its last number`() {
    let names = [
      "tokens.weight", "positions.weight", "blocks.0.norm.weight", "blocks.0.mlp.weight",
      "blocks.1.mlp.weight",
      "norm.weight", "head.weight",
    ]
    #expect(LayerRates.layers(of: names) == [0, 0, 1, 1, 2, 3, 3])
    #expect(
      LayerRates.layers(of: [
        "embeddings.0.weight", "embeddings.1.weight", "first.weight", "blocks.0.linear1.weight",
        "blocks.1.linear1.weight", "norm.weight", "classifier.weight",
      ]) == [0, 0, 0, 1, 2, 3, 3])
    #expect(
      LayerRates.layers(of: ["layers.0.weight", "layers.0.bias", "norms.0.weight", "layers.1.weight"]) == [
        0, 0, 0, 1,
      ])
    #expect(
      LayerRates.layers(of: [
        "stem.norm.bias", "stages.0.0.first.weight", "stages.0.1.first.weight", "classifier.bias",
      ])
        == [0, 1, 2, 3])
  }

  /// Somebody else's module may have layers without a number between those with one.
  @Test func `a module whose last tensors share an earlier layer has rates, too`() throws {
    var rates = LayerRates()
    rates.layerDecay = 0.5
    let names = ["a.0.weight", "middle.weight", "b.0.weight", "c.0.weight", "end.weight"]
    let layout = try ParameterLayout(
      segments: names.enumerated().map { .init(name: $1, offset: 4 * $0, shape: [4], isExempt: false) },
      elements: 20)
    #expect(rates.factors(of: layout).map(\.rate) == [0.125, 0.25, 0.5, 1, 0.25])
  }

  @Test func `the rate falls by the decay with every layer away from the outputs`() throws {
    var rates = LayerRates()
    (rates.layerDecay, rates.rules) = (0.5, [.init(match: "*.bias", rate: 2, decay: 0)])
    let layout = try ParameterLayout(
      segments: [("layers.0.weight", 4), ("layers.1.weight", 4), ("layers.2.bias", 4)].enumerated().map {
        .init(name: $1.0, offset: 4 * $0, shape: [$1.1], isExempt: false)
      }, elements: 12)
    #expect(rates.factors(of: layout).map(\.rate) == [0.25, 0.5, 2])
    #expect(rates.factors(of: layout).map(\.decay) == [1, 1, 0])
  }

  @Test(arguments: [
    ("*", "", true), ("head.*", "head.weight", true), ("head.*", "heads.weight", false),
    ("*.bias", "a.b.bias", true),
    ("a?c", "abc", true), ("a?c", "ac", false), ("*b*b", "abcb", true), ("*b*b", "abc", false),
    ("", "a", false),
  ])
  func `a star is any text and a question mark any character`(pattern: String, text: String, isMatching: Bool)
  {
    #expect(text.matches(glob: pattern) == isMatching)
  }

  @Test func `a pattern that matches nothing is named`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.layerRates.rules = [.init(match: "layers.0.*"), .init(match: "heads.*")]
    #expect(
      configuration.validate(with: try SmallModel.mlp.data).map(\.description) == [
        """
        layer_rates: expected patterns that match parameters of the model, found heads.*. The parameters are \
        layers.0.weight, layers.0.bias, layers.1.weight, layers.1.bias, layers.2.weight, layers.2.bias.
        """
      ])
  }
}
