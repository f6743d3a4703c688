public import Tensors

/// A network that maps a batch of inputs to logits, its parameters in a flat store.
///
/// Not `Sendable`: one thread at a time.
public protocol Model {
  /// The memory of the parameters, in the order that the model documents.
  var store: ParameterStore { get }

  /// What the model is, read back from its layers.
  var configuration: ModelConfiguration { get }

  /// The probability with which its layers drop activations, in [0, 1); may change between two steps. A model
  /// without dropout has 0 and ignores being set.
  var dropout: Double { get set }

  /// The logits, `[rows, classes]`: a row a sample, or a row a character of each window.
  ///
  /// - Parameter inputs: float `[batch] + shape` of samples, or 64-bit integers `[batch, contextLength]` of
  ///   characters.
  func logits(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor
}

/// What a forward pass is for.
public enum ForwardPass: Sendable {
  /// Running statistics, nothing dropped.
  case evaluation
  /// The batch's own statistics; `samples` addresses the dropped activations.
  case training(SampleStream)
}

/// Which samples a training pass sees: all that the random numbers of dropout depend on. So the same sample
/// drops the same activations, whichever rank computes it and in whichever micro-batch.
public struct SampleStream: Sendable {
  /// The trial's.
  public var seed: UInt64
  /// The position of the batch's first sample in the trial's stream of training samples, of all ranks; the
  /// others follow.
  public var first: Int

  public init(seed: UInt64, first: Int) {
    self.seed = seed
    self.first = first
  }
}

extension Model {
  /// The mean cross entropy of a training pass, recorded for `backward`.
  ///
  /// - Parameters:
  ///   - inputs: as for `logits`.
  ///   - targets: 64-bit integers, one a row of the logits, of any shape.
  ///   - labelSmoothing: as `TrainingConfiguration.labelSmoothing`.
  public func trainingLoss(
    _ inputs: Tensor, _ targets: Tensor, _ samples: SampleStream, labelSmoothing: Double = 0
  ) throws(TrainingError) -> Tensor {
    do {
      return try logits(inputs, .training(samples))
        .crossEntropy(targets.flattened(), labelSmoothing: labelSmoothing)
    } catch {
      throw TrainingError(error)
    }
  }

  /// How well the model does on a batch, nothing recorded. Waits for the device.
  public func evaluate(_ inputs: Tensor, _ targets: Tensor) throws(TrainingError) -> Evaluation {
    do {
      return try withoutGradients { () throws(TensorError) -> Evaluation in
        let logits = try logits(inputs, .evaluation)
        let targets = try targets.flattened()
        let rows = targets.count
        let correct = try logits.argmax(along: -1).equal(to: targets).sum().item()
        return Evaluation(
          lossSum: try logits.crossEntropy(targets).item() * Double(rows), correct: Int(correct), rows: rows)
      }
    } catch {
      throw TrainingError(error)
    }
  }
}

/// Sums over the rows of one or more batches.
public struct Evaluation: Equatable, Sendable {
  /// Of the cross entropy in nats.
  public var lossSum: Double = 0
  /// Rows whose largest logit is the target's.
  public var correct: Int = 0
  public var rows: Int = 0

  public init(lossSum: Double = 0, correct: Int = 0, rows: Int = 0) {
    self.lossSum = lossSum
    self.correct = correct
    self.rows = rows
  }

  public static func + (a: Self, b: Self) -> Self {
    Self(lossSum: a.lossSum + b.lossSum, correct: a.correct + b.correct, rows: a.rows + b.rows)
  }
}

extension ModelConfiguration {
  /// The model for data of this form, freshly initialized. Local; a function of its arguments alone.
  ///
  /// - Parameter seed: the trial's.
  /// - Throws: `TrainingError.invalid` when model and data don't go together, `TrainingError.memory` when it
  ///   doesn't fit.
  public func makeModel(for form: DataSet.Form, seed: UInt64, device: Device) throws(TrainingError)
    -> any Model
  {
    switch (self, form) {
    case (.mlp(let configuration), .labelled(let shape, let classes)):
      try MLP(
        configuration, inputs: .clampedProduct(shape), classes: classes, seed: seed, device: device)
    case (.resnet(let configuration), .labelled(let shape, let classes)):
      try ResNet(configuration, imageShape: shape, classes: classes, seed: seed, device: device)
    case (.transformer(let configuration), .text(let vocabulary, let contextLength)):
      try Transformer(
        configuration, vocabulary: vocabulary.count, contextLength: contextLength, seed: seed, device: device)
    case (.mlp, .text), (.resnet, .text), (.transformer, .labelled): throw mismatch
    }
  }

  /// What the model for data of this form would own. Allocates nothing.
  func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    switch (self, form) {
    case (.mlp(let configuration), .labelled(let shape, let classes)):
      return MLP.declarations(configuration, inputs: .clampedProduct(shape), classes: classes)
    case (.resnet(let configuration), .labelled(let shape, let classes)):
      try ResNet.requireImages(shape)
      return ResNet.declarations(configuration, inputs: shape[0], classes: classes)
    case (.transformer(let configuration), .text(let vocabulary, let contextLength)):
      return Transformer.declarations(
        configuration, vocabulary: vocabulary.count, contextLength: contextLength)
    case (.mlp, .text), (.resnet, .text), (.transformer, .labelled): throw mismatch
    }
  }

  private var mismatch: TrainingError {
    .invalid(
      subject: "model", expected: "a transformer for text, or mlp or resnet for labelled samples",
      found: name, remedy: "Change the model or the data.")
  }
}
