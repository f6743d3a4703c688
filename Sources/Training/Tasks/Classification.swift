public import Tensors

/// One of several classes: of a sample, or the next character of a text. The loss is the cross entropy, in
/// nats.
public struct Classification: LearningTask {
  public let kind: TaskKind
  /// As `TrainingConfiguration.labelSmoothing`.
  public var labelSmoothing: Double
  /// What a sample of each class counts in the training loss; nil where all count the same.
  let classWeights: [Float]?

  /// - Parameter kind: `classification` or `language`.
  public init(_ kind: TaskKind = .classification, labelSmoothing: Double = 0, classWeights: [Float]? = nil) {
    self.kind = kind
    self.labelSmoothing = labelSmoothing
    self.classWeights = classWeights
  }

  /// - Parameter targets: 64-bit integers, one a row of the outputs, of any shape; or, where samples are mixed or
  ///   classes weighted, floats of the outputs' shape: the weight of each class times its share of the sample.
  public func trainingLoss(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
    guard targets.scalarType == .float32 else {
      return try outputs.crossEntropy(targets.flattened(), labelSmoothing: labelSmoothing)
    }
    let logs = try outputs.logSoftmax(along: -1)
    var sum = try logs.multiplied(by: targets).sum().multiplied(by: labelSmoothing - 1)
    if labelSmoothing > 0 {
      let classes = outputs.shape.last ?? 1
      let weights = try Tensor(classWeights ?? Array(repeating: 1, count: classes)).to(outputs.device)
      let uniform = try logs.multiplied(by: weights).sum().multiplied(by: -labelSmoothing / Double(classes))
      sum = try sum.adding(uniform)
    }
    return try sum.divided(by: targets.sum())
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
