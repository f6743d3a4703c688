import Randomness

/// Whether all trials of a study are measured on the same dev samples.
public enum DevSplit: String, Codable, CaseIterable, Sendable {
  case fixed
  /// Each trial has a division of its own: Nagler, Schneider, Bischl and Feurer, "Reshuffling Resampling
  /// Splits Can Improve Generalization of Hyperparameter Optimization", NeurIPS 2024. No configuration is
  /// then chosen for what suits the samples of one dev split.
  case reshuffled
}

extension TrainingData {
  /// The same data with a dev split of the trial's own; the rest of what is outside of the other splits
  /// trains.
  ///
  /// Each class has as many dev samples as in the study's own split. A function of (seed, trial) and the
  /// data. The standardization stays that of the study's own train split. Linear in the number of samples.
  ///
  /// - Parameter seed: the study's.
  /// - Throws: `TrainingError.invalid` for a text, for samples that a column divides, and for a dev split
  ///   with files of its own.
  public func reshuffled(for trial: Int, seed: UInt64) throws(TrainingError) -> TrainingData {
    guard case .labelled(let values, let size, let targets, var split) = content else {
      throw .notReshuffled(.text)
    }
    if let splitRule { throw .notReshuffled(.rule(splitRule)) }
    guard own.dev == 0 else { throw .notReshuffled(.files) }
    let strata = targets.strata
    var wanted: [Int: Int] = [:]
    for sample in split.dev { wanted[strata[Int(sample)], default: 0] += 1 }
    let classes = Dictionary(grouping: (split.train + split.dev).sorted()) { strata[Int($0)] }
    (split.train, split.dev) = ([], [])
    for (label, members) in classes {
      // Classes far apart in the trial's stream.
      let position = UInt64(label) << 32
      let drawn = members.shuffled(
        by: CounterGenerator(seed: seed, purpose: .reshuffling, index: trial, position: position))
      split.dev += drawn.prefix(wanted[label] ?? 0)
      split.train += drawn.dropFirst(wanted[label] ?? 0)
    }
    split.train.sort()
    split.dev.sort()
    var copy = self
    copy.content = .labelled(values: values, size: size, targets: targets, split: split)
    return copy
  }
}

extension TrainingConfiguration {
  /// Why trials cannot have dev splits of their own; nil where they can.
  public var reshufflingProblem: TrainingError? {
    if data.task == .language { return .notReshuffled(.text) }
    if let rule = split.rule { return .notReshuffled(.rule(rule)) }
    return data.dev.map { _ in .notReshuffled(.files) }
  }
}

/// What keeps a dev split as it is.
private enum FixedSamples {
  case text, files
  case rule(SplitRule)

  var words: String {
    switch self {
    case .text: "a text, whose neighbouring parts say too much of one another"
    case .files: "a dev split with files of its own"
    case .rule(let rule): "samples that split.by: \(rule.rawValue) divides"
    }
  }
}

extension TrainingError {
  fileprivate static func notReshuffled(_ samples: FixedSamples) -> Self {
    .invalid(
      subject: "search.dev_split", expected: "fixed, for \(samples.words)", found: "reshuffled",
      remedy: "Leave it out.")
  }
}
