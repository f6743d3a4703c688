extension TrainingConfiguration {
  /// All that is wrong with the configuration for this data, once it is read. What is wrong in itself,
  /// `validate(ranksPerTrial:)` says.
  ///
  /// - Parameters:
  ///   - data: as it is before `prepared`.
  ///   - ranksPerTrial: the size of a group.
  /// - Returns: `TrainingError.invalid` for each problem; empty when there is none.
  public func validate(with data: TrainingData, ranksPerTrial: Int = 1) -> [TrainingError] {
    do throws(TrainingError) {
      // A share of the samples, at the resolution: how many and how large does not depend on the seed.
      return validate(withPrepared: try data.prepared(for: self, seed: 0), ranksPerTrial: ranksPerTrial)
    } catch {
      return [error]
    }
  }

  /// As above, for data that was prepared for this configuration.
  package func validate(withPrepared data: TrainingData, ranksPerTrial: Int) -> [TrainingError] {
    var problems: [TrainingError]
    do throws(TrainingError) {
      problems = layerRates.problems(
        among: try model.shape.declarations(for: data.form).parameters.map(\.name))
    } catch {
      return [error]
    }
    switch data.form {
    case .samples(let shape, let targets, _):
      if case .classes(let classes) = targets, classes < 2 {
        problems.append(Self.tooFew("classes", "labels", remedy: "Give data with more classes."))
      }
      problems += normalizationProblems(ranks: ranksPerTrial, shape: shape, samples: data.count(of: .train))
      problems += metricProblems(data)
      do throws(TrainingError) { _ = try data.weights(batching.classWeights) } catch {
        problems.append(error)
      }
    case .text(let vocabulary, _):
      if vocabulary.count < 2 {
        problems.append(
          Self.tooFew("distinct characters", "text", remedy: "Give a text with something to learn in it."))
      }
    }
    problems += augmentation.problems(for: data)
    if model.shape.embedsCategories, data.encoding?.categories(usedBy: [:]).isEmpty ?? true {
      problems.append(Self.noCategories)
    }
    if batching.sampling == .balanced, case .labelled(.file, _, _, _) = data.content {
      problems.append(SampleOrder.unbalanced)
    }
    let samples = data.count(of: .train)
    if batchSize > samples {
      problems.append(
        .invalid(
          subject: "batch_size", expected: "at most \(samples), the training samples of the smallest trial",
          found: "\(batchSize)",
          remedy: "Lower the batch size, raise data_share where it is below 1, or give more data."))
    }
    return problems
  }

  /// Metrics that are no number on this dev split.
  private func metricProblems(_ data: TrainingData) -> [TrainingError] {
    guard let counts = data.classCounts(in: .dev) else { return [] }
    let metrics = TaskMetrics.requested(taskMetrics ?? [])
    let ofGroups = metrics.contains(where: \.needsGroups) ? data.classCountsOfGroups(in: .dev) ?? [] : []
    return metrics.filter { metric in
      !(metric.needsGroups ? ofGroups : [counts]).contains { metric.isDefined(for: $0) }
    }.map { $0.undefined(on: .dev) }
  }

  private static var noCategories: TrainingError {
    .invalid(
      subject: "embedding_width", expected: "a table with a column of categories", found: "none",
      remedy: "Leave embedding_width out, or name columns of numbers that are categories in data.categories.")
  }

  private static func tooFew(_ what: String, _ subject: String, remedy: String) -> TrainingError {
    .invalid(subject: "data", expected: "at least 2 \(what) in the \(subject)", found: "1", remedy: remedy)
  }

  /// Batch normalization divides by the spread of a channel's values in the samples of one forward pass: one
  /// value has none, and leaves statistics that are not numbers.
  ///
  /// - Parameters:
  ///   - shape: of a sample, as the model sees it; nil when it is not known yet.
  ///   - samples: of the train split; nil when it is not known yet.
  func normalizationProblems(ranks: Int, shape: [Int]?, samples: Int? = nil) -> [TrainingError] {
    guard let area = model.shape.fewestNormalizedValues(of: shape) else { return [] }
    let statistics = model.shape.batchStatistics ?? BatchStatistics()
    if statistics.kind == .ghost {
      if batching.epochTail == .spread {
        return [
          .invalid(
            subject: "epoch_tail",
            expected: "dropped with batch_statistics: ghost, which divide every batch alike",
            found: "spread", remedy: "Leave it out, or choose batch_statistics: group.")
        ]
      }
      guard Int.clampedProduct([statistics.ghostBatch, area]) < 2 else { return [] }
      return [.outOfRange("ghost_batch", 2...TrainingHyperparameters.mostSamples, statistics.ghostBatch)]
    }
    let ranks = statistics.kind == .group ? 1 : ranks
    let shares = Int.clampedProduct([max(1, ranks), microBatches(ranks: ranks)])
    let samples = max(1, smallestBatch(of: samples) / shares)
    guard Int.clampedProduct([samples, area]) < 2 else { return [] }
    let divided = shares == 1 ? "" : " on each of \(ranks) ranks, in each of \(accumulation) micro-batches"
    let name = model.shape.objection(to: []) == nil ? "normalization: layer" : "larger images"
    return [
      .invalid(
        subject: "batch_size",
        expected: "at least \(Int.clampedProduct([2, shares])), 2 samples for batch normalization\(divided)",
        found: "\(batchSize)",
        remedy:
          "Raise batch_size\(shares == 1 ? "" : ", lower accumulation or ranks_per_trial"), or use \(name).")
    ]
  }

  /// The fewest samples of a step.
  private func smallestBatch(of samples: Int?) -> Int {
    guard let samples, batching.epochTail == .spread, samples > 0, batchSize > 0 else { return batchSize }
    return samples / DataCursor(count: samples, tail: .spread).stepsInEpoch(of: batchSize)
  }
}
