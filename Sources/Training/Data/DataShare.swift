import Randomness

// Fewer training samples: a fidelity of the study, or a hyperparameter.
extension TrainingData {
  /// The same data with a share of its training samples; what is measured on stays whole, and the
  /// standardization is that of all training samples.
  ///
  /// Nested: a smaller share is a part of a larger one. Of labelled samples every class keeps ⌈share ·
  /// samples⌉, drawn from the seed; of a text the beginning is kept. Linear in the number of training
  /// samples.
  ///
  /// - Parameters:
  ///   - share: above 0, at most 1.
  ///   - seed: the study's, so that all trials see the same samples.
  /// - Throws: `TrainingError.invalid` when what is left of a text holds no window.
  package func reduced(to share: Double, seed: UInt64) throws(TrainingError) -> TrainingData {
    guard share < 1 else { return self }
    var copy = self
    copy.share = share
    switch content {
    case .labelled(let values, let size, let targets, var split):
      let strata = targets.strata
      split.train = Self.subset(of: split.train, share: share, seed: seed) { strata[Int($0)] }
      copy.content = .labelled(values: values, size: size, targets: targets, split: split)
    case .text(let tokens, let contextLength, var ranges):
      let train = ranges[.train]!
      let kept = Self.count(of: train.count, share: share)
      guard kept > contextLength else {
        throw .invalid(
          subject: "data_share",
          expected: "at least \(contextLength + 1) characters of the train split's \(train.count)",
          found: "\(kept)", remedy: "Raise data_share, or shorten the context.")
      }
      ranges[.train] = train.prefix(kept)
      copy.content = .text(tokens: tokens, contextLength: contextLength, ranges: ranges)
    }
    return copy
  }

  /// The samples of a class are shuffled by the seed and the class alone, so that more of them are the same
  /// and more.
  private static func subset(
    of samples: [Int32], share: Double, seed: UInt64, label: (Int32) -> Int
  ) -> [Int32] {
    var classes: [Int: [Int32]] = [:]
    for sample in samples { classes[label(sample), default: []].append(sample) }
    var kept: [Int32] = []
    for (label, members) in classes {
      kept += members.shuffled(by: CounterGenerator(seed: seed, purpose: .subset, index: label))
        .prefix(count(of: members.count, share: share))
    }
    return kept.sorted()
  }

  /// ⌈share · whole⌉, of at least one; a product such as 0.1 · 30 is a trifle above 3.
  static func count(of whole: Int, share: Double) -> Int {
    min(whole, max(1, Int((Double(whole) * share - 1e-9).rounded(.up))))
  }
}
