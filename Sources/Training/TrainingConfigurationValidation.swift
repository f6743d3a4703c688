extension TrainingConfiguration {
  /// All that is wrong with the configuration in itself, before any data is read. `ranksPerTrial` is the size
  /// of a group.
  ///
  /// - Returns: `TrainingError.invalid` for each problem, in the order of the configuration's fields; empty
  ///   when there is none. Subjects are the names of the hyperparameter table where it has one.
  public func validate(ranksPerTrial: Int = 1) -> [TrainingError] {
    var problems: [TrainingError] = []
    problems += splitProblems + hyperparameterProblems + modelProblems + countProblems
    problems += divisionProblems(ranks: ranksPerTrial)
    if problems.isEmpty { problems += normalizationProblems(ranks: ranksPerTrial, shape: nil) }
    return problems
  }

  private var splitProblems: [TrainingError] {
    var problems: [TrainingError] = []
    for (name, fraction, range) in [
      ("split.train", split.train, NumberRange.above(0, through: 1)),
      ("split.dev", split.dev, .above(0, through: 1)),
      ("split.test", split.test, .from(0, below: 1)),
    ] where !range.contains(fraction) {
      problems.append(.outOfRange(name, range.description, .number(fraction)))
    }
    let sum = split.train + split.dev + split.test
    // Decimal fractions such as 0.8 + 0.1 + 0.1 miss 1 by a rounding.
    if problems.isEmpty, abs(sum - 1) > 1e-9 {
      problems.append(
        .invalid(
          subject: "split", expected: "fractions that sum to 1",
          found: "a sum of \(HyperparameterValue.number(sum))",
          remedy: "Write, for example, train: 0.8, dev: 0.1, test: 0.1."))
    }
    return problems
  }

  /// The ranges of the table, which a file's fixed values obey just as a search space does.
  private var hyperparameterProblems: [TrainingError] {
    TrainingHyperparameters.all.compactMap { hyperparameter in
      guard hyperparameter.isApplicable(self), let value = hyperparameter.read(self),
        !hyperparameter.kind.accepts(value)
      else { return nil }
      return .outOfRange(hyperparameter.name, hyperparameter.kind.description, value)
    }
  }

  private var modelProblems: [TrainingError] {
    var problems: [TrainingError] = []
    switch model {
    case .mlp(let mlp):
      if mlp.hidden.count > TrainingHyperparameters.mostHiddenLayers {
        problems.append(
          .invalid(
            subject: "hidden", expected: "at most \(TrainingHyperparameters.mostHiddenLayers) hidden layers",
            found: "\(mlp.hidden.count)", remedy: "Write fewer."))
      }
      let widths = 1...TrainingHyperparameters.widest
      for (layer, width) in mlp.hidden.enumerated()
      where !widths.contains(width) && layer >= TrainingHyperparameters.namedWidths {
        problems.append(.outOfRange("hidden_width_\(layer + 1)", widths, width))
      }
    case .resnet(let resnet):
      if resnet.depth >= 8, (resnet.depth - 2) % 6 != 0 {
        let below = resnet.depth - (resnet.depth - 2) % 6
        problems.append(
          .invalid(
            subject: "depth", expected: "6n + 2, for n blocks in each of the three stages",
            found: "\(resnet.depth)",
            remedy: "Write \(below) or \(below + 6)."))
      }
    case .transformer(let transformer):
      if transformer.heads > 0, transformer.width % transformer.heads != 0 {
        problems.append(
          .invalid(
            subject: "heads", expected: "a divisor of the width \(transformer.width)",
            found: "\(transformer.heads)",
            remedy: "Write \(divisor(of: transformer.width, near: transformer.heads)), or change the width."))
      }
    }
    return problems + pairingProblems
  }

  /// Models and data that don't go together.
  private var pairingProblems: [TrainingError] {
    switch (model, data.task) {
    case (.transformer, .language), (.mlp, .classification), (.mlp, .regression),
      (.resnet, .classification), (.resnet, .regression):
      []
    case (.transformer, _):
      [
        .invalid(
          subject: "model", expected: "mlp or resnet for labelled samples", found: "transformer",
          remedy: "Choose one of them, or give the transformer a text file (data: text).")
      ]
    case (_, .language):
      [
        .invalid(
          subject: "model", expected: "transformer for text", found: model.name,
          remedy: "Choose the transformer, or data with labels.")
      ]
    }
  }

  private var countProblems: [TrainingError] {
    let counts: [(name: String, value: Int, range: ClosedRange<Int>)] = [
      ("reference_batch_size", referenceBatchSize, 1...TrainingHyperparameters.mostSamples),
      ("accumulation", accumulation, 1...1_000_000), ("threads", threads, 1...4096),
      ("evaluation_batch_size", evaluationBatchSize, 1...TrainingHyperparameters.mostSamples),
    ]
    var problems = counts.filter { !$0.range.contains($0.value) }.map {
      TrainingError.outOfRange($0.name, $0.range, $0.value)
    }
    problems += data.format.problems
    let clips = NumberRange.above(0, through: 1e30)
    if let clip = optimizer.trustRatioClip, !clips.contains(clip) {
      problems.append(.outOfRange("trust_ratio_clip", clips.description, .number(clip)))
    }
    let lengths = NumberRange.above(0, through: TrainingHyperparameters.longest)
    if let length = schedule.length, !lengths.contains(length) {
      problems.append(.outOfRange("schedule.length", lengths.description, .number(length)))
    } else if let length = schedule.length, schedule.decay == .cosine, schedule.warmup >= length {
      problems.append(
        .invalid(
          subject: "warmup",
          expected: "less than the schedule's length \(HyperparameterValue.number(length))",
          found: "\(HyperparameterValue.number(schedule.warmup))",
          remedy: "Shorten the warm-up; it is counted in \(budgetUnit.rawValue)."))
    }
    return problems
  }

  private func divisionProblems(ranks: Int) -> [TrainingError] {
    let shares = Int.clampedProduct([max(0, ranks), max(0, accumulation)])
    guard batchSize >= 1, shares >= 1, batchSize % shares != 0 else { return [] }
    let below = batchSize / shares * shares
    let choices = below > 0 ? "\(below) or \(Int.clampedSum([below, shares]))" : "\(shares)"
    let remedy =
      ranks > 1
      ? "Write \(choices), or set resources.ranks_per_trial to a divisor."
      : "Write \(choices), or change accumulation."
    return [
      .invalid(
        subject: "batch_size",
        expected:
          "a multiple of the \(ranks) rank\(ranks == 1 ? "" : "s") of a group (times accumulation \(accumulation))",
        found: "\(batchSize)", remedy: remedy)
    ]
  }

  /// The largest divisor that is at most `near`.
  private func divisor(of width: Int, near: Int) -> Int {
    (1...max(1, min(near, width, 1000))).last { width % $0 == 0 } ?? 1
  }
}

extension TrainingError {
  static func outOfRange(_ subject: String, _ range: ClosedRange<Int>, _ found: Int) -> Self {
    .invalid(
      subject: subject,
      expected: Hyperparameter.Kind.integer(low: range.lowerBound, high: range.upperBound)
        .description, found: "\(found)", remedy: "Correct the value.")
  }

  static func outOfRange(_ subject: String, _ expected: String, _ found: HyperparameterValue) -> Self {
    .invalid(subject: subject, expected: expected, found: found.description, remedy: "Correct the value.")
  }
}
