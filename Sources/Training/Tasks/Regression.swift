public import Tensors

/// What is made small where targets are numbers.
public enum RegressionLoss: String, Codable, CaseIterable, Sendable {
  /// The square of the error.
  case mse
  /// The absolute error.
  case mae
  /// Half the square of an error up to one standard deviation of the target, and linear from there (Huber,
  /// Annals of Mathematical Statistics 35 (1964), equation 8.2).
  case huber

  /// Of one error, in the deviations of the target.
  func value(of error: Double) -> Double {
    let size = abs(error)
    return switch self {
    case .mse: error * error
    case .mae: size
    case .huber: size <= 1 ? size * size / 2 : size - 0.5
    }
  }

  /// The mean over all elements, recorded for `backward`.
  func mean(of errors: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .mse: return try errors.squared().mean()
    case .mae: return try errors.absolute().mean()
    case .huber:
      let sizes = try errors.absolute()
      // max(-size, -1): what is within one deviation.
      let within = try sizes.negated().maximum(Tensor.full([1], -1, on: errors.device)).negated()
      return try within.squared().multiplied(by: 0.5).adding(sizes.subtracting(within)).mean()
    }
  }

  /// What a loss is multiplied with that is of targets divided by `deviation`, to be of the targets
  /// themselves.
  func scale(_ deviation: Double) -> Double {
    switch self {
    case .mse, .huber: deviation * deviation
    case .mae: deviation
    }
  }
}

/// One or several numbers of each sample. The model sees targets of mean 0 and deviation 1.
///
/// The loss that is told is in the units of the target. Of several targets, whose units may differ, it is the
/// mean over them of the losses of the standardized ones; their metrics tell the rest.
public struct Regression: LearningTask {
  public var kind: TaskKind { .regression }
  private let scaling: TargetScaling
  private let loss: RegressionLoss
  private let scale: Double

  init(_ scaling: TargetScaling, loss: RegressionLoss) {
    self.scaling = scaling
    self.loss = loss
    scale = scaling.deviations.count == 1 ? loss.scale(scaling.deviations[0]) : 1
  }

  public var labelSmoothing: Double {
    get { 0 }
    set {}
  }

  /// - Parameter targets: floats of the outputs' shape, standardized.
  public func trainingLoss(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
    try loss.mean(of: outputs.subtracting(targets))
  }

  public func told(_ loss: Double) -> Double { loss * scale }

  public func evaluate(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Evaluation {
    let rows = outputs.shape[0]
    return evaluation(try outputs.scalars(Float.self), try targets.scalars(Float.self), rows: rows)
  }

  public func evaluation(of predictions: Predictions) -> Evaluation? {
    guard case .numbers(let numbers) = predictions else { return nil }
    return evaluation(numbers.predicted, numbers.truth, rows: numbers.rows)
  }

  private func evaluation(_ outputs: [Float], _ targets: [Float], rows: Int) -> Evaluation {
    let sum = zip(outputs, targets).reduce(0) { $0 + loss.value(of: Double($1.0) - Double($1.1)) }
    return Evaluation(lossSum: scale * sum / Double(scaling.deviations.count), rows: rows)
  }

  public func standardMetrics(of sums: Evaluation) -> [String: Double] {
    ["loss": sums.lossSum / Double(sums.rows)]
  }

  public func predictions(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Predictions {
    .numbers(
      NumberPredictions(try outputs.scalars(Float.self), truth: try targets.scalars(Float.self), scaling))
  }

  public func noPredictions(width: Int) -> Predictions { .numbers(NumberPredictions([], truth: [], scaling)) }
}
