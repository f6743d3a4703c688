import Randomness

// Cross-validation: the replicates of a trial differ in what they are measured on.
extension TrainingData {
  /// The same data with another dev split: one of `count` folds of all samples outside of the test split; the
  /// others train.
  ///
  /// Every sample is in one fold. Folds divide each class, and all of the samples, evenly to within one
  /// sample; a function of the seed. The standardization stays that of the study's own train split. Linear in
  /// the number of samples.
  ///
  /// - Parameters:
  ///   - number: from 0, below `count`.
  ///   - count: at least 2.
  ///   - seed: the study's, so that all trials see the same folds.
  /// - Throws: `TrainingError.invalid` for a text, whose neighbouring parts say too much of one another, and
  ///   when there are fewer samples than folds.
  public func fold(_ number: Int, of count: Int, seed: UInt64) throws(TrainingError) -> TrainingData {
    precondition(count >= 2 && (0..<count).contains(number), "a fold of at least two")
    guard case .labelled(let values, let size, let targets, var split) = content else {
      throw .invalid(
        subject: "search.cross_validation", expected: "samples with labels, which can be divided",
        found: "a text", remedy: "Leave it out: the replicates then differ in their seeds.")
    }
    guard splitRule == nil else {
      throw .invalid(
        subject: "search.cross_validation", expected: "samples that are divided by chance",
        found: "split.by: \(splitRule?.rawValue ?? "")",
        remedy: "Leave it out: the replicates then differ in their seeds.")
    }
    let samples = split.train + split.dev
    guard samples.count >= count else {
      throw .invalid(
        subject: "search.replicates", expected: "at most \(samples.count) folds, one for each sample",
        found: "\(count)", remedy: "Lower search.replicates, or give more data.")
    }
    let strata = targets.strata
    let folds = Self.folds(of: samples, count: count, seed: seed) { strata[Int($0)] }
    split.dev = zip(samples, folds).filter { $0.1 == number }.map(\.0).sorted()
    split.train = zip(samples, folds).filter { $0.1 != number }.map(\.0).sorted()
    var copy = self
    copy.content = .labelled(values: values, size: size, targets: targets, split: split)
    return copy
  }

  /// The fold of each sample. Classes are dealt out one after the other, each in an order of its own.
  private static func folds(
    of samples: [Int32], count: Int, seed: UInt64, label: (Int32) -> Int
  ) -> [Int] {
    let classes = Dictionary(grouping: samples.indices) { label(samples[$0]) }
    var folds = Array(repeating: 0, count: samples.count)
    var dealt = 0
    for (label, places) in classes.sorted(by: { $0.key < $1.key }) {
      let members = places.sorted { samples[$0] < samples[$1] }
      for place in members.shuffled(by: CounterGenerator(seed: seed, purpose: .fold, index: label)) {
        folds[place] = dealt % count
        dealt += 1
      }
    }
    return folds
  }
}
