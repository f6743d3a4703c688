public import Tensors

/// One of several classes: of a sample, or the next character of a text. The loss is the cross entropy, in
/// nats.
public struct Classification: LearningTask {
  public let kind: TaskKind
  /// As `TrainingConfiguration.labelSmoothing`.
  public var labelSmoothing: Double

  /// - Parameter kind: `classification` or `language`.
  public init(_ kind: TaskKind = .classification, labelSmoothing: Double = 0) {
    self.kind = kind
    self.labelSmoothing = labelSmoothing
  }

  /// - Parameter targets: 64-bit integers, one a row of the outputs, of any shape.
  public func trainingLoss(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
    try outputs.crossEntropy(targets.flattened(), labelSmoothing: labelSmoothing)
  }

  public func evaluate(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Evaluation {
    let targets = try targets.flattened()
    let rows = targets.count
    let correct = try outputs.argmax(along: -1).equal(to: targets).sum().item()
    return Evaluation(
      lossSum: try outputs.crossEntropy(targets).item() * Double(rows), correct: Int(correct), rows: rows)
  }

  public func standardMetrics(of sums: Evaluation) -> [String: Double] {
    ["loss": sums.lossSum / Double(sums.rows), "accuracy": Double(sums.correct) / Double(sums.rows)]
  }

  public func predictions(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Predictions {
    .classes(
      ClassPredictions(
        logits: try outputs.scalars(), classes: try targets.scalars(), width: outputs.shape.last ?? 1))
  }

  public func noPredictions(width: Int) -> Predictions {
    .classes(ClassPredictions(logits: [], classes: [], width: width))
  }
}
