import Foundation
import Testing
import Training

@Suite struct TrainingConfigurationTests {
  @Test func `the defaults are valid`() {
    #expect(TrainingConfiguration().validate() == [])
    #expect(TrainingConfiguration().validate(ranksPerTrial: 4) == [])
    #expect(Self.resnet.validate() == [])
    #expect(Self.transformer.validate() == [])
  }

  @Test(arguments: [TrainingConfiguration(), resnet, transformer])
  func `a configuration survives being encoded`(configuration: TrainingConfiguration) throws {
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == configuration)
  }

  @Test func `records have options of groups only where a study has set them`() throws {
    let plain = String(decoding: try JSONEncoder().encode(TrainingConfiguration()), as: UTF8.self)
    for group in ["clipping", "regularization", "averaging", "layerRates", "sharding"] {
      #expect(!plain.contains(group))
    }
    let set = HookedTrainerTests.configuration(.mlp)
    let data = try JSONEncoder().encode(set)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == set)
    let record = String(decoding: data, as: UTF8.self)
    #expect(record.contains(#""clipping":{"#) && !record.contains("gradient_noise_decay"))
  }

  static let resnet: TrainingConfiguration = {
    var configuration = TrainingConfiguration()
    configuration.model = .resnet(ResNetConfiguration())
    return configuration
  }()

  static let transformer: TrainingConfiguration = {
    var configuration = TrainingConfiguration()
    configuration.model = .transformer(TransformerConfiguration())
    configuration.data = .text(path: "text.txt", contextLength: 64)
    return configuration
  }()

  struct Mistake: Sendable, CustomTestStringConvertible {
    var message: String
    var ranks = 1
    var make: @Sendable (inout TrainingConfiguration) -> Void
    var testDescription: String { message }
  }

  static let mistakes = [
    Mistake(
      message: """
        batch_size: expected a multiple of the 3 ranks of a group (times accumulation 1), found 64. Write 63 or 66, or \
        set resources.ranks_per_trial to a divisor.
        """, ranks: 3
    ) { $0.batchSize = 64 },
    Mistake(
      message: """
        batch_size: expected a multiple of the 4 ranks of a group (times accumulation 2), found 6. Write 8, or set \
        resources.ranks_per_trial to a divisor.
        """, ranks: 4
    ) {
      $0.batchSize = 6
      $0.accumulation = 2
    },
    Mistake(
      message: """
        batch_size: expected a multiple of the 1 rank of a group (times accumulation 5), found 64. Write 60 or 65, or \
        change accumulation.
        """
    ) { $0.accumulation = 5 },
    Mistake(message: "split.dev: expected a number above 0 and at most 1, found 0. Correct the value.") {
      $0.split = SplitFractions(train: 0.9, dev: 0, test: 0.1)
    },
    Mistake(
      message: """
        split: expected fractions that sum to 1, found a sum of 0.9. Write, for example, train: 0.8, dev: 0.1, test: 0.1.
        """
    ) { $0.split = SplitFractions(train: 0.6, dev: 0.2, test: 0.1) },
    Mistake(
      message: "learning_rate: expected a number above 0 and at most 1000000, found -0.1. Correct the value."
    ) {
      $0.optimizer.learningRate = -0.1
    },
    Mistake(message: "beta2: expected a number at least 0 and below 1, found 1. Correct the value.") {
      $0.optimizer.beta2 = 1
    },
    Mistake(message: "hidden_width_2: expected an integer from 1 to 1000000000, found 0. Correct the value.")
    {
      $0.model = .mlp(mlp(hidden: [8, 0]))
    },
    Mistake(
      message: "depth: expected 6n + 2, for n blocks in each of the three stages, found 18. Write 14 or 20."
    ) { $0.model = .resnet(resnet(depth: 18)) },
    Mistake(
      message: "heads: expected a divisor of the width 128, found 5. Write 4, or change the width."
    ) {
      $0 = transformer
      $0.model = .transformer(transformer(heads: 5))
    },
    Mistake(
      message:
        "model: expected transformer or torchscript or exported for text, found mlp. Choose the transformer or torchscript or exported, or data with labels."
    ) {
      $0.data = .text(path: "text.txt", contextLength: 64)
    },
    Mistake(
      message: """
        model: expected mlp or resnet or cnn or tabular or torchscript or exported for labelled samples, found transformer. Choose one of them, or give the \
        transformer a text file (data: text).
        """
    ) { $0.model = .transformer(TransformerConfiguration()) },
    Mistake(message: "context_length: expected an integer from 1 to 1000000, found 0. Correct the value.") {
      $0 = transformer
      $0.data = .text(path: "text.txt", contextLength: 0)
    },
    Mistake(message: "threads: expected an integer from 1 to 4096, found 0. Correct the value.") {
      $0.threads = 0
    },
    Mistake(
      message: """
        warmup: expected less than the schedule's length 8, found 8. Shorten the warm-up; it is counted in epochs.
        """
    ) {
      $0.schedule.decay = .cosine
      $0.schedule.length = 8
      $0.schedule.warmup = 8
    },
  ]

  @Test(arguments: mistakes)
  func `a mistake is named with what was expected, what was found, and the remedy`(mistake: Mistake) {
    var configuration = TrainingConfiguration()
    mistake.make(&configuration)
    #expect(configuration.validate(ranksPerTrial: mistake.ranks).map(\.description) == [mistake.message])
  }

  @Test func `all mistakes are found at once`() {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 0
    configuration.threads = 0
    configuration.gradientClip = -.infinity
    #expect(configuration.validate().count == 3)
  }

  private static func mlp(hidden: [Int]) -> MLPConfiguration {
    var mlp = MLPConfiguration()
    mlp.hidden = hidden
    return mlp
  }

  private static func resnet(depth: Int) -> ResNetConfiguration {
    var resnet = ResNetConfiguration()
    resnet.depth = depth
    return resnet
  }

  private static func transformer(heads: Int) -> TransformerConfiguration {
    var transformer = TransformerConfiguration()
    transformer.heads = heads
    return transformer
  }

  @Test func `a linear rule scales the rate with the batch, a square root with its root`() {
    #expect(ScalingRule.none.factor(batchSize: 1_024, reference: 256) == 1)
    #expect(ScalingRule.linear.factor(batchSize: 1_024, reference: 256) == 4)
    #expect(ScalingRule.squareRoot.factor(batchSize: 1_024, reference: 256) == 2)
  }
}

@Suite struct HyperparameterTests {
  /// A configuration in which the hyperparameter means something.
  static func configuration(for hyperparameter: Hyperparameter) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    var mlp = MLPConfiguration()
    mlp.hidden = [7, 7, 7, 7, 7, 7]
    configuration.model = .mlp(mlp)
    switch hyperparameter.name {
    case let name where ScheduleOption.all.contains { $0.name == name }:
      configuration.schedule = .example(of: name)
    default:
      switch SmallModel.having(hyperparameter.name) {
      case .mlp: break
      case .resnet: configuration.model = .resnet(ResNetConfiguration())
      case .cnn: configuration.model = .cnn(CNNConfiguration())
      case .tabular: configuration.model = .tabular(TabularConfiguration())
      case .transformer: configuration.model = .transformer(TransformerConfiguration())
      }
    }
    configuration.optimizer = configuration.optimizer.having(hyperparameter.name)
    return configuration.regularizing(by: hyperparameter.name)
  }

  /// An allowed value other than the default.
  static func value(for hyperparameter: Hyperparameter) -> HyperparameterValue {
    switch hyperparameter.kind {
    case .number, .any: .number(0.123)
    case .integer(let low, let high):
      // The hidden layers are 6, Newton-Schulz iterations 5.
      .number(Double(min(low + (hyperparameter.name == "orthogonalization_steps" ? 1 : 4), high)))
    case .text(let choices):
      hyperparameter.otherChoice(in: configuration(for: hyperparameter)) ?? .text(choices[0])
    }
  }

  @Test(arguments: TrainingConfiguration.description.hyperparameters.map(\.name))
  func `every name reads back what it was set to`(name: String) throws {
    let hyperparameter = try #require(TrainingConfiguration.description.hyperparameter(named: name))
    let configuration = Self.configuration(for: hyperparameter)
    let value = Self.value(for: hyperparameter)
    #expect(configuration.hyperparameters[name] != value)
    let changed = try configuration.setting(name, to: value)
    #expect(changed != configuration)
    #expect(changed.hyperparameters[name] == value)
  }

  @Test func `names are unique`() {
    #expect(
      Set(TrainingConfiguration.description.hyperparameters.map(\.name)).count
        == TrainingConfiguration.description.hyperparameters.count)
  }

  @Test func `the architecture stays while a trial runs`() {
    let ofParts = Set((ScheduleOption.all.map(\.name) + OptimizerOption.all.map(\.name)))
    let live = TrainingConfiguration.description.liveNames.subtracting(ofParts)
    #expect(
      live == [
        "gradient_clip", "decay", "warmup", "batch_size", "label_smoothing", "clip_value", "adaptive_clip",
        "l1", "group_lasso", "max_norm", "gradient_noise", "gradient_noise_decay", "averaging_decay",
        "layer_decay", "augmentation_strength", "shift", "flip", "crop", "rotation", "cutout", "mixup",
        "cutmix", "dropout", "stochastic_depth",
      ])
  }

  @Test func `more layers are as wide as the last`() throws {
    let configuration = TrainingConfiguration()
    #expect(
      try configuration.setting(["hidden_layers": .number(4), "hidden_width_2": .number(9)]).hidden == [
        128, 9, 128, 128,
      ])
    #expect(try configuration.setting(["hidden_layers": .number(1)]).hidden == [128])
    #expect(
      try configuration.setting(["hidden_width": .number(5), "hidden_layers": .number(3)]).hidden == [
        5, 5, 5,
      ])
  }

  @Test func `the optimizer is set before what depends on it`() throws {
    let configuration = try TrainingConfiguration().setting([
      "momentum": .number(0.5), "optimizer": .text("sgd"),
    ])
    #expect(configuration.optimizer.kind == .sgd)
    #expect(configuration.optimizer.momentum == 0.5)
  }

  @Test func `a value out of range is refused`() {
    #expect(
      Self.refusal("batch_size", .number(2.5)) == """
        batch_size: expected an integer from 1 to 1000000000, found 2.5. Correct the value, or narrow the range of the search space.
        """)
    #expect(
      Self.refusal("dropout", .number(1)) == """
        dropout: expected a number at least 0 and below 1, found 1. Correct the value, or narrow the range of the search \
        space.
        """)
    #expect(
      Self.refusal("optimizer", .text("adamm")) == """
        optimizer: expected one of \(OptimizerDescription.all.map(\.name).joined(separator: ", ")), found adamm. Correct \
        the value, or narrow the range of the search space.
        """)
    #expect(
      Self.refusal("learning_rate", .number(.nan))?.hasPrefix(
        "learning_rate: expected a number above 0 and at most 1000000, found nan.") == true)
  }

  @Test func `a name that means nothing is refused`() {
    #expect(
      Self.refusal("momentum", .number(0.5)) == """
        momentum: expected the optimizer sgd, rmsprop, lars or muon, found the optimizer adamw, the decay constant, the \
        model mlp, the data digits and samples with labels. Take it out of the search space, or make it conditional there with `when`.
        """)
    #expect(
      Self.refusal("learning_rat", .number(0.5))?.hasPrefix(
        "learning_rat: expected a hyperparameter, found an unknown name. Write one of: optimizer, learning_rate,"
      ) == true)
  }

  private static func refusal(_ name: String, _ value: HyperparameterValue) -> String? {
    trainingError { () throws(TrainingError) in _ = try TrainingConfiguration().setting(name, to: value) }
  }
}

extension TrainingConfiguration {
  fileprivate var hidden: [Int]? { (model.shape as? MLPConfiguration)?.hidden }
}
