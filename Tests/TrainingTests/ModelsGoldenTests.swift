import Foundation
import Tensors
import Testing

@testable import Training

/// The models against the same ones in PyTorch: Golden/models.py.
@Suite struct ModelsGoldenTests {
  struct Golden: Decodable {
    /// Of three steps of gradient descent.
    var losses: [Double]
    /// By parameter, of the first step.
    var gradientNorms: [String: Double]
    /// The first of an evaluation after the steps.
    var logits: [Float]
  }

  struct Case {
    var model: ModelConfiguration
    var form: DataSet.Form
    var inputs: Tensor
    var targets: Tensor
    var rate: Double
    var labelSmoothing: Double
  }

  @Test(arguments: try Self.golden().keys.sorted())
  func `losses, gradients and running statistics are PyTorch's`(name: String) throws {
    let golden = try #require(try Self.golden()[name])
    let problem = try Self.problem(name)
    let model = try problem.model.makeModel(for: problem.form, seed: 1, device: .cpu)
    try Self.fill(model.store)
    #expect(Set(golden.gradientNorms.keys) == Set(model.store.parameterEntries.map(\.name)))

    for step in 0..<3 {
      let loss = try model.trainingLoss(
        problem.inputs, problem.targets, SampleStream(seed: 1, first: 0),
        for: Classification(labelSmoothing: problem.labelSmoothing))
      try loss.backward()
      #expect(abs(try loss.item() - golden.losses[step]) < 1e-5)
      if step == 0 {
        for entry in model.store.parameterEntries {
          let norm = try model.store.gradients.narrowed(entry.offset..<entry.offset + entry.count, along: 0)
            .norm()
          let expected = try #require(golden.gradientNorms[entry.name])
          #expect(abs(try norm.item() - expected) <= 1e-5 + 1e-4 * expected, "\(entry.name)")
        }
      }
      try model.store.parameters.addInPlace(model.store.gradients, scale: -problem.rate)
    }
    let logits = try withoutGradients { () throws(TensorError) -> [Float] in
      try model.outputs(problem.inputs, .evaluation).scalars()
    }
    for (logit, expected) in zip(logits, golden.logits) { #expect(abs(logit - expected) < 1e-4) }
  }

  /// The script's `pattern`.
  static func pattern(_ count: Int, _ offset: Int) -> [Float] {
    (0..<count).map { Float(($0 + offset) * 7919 % 10007 - 5003) / 8192 }
  }

  /// The script's `fill`.
  static func fill(_ store: ParameterStore) throws {
    var values: [Float] = try store.parameters.scalars()
    for (number, entry) in store.parameterEntries.sorted(by: { $0.name < $1.name }).enumerated() {
      let gain: Float = entry.name.contains("norm") && entry.name.hasSuffix("weight") ? 1 : 0
      for (index, value) in pattern(entry.count, 1000 * number).enumerated() {
        values[entry.offset + index] = value / 4 + gain
      }
    }
    try store.parameters.copyInPlace(from: values)
  }

  static func golden() throws -> [String: Golden] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/models.json")
    return try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: path))
  }

  private static func problem(_ name: String) throws -> Case {
    switch name {
    case let name where name.hasPrefix("resnet"):
      var configuration = ResNetConfiguration()
      (configuration.depth, configuration.width) = (8, 4)
      try Self.vary(&configuration, name)
      return try labelled(
        .resnet(configuration), shape: [3, 9, 9], samples: 4, rate: 0.05, labelSmoothing: 0.1)
    case let name where name.hasPrefix("cnn"):
      var configuration = CNNConfiguration()
      (configuration.width, configuration.growth) = (4, 1.5)
      try Self.vary(&configuration, name)
      return try labelled(
        .cnn(configuration), shape: [3, 9, 9], samples: 4, rate: 0.05, labelSmoothing: 0.1)
    case let name where name.hasPrefix("tabular"):
      var configuration = TabularConfiguration()
      (configuration.width, configuration.hiddenFactor) = (8, 1.5)
      if name == "tabular layer gelu" {
        (configuration.normalization, configuration.activation) = (.layer, .gelu)
        (configuration.hiddenFactor, configuration.blocks) = (2, 1)
      }
      var categories: [Range<Int>] = []
      if name == "tabular embedded" {
        (configuration.embeddingWidth, categories) = (4, [3..<8, 8..<10, 15..<24])
      }
      return try labelled(
        .tabular(configuration), shape: [24], categories, samples: 6, rate: 0.1,
        labelSmoothing: name == "tabular" ? 0 : 0.1)
    case let name where name.hasPrefix("transformer"):
      var configuration = TransformerConfiguration()
      (configuration.layers, configuration.heads, configuration.width) = (2, 2, 8)
      try Self.vary(&configuration, name)
      let tokens = (0..<27).map { $0 * 5 % 11 }
      return Case(
        model: .transformer(configuration), form: .text(vocabulary: Array(0..<11), contextLength: 9),
        inputs: try Tensor(tokens, shape: [3, 9]),
        targets: try Tensor(tokens.map { ($0 + 3) % 11 }, shape: [3, 9]),
        rate: 0.1, labelSmoothing: 0)
    default:
      var configuration = MLPConfiguration()
      var (shape, labelSmoothing) = ([24], 0.0)
      switch name {
      case "mlp": configuration.hidden = [16, 12]
      case "mlp batch tanh":
        (configuration.hidden, configuration.activation, configuration.normalization) = ([16], .tanh, .batch)
        shape = [2, 3, 4]
      case "mlp layer gelu":
        (configuration.hidden, configuration.activation, configuration.normalization) = (
          [16, 16], .gelu, .layer
        )
        labelSmoothing = 0.1
      default:
        configuration.hidden = [16]
        configuration.activation = try #require(Activation(rawValue: String(name.dropFirst(4))))
      }
      return try labelled(
        .mlp(configuration), shape: shape, samples: 6, rate: 0.1, labelSmoothing: labelSmoothing)
    }
  }

  private static func vary(_ configuration: inout ResNetConfiguration, _ name: String) throws {
    configuration.isPreactivated = name.hasSuffix("pre")
    switch name {
    case "resnet": break
    case "resnet group pre": (configuration.normalization, configuration.norm.groups) = (.group, 2)
    case "resnet none squeeze": (configuration.normalization, configuration.squeeze) = (.none, 2)
    case "resnet none pre": configuration.normalization = .none
    case "resnet layer silu": (configuration.normalization, configuration.activation) = (.layer, .silu)
    case "resnet momentum pre": (configuration.norm.momentum, configuration.norm.epsilon) = (0.3, 1e-3)
    default: try #require(Bool(false), "no model for \(name)")
    }
  }

  private static func vary(_ configuration: inout CNNConfiguration, _ name: String) throws {
    switch name {
    case "cnn": break
    case "cnn pixels":
      (configuration.convolutions, configuration.kernel, configuration.normalization) = (2, 5, .none)
      (configuration.seesPixels, configuration.classifierWidth, configuration.pooling) = (true, 7, .average)
    case "cnn group silu":
      (configuration.normalization, configuration.norm.groups) = (.group, 2)
      configuration.activation = .silu
    default: try #require(Bool(false), "no model for \(name)")
    }
  }

  private static func vary(_ configuration: inout TransformerConfiguration, _ name: String) throws {
    switch name {
    case "transformer": break
    case "transformer post rms": (configuration.normPlace, configuration.normalization) = (.after, .rms)
    case "transformer sandwich gated":
      (configuration.normPlace, configuration.isGated) = (.around, true)
      (configuration.feedforwardRatio, configuration.activation) = (2.5, .silu)
    case "transformer rotary tied":
      (configuration.positions, configuration.headWidth, configuration.hasTiedHead) = (.rotary, 6, true)
    case "transformer sinusoidal": configuration.positions = .sinusoidal
    default: try #require(Bool(false), "no model for \(name)")
    }
  }

  private static func labelled(
    _ model: ModelConfiguration, shape: [Int], _ categories: [Range<Int>] = [], samples: Int, rate: Double,
    labelSmoothing: Double
  ) throws -> Case {
    let inputs = pattern(samples * shape.reduce(1, *), 77).map { $0 * 4 }
    return Case(
      model: model, form: .samples(shape: shape, targets: .classes(5), categories: categories),
      inputs: try Tensor(inputs, shape: [samples] + shape),
      targets: try Tensor((0..<samples).map { $0 * 7 % 5 }),
      rate: rate, labelSmoothing: labelSmoothing)
  }
}
