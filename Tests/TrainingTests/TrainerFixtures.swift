import Foundation
import Training

/// The models of the tests: small ones, each with the data that it takes.
enum SmallModel: String, CaseIterable, Sendable {
  case mlp, resnet, cnn, tabular, transformer

  var configuration: TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.budgetUnit = .steps
    configuration.batchSize = 32
    switch self {
    case .mlp:
      var mlp = MLPConfiguration()
      mlp.hidden = [24, 16]
      mlp.dropout = 0.2
      configuration.model = .mlp(mlp)
    case .resnet:
      var resnet = ResNetConfiguration()
      resnet.depth = 8
      resnet.width = 4
      configuration.model = .resnet(resnet)
    case .cnn:
      var cnn = CNNConfiguration()
      (cnn.width, cnn.classifierWidth, cnn.dropout) = (4, 8, 0.1)
      configuration.model = .cnn(cnn)
    case .tabular:
      var tabular = TabularConfiguration()
      (tabular.width, tabular.dropout, tabular.residualDropout) = (12, 0.2, 0.1)
      configuration.model = .tabular(tabular)
    case .transformer:
      var transformer = TransformerConfiguration()
      transformer.layers = 2
      transformer.heads = 2
      transformer.width = 16
      transformer.dropout = 0.1
      configuration.model = .transformer(transformer)
      configuration.data = .text(path: "", contextLength: 12)
    }
    return configuration
  }

  /// The first that has a hyperparameter; the mlp for one that is not a model's.
  static func having(_ hyperparameter: String) -> SmallModel {
    [.mlp, .transformer, .resnet, .cnn, .tabular].first { $0.configuration.hyperparameters[hyperparameter] != nil }
      ?? .mlp
  }

  /// Read once for all tests.
  var data: TrainingData {
    get throws {
      switch self {
      case .mlp, .resnet, .cnn, .tabular: try Self.digits.get()
      case .transformer: try Self.text.get()
      }
    }
  }

  private static let digits = Result { try TrainingData(.digits, split: SplitFractions(), seed: 3) }

  private static let text = Result {
    let folder = try TemporaryFolder()
    let lines = (0..<300).map { "line \($0): \($0 * $0 % 97), and \($0 % 7 == 0 ? "again" : "on")\n" }
    let path = try folder.write(lines.joined(), to: "text.txt")
    return try TrainingData(.text(path: path, contextLength: 12), split: SplitFractions(), seed: 3)
  }
}

extension Trainer {
  /// Never interrupted.
  mutating func train(to target: Int) throws -> TrainingPause { try train(to: target) { false } }
}

extension TrainingConfiguration {
  /// With what a hyperparameter of what regularizes needs so that it means something.
  func regularizing(by hyperparameter: String) -> Self {
    var copy = self
    if hyperparameter.hasPrefix("averaging") { copy.averaging.kind = .ema }
    if hyperparameter == "gradient_noise_decay" { copy.regularization.gradientNoise = 0.01 }
    return copy
  }
}

extension OptimizerConfiguration {
  /// Of a kind that has the option, if any has: this one, or the first in the list.
  func having(_ option: String) -> Self {
    guard ownValue(of: option) == nil else { return self }
    let kinds = Kind.allCases.filter { Self($0).ownValue(of: option) != nil }
    return kinds.first.map { Self($0) } ?? self
  }
}

extension Hyperparameter {
  /// A choice other than the one in force.
  func otherChoice(in configuration: TrainingConfiguration) -> HyperparameterValue? {
    guard case .text(let choices) = kind else { return nil }
    return choices.last { .text($0) != configuration.hyperparameters[name] }.map { .text($0) }
  }
}
