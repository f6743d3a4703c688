import Tensors

/// What normalizes the layers of a model.
public enum Normalization: String, Codable, CaseIterable, Sendable {
  case none
  /// Of each channel over the batch (Ioffe and Szegedy, ICML 2015).
  case batch
  /// Of each sample or position over all its values (Ba, Kiros and Hinton, arXiv:1607.06450).
  case layer
  /// Of each sample over groups of channels (Wu and He, ECCV 2018).
  case group
  /// As layer, by the root of the mean square alone (Zhang and Sennrich, NeurIPS 2019).
  case rms

  /// What is wrong with it where a model has only some kinds.
  func problems(among kinds: [Self], of model: String) -> [TrainingError] {
    if kinds.contains(self) { return [] }
    return [
      .invalid(
        subject: "normalization",
        expected: "one of \(kinds.map(\.rawValue).joined(separator: ", ")) for the model \(model)",
        found: rawValue, remedy: "Choose one of them.")
    ]
  }
}

/// A normalization of the last dimension, or of nothing.
enum VectorNormalization {
  case none
  case batch(BatchNormalization)
  case layer(LayerNormalization)
  case rms(RootMeanSquareNormalization)

  /// What it owns; `name` is its own.
  static func declarations(_ kind: Normalization, _ name: String, width: Int) -> [TensorDeclaration] {
    switch kind {
    case .batch: BatchNormalization.declarations(name, channels: width)
    case .layer: LayerNormalization.declarations(name, width: width)
    case .rms: RootMeanSquareNormalization.declarations(name, width: width)
    case .none, .group: []
    }
  }

  static func statistics(_ kind: Normalization, _ name: String, width: Int) -> [TensorDeclaration] {
    kind == .batch ? BatchNormalization.statistics(name, channels: width) : []
  }

  init(
    _ kind: Normalization, _ name: String, in store: ParameterStore,
    _ statistics: BatchStatistics = BatchStatistics()
  ) {
    switch kind {
    case .batch: self = .batch(BatchNormalization(name, in: store, statistics))
    case .layer: self = .layer(LayerNormalization(name, in: store))
    case .rms: self = .rms(RootMeanSquareNormalization(name, in: store))
    case .none, .group: self = .none
    }
  }

  var kind: Normalization {
    switch self {
    case .none: .none
    case .batch: .batch
    case .layer: .layer
    case .rms: .rms
    }
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    switch self {
    case .none: x
    case .batch(let norm): try norm(x, pass)
    case .layer(let norm): try norm(x, pass)
    case .rms(let norm): try norm(x, pass)
    }
  }
}
