public import Tensors

/// What a model is to learn of its data.
public enum TaskKind: String, Codable, CaseIterable, Sendable {
  /// The class of a sample.
  case classification
  /// The next character of a text.
  case language
}

/// What a model learns, apart from the model: its loss, and how well it does.
///
/// The model's outputs are `[rows, width]`, a row a sample or a character, and as wide as
/// `DataSet.Form.outputs` says. One more task is one file, a case of `TaskKind`, and a line of
/// `TrainingData.task`.
public protocol LearningTask: Sendable {
  var kind: TaskKind { get }

  /// As `TrainingConfiguration.labelSmoothing`; may change between two steps. A task without labels has 0 and
  /// ignores being set.
  var labelSmoothing: Double { get set }

  /// The mean loss of a training pass, recorded for `backward`.
  ///
  /// - Parameter targets: what is true, as `BatchBuffer` gives it.
  func trainingLoss(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor

  /// How good the outputs are, nothing recorded. Waits for the device.
  func evaluate(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Evaluation
}

/// Sums over the rows of one or more batches.
public struct Evaluation: Equatable, Sendable {
  /// Of the loss.
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

extension Model {
  /// The mean loss of a training pass, recorded for `backward`.
  ///
  /// - Parameter inputs: as for `outputs`.
  public func trainingLoss(
    _ inputs: Tensor, _ targets: Tensor, _ samples: SampleStream, for task: any LearningTask
  ) throws(TrainingError) -> Tensor {
    try library { () throws(TensorError) in
      try task.trainingLoss(outputs(inputs, .training(samples)), targets)
    }
  }

  /// How well the model does on a batch, nothing recorded. Waits for the device.
  public func evaluate(
    _ inputs: Tensor, _ targets: Tensor, for task: any LearningTask
  ) throws(TrainingError) -> Evaluation {
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        try task.evaluate(outputs(inputs, .evaluation), targets)
      }
    }
  }
}
