import Tensors

extension OptimizerDescription {
  /// Momentum made orthogonal, for matrices between layers; AdamW for all else: vectors, embeddings and the
  /// layer that gives the outputs (Jordan et al., "Muon: an optimizer for hidden layers in neural networks",
  /// 2024). Updates have AdamW's size, so that one rate and one decay serve both (Liu et al., "Muon is
  /// scalable for LLM training", arXiv 2502.16982, equation 4).
  static let muon = Self(
    name: "muon",
    summary: "Orthogonal momentum for hidden matrices, AdamW for the rest; decay decoupled "
      + "(Jordan et al., 2024; Liu et al., arXiv 2502.16982).",
    options: [
      .learningRate(1e-3), .weightDecay(0.1), .momentum(0.95), .nesterov(true), .beta1(), .beta2(0.95),
      .epsilon(),
      .integer(
        "orthogonalization_steps", low: 1, high: 20, default: 5,
        "The Newton-Schulz iterations that make Muon's momentum orthogonal."),
    ],
    links: { options, rate in
      [
        Routed(
          isMatching: isHiddenMatrix,
          matching: [
            OrthogonalizedMomentum(
              momentum: options.number("momentum"), isNesterov: options.truth("nesterov"),
              iterations: Int(options.number("orthogonalization_steps")))
          ],
          others: [
            ScaleByAdam(
              beta1: options.number("beta1"), beta2: options.number("beta2"),
              epsilon: options.number("epsilon"))
          ]), AddDecayedWeights(options.number("weight_decay")), rate,
      ]
    })

  /// Not the tables of embeddings, and not the last matrix of the forward pass, which gives the outputs.
  private static func isHiddenMatrix(_ segment: ParameterLayout.Segment, in layout: ParameterLayout) -> Bool {
    segment.shape.count > 1 && segment != layout.outputMatrix
      && !ParameterRoles.isEmbedding(segment.name)
  }
}

/// The nearest orthogonal matrix of the momentum, roughly; a filter bank counts as a matrix with a row for
/// each filter.
struct OrthogonalizedMomentum: TensorRule {
  var momentum: Double
  var isNesterov: Bool
  var iterations: Int

  var memory: [MemoryBlock] { [ScaleByAdam.firstMoment] }

  var hyperparameters: [String: HyperparameterValue] {
    [
      "momentum": .number(momentum), "nesterov": .truth(isNesterov),
      "orthogonalization_steps": .number(Double(iterations)),
    ]
  }

  func apply(
    to update: Tensor, of parameter: Tensor, blocks: [String: Tensor], at place: StepPlace
  ) throws(TensorError) {
    guard let mean = blocks[ScaleByAdam.firstMoment.name] else { return }
    try mean.interpolateInPlace(to: update, weight: 1 - momentum)
    if isNesterov {
      try update.interpolateInPlace(to: mean, weight: momentum)
    } else {
      try update.copyInPlace(from: mean)
    }
    let rows = update.shape[0]
    let columns = update.count / max(rows, 1)
    let direction = try orthogonalized(update.reshaped([rows, columns]))
    try direction.multiplyInPlace(by: 0.2 * Double(max(rows, columns)).squareRoot())
    try update.copyInPlace(from: direction.reshaped(update.shape))
  }

  /// A quintic Newton-Schulz iteration, of which every singular value comes near 1 (Jordan et al.).
  private func orthogonalized(_ matrix: Tensor) throws(TensorError) -> Tensor {
    let (a, b, c) = (3.4445, -4.775, 2.0315)
    let isTall = matrix.shape[0] > matrix.shape[1]
    var x = try isTall ? matrix.transposed(0, 1) : matrix
    // At most 1, as the iteration needs it.
    x = try x.multiplied(by: 1 / max(matrix.norm().item(), 1e-7))
    for _ in 0..<iterations {
      let gram = try x.matmul(x.transposed(0, 1))
      let polynomial = try gram.multiplied(by: b)
      try polynomial.addInPlace(gram.matmul(gram), scale: c)
      let next = try x.multiplied(by: a)
      try next.addInPlace(polynomial.matmul(x))
      x = next
    }
    return try isTall ? x.transposed(0, 1).contiguous() : x
  }
}
