extension TrainingConfiguration {
  /// All that is wrong with the configuration in itself, before any data is read. `ranksPerTrial` is the size
  /// of a group.
  ///
  /// - Returns: `TrainingError.invalid` for each problem, in the order of the configuration's fields; empty
  ///   when there is none. Subjects are the names of the hyperparameter table where it has one.
  public func validate(ranksPerTrial: Int = 1) -> [TrainingError] {
    var problems: [TrainingError] = []
    problems +=
      groupProblems + splitProblems + hyperparameterProblems + model.shape.problems + pairingProblems
      + countProblems
    problems += TrainingOptionGroups.all.flatMap { $0.problems(self) } + countingProblems
    problems += divisionProblems(ranks: ranksPerTrial)
    if problems.isEmpty { problems += statisticsProblems(ranks: ranksPerTrial) }
    if problems.isEmpty { problems += normalizationProblems(ranks: ranksPerTrial, shape: nil) }
    return problems
  }

  /// Metrics of groups, and no word of what groups there are.
  private var groupProblems: [TrainingError] {
    guard data.groupColumn == nil,
      let metric = TaskMetrics.requested(taskMetrics ?? []).first(where: \.needsGroups)
    else { return [] }
    return [
      .invalid(
        subject: "data.group_column", expected: "the column that says groups, for dev_\(metric.name)",
        found: "none",
        remedy: "Name a column of a csv file, or an array of [samples] of an npz or hdf5 file.")
    ]
  }

  private var splitProblems: [TrainingError] {
    var problems = split.ruleProblems
    for (name, fraction, range) in [
      ("split.train", split.train, NumberRange.above(0, through: 1)),
      ("split.dev", split.dev, .above(0, through: 1)),
      ("split.test", split.test, .from(0, below: 1)),
      ("split.second_dev", split[.secondDev], .from(0, below: 1)),
    ] where !range.contains(fraction) {
      problems.append(.outOfRange(name, range.description, .number(fraction)))
    }
    let sum = split.train + split.dev + split.test + split[.secondDev]
    // Decimal fractions such as 0.8 + 0.1 + 0.1 miss 1 by a rounding.
    if problems.isEmpty, abs(sum - 1) > 1e-9 {
      problems.append(
        .invalid(
          subject: "split", expected: "fractions that sum to 1",
          found: "a sum of \(HyperparameterValue.number(sum))",
          remedy: "Write, for example, train: 0.8, dev: 0.1, test: 0.1."))
    }
    if problems.isEmpty { problems += secondDevProblems }
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

  /// Models and data that don't go together.
  private var pairingProblems: [TrainingError] {
    let task = data.task
    if type(of: model.shape).tasks.contains(task) { return [] }
    let models = ModelShapes.words(for: task)
    return [
      task == .language
        ? .invalid(
          subject: "model", expected: "\(models) for text", found: model.name,
          remedy: "Choose the \(models), or data with labels.")
        : .invalid(
          subject: "model", expected: "\(models) for labelled samples", found: model.name,
          remedy: "Choose one of them, or give the \(model.name) a text file (data: text).")
    ]
  }

  private var countingProblems: [TrainingError] {
    guard resourceMetrics?.contains(.flops) ?? false, !type(of: model.shape).countsOperations else {
      return []
    }
    return [
      .invalid(
        subject: "flops", expected: "a model whose operations are counted", found: model.name,
        remedy: "Measure latency_ms instead.")
    ]
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
    return problems + scheduleProblems + scalingProblems
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
