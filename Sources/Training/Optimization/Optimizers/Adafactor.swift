import Foundation
import Tensors

extension OptimizerDescription {
  /// Divides by a second moment of which only the means of rows and columns are remembered, and moves each
  /// tensor in proportion to its size (Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear
  /// memory cost", ICML 2018, Algorithms 4 and 5; decay decoupled, as PyTorch has it).
  static let adafactor = Self(
    name: "adafactor",
    summary: "A second moment of rows and columns alone; decay decoupled (Shazeer and Stern, ICML 2018).",
    options: [
      .learningRate(0.01), .weightDecay(0),
      .number(
        "moment_decay", .from(0, through: 10), default: 0.8,
        "How fast past squares lose weight: the newest weighs t^-moment_decay at step t."),
      .number(
        "clip_threshold", .above(0, through: 1e6), default: 1,
        "The root mean square to which a tensor's update is shortened before it is scaled."),
      .number(
        "smallest_scale", .from(0, through: 1e6), default: 1e-3,
        "What counts as a tensor's root mean square if its own is smaller."),
    ],
    links: { options, rate in
      [
        ScaleByFactoredMoment(
          momentDecay: options.number("moment_decay"), clipThreshold: options.number("clip_threshold"),
          smallestScale: options.number("smallest_scale")),
        AddDecayedWeights(options.number("weight_decay")), rate,
      ]
    })
}

/// One tensor's update, of whose second moment a matrix remembers its rows' and columns' means.
struct ScaleByFactoredMoment: TensorRule {
  var momentDecay: Double
  var clipThreshold: Double
  var smallestScale: Double

  private static let rows = MemoryBlock(name: "second_moment_rows", extent: .rows)
  private static let columns = MemoryBlock(name: "second_moment_columns", extent: .columns)
  private static let vectors = MemoryBlock(name: "second_moment_vectors", extent: .vectors)
  /// The smallest float above 1, less 1: no estimate of a root is smaller.
  private static let epsilon = Double(Float.ulpOfOne)

  var memory: [MemoryBlock] { [Self.rows, Self.columns, Self.vectors] }

  var hyperparameters: [String: HyperparameterValue] {
    [
      "moment_decay": .number(momentDecay), "clip_threshold": .number(clipThreshold),
      "smallest_scale": .number(smallestScale),
    ]
  }

  func apply(
    to update: Tensor, of parameter: Tensor, blocks: [String: Tensor], at place: StepPlace
  ) throws(TensorError) {
    let t = Double(place.step + 1)
    let count = Double(update.count).squareRoot()
    let moment = try moment(of: update, blocks: blocks, newest: pow(t, -momentDecay))
    try moment.addInPlace(-Self.epsilon * Self.epsilon)
    try moment.reluInPlace()
    try moment.addInPlace(Self.epsilon * Self.epsilon)
    try moment.squareRootInPlace()
    try update.copyInPlace(from: update.divided(by: moment))
    let excess = max(1, try update.norm().item() / (count * clipThreshold))
    let scale = max(smallestScale, try parameter.norm().item() / count)
    // The rate is at most 1/√t; what comes after this link multiplies with the rate as it is.
    let relative = place.rate > 0 ? min(1, 1 / (t.squareRoot() * place.rate)) : 1
    try update.multiplyInPlace(by: scale * relative / excess)
  }

  /// An estimate of the second moment, of the update's shape; the memory is updated.
  ///
  /// - Parameter newest: the weight of this step's squares.
  private func moment(
    of update: Tensor, blocks: [String: Tensor], newest: Double
  ) throws(TensorError) -> Tensor {
    let squares = try update.squared()
    if let vector = blocks[Self.vectors.name] {
      try vector.interpolateInPlace(to: squares, weight: newest)
      return try vector.copied()
    }
    guard let rows = blocks[Self.rows.name], let columns = blocks[Self.columns.name] else {
      preconditionFailure("a tensor of shape \(update.shape) has neither rows nor elements in memory")
    }
    try rows.interpolateInPlace(to: squares.mean(along: -1, keeping: true), weight: newest)
    try columns.interpolateInPlace(to: squares.mean(along: -2, keeping: true), weight: newest)
    let mean = try rows.mean(along: -2, keeping: true)
    try mean.addInPlace(-Self.epsilon)
    try mean.reluInPlace()
    try mean.addInPlace(Self.epsilon)
    return try rows.divided(by: mean).multiplied(by: columns)
  }
}
