public import Tensors

/// What a model is to learn of its data.
public enum TaskKind: String, Codable, CaseIterable, Sendable {
  /// The class of a sample.
  case classification
  /// One or several numbers of a sample.
  case regression
  /// The next character of a text.
  case language
}

extension TaskKind {
  /// The data that has it.
  var words: String {
    switch self {
    case .classification: "samples with labels"
    case .regression: "samples with numbers to learn"
    case .language: "a text"
    }
  }
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

  /// What is told of a training loss: the same, or the same in another unit.
  func told(_ loss: Double) -> Double

  /// How good the outputs are, nothing recorded. Waits for the device.
  func evaluate(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Evaluation

  /// What is always measured, by its name without the part of the data that it is measured on.
  func standardMetrics(of sums: Evaluation) -> [String: Double]

  /// The outputs as predictions, in the host's memory, nothing recorded. Waits for the device.
  func predictions(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Predictions

  /// How good predictions are, as `evaluate` says of their outputs; nil where the task tells no such sums.
  func evaluation(of predictions: Predictions) -> Evaluation?

  /// The predictions of no sample.
  ///
  /// - Parameter width: of a row of the outputs.
  func noPredictions(width: Int) -> Predictions
}

extension LearningTask {
  /// Of classes by the cross entropy.
  public func evaluation(of predictions: Predictions) -> Evaluation? {
    guard case .classes(let classes) = predictions else { return nil }
    let correct = zip(classes.predicted, classes.classes).count { $0 == $1 }
    return Evaluation(lossSum: -classes.logLikelihoods.reduce(0, +), correct: correct, rows: classes.rows)
  }

  public func told(_ loss: Double) -> Double { loss }
}

/// Sums over the rows of one or more batches.
public struct Evaluation: Equatable, Sendable {
  /// Of what is told of the loss.
  public var lossSum: Double = 0
  /// Rows whose largest logit is the target's; 0 where targets are numbers.
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
    _ inputs: Tensor, _ targets: Tensor, _ samples: SampleStream, for task: any LearningTask,
    in part: StepPart = StepPart()
  ) throws(TrainingError) -> Tensor {
    try library { () throws(TensorError) in
      try task.trainingLoss(outputs(inputs, .training(samples, part)), targets)
    }
  }

  /// How well the model does on a batch, nothing recorded. Waits for the device.
  public func evaluate(
    _ inputs: Tensor, _ targets: Tensor, for task: any LearningTask
  ) throws(TrainingError) -> Evaluation {
    var none = MetricTallies([], of: task, width: 0)
    return try evaluate(inputs, targets, for: task, into: &none)
  }

  /// As above; the predictions are added to the tallies.
  ///
  /// - Parameter groups: of each sample; empty where samples are of no groups.
  func evaluate(
    _ inputs: Tensor, _ targets: Tensor, for task: any LearningTask, groups: [Int32] = [],
    into tallies: inout MetricTallies
  ) throws(TrainingError) -> Evaluation {
    let wanted = !tallies.isEmpty
    let (sums, predictions) = try library { () throws(TensorError) -> (Evaluation, Predictions?) in
      try withoutGradients { () throws(TensorError) -> (Evaluation, Predictions?) in
        let outputs = try outputs(inputs, .evaluation)
        let sums = try task.evaluate(outputs, targets)
        return (sums, wanted ? try task.predictions(outputs, targets) : nil)
      }
    }
    if var predictions {
      predictions.groups = groups
      tallies.add(predictions, samples: inputs.shape[0])
    }
    return sums
  }
}
