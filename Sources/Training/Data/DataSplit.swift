import Randomness

/// Which samples train, which the search sees, and which stay untouched.
public struct DataSplit: Codable, Equatable, Sendable {
  /// Indices into the data set, ascending; the other parts likewise.
  public var train: [Int32]
  public var dev: [Int32]
  public var secondDev: [Int32]
  public var test: [Int32]

  /// Divides labelled samples so that each class is divided in the same proportions, to within one sample. A
  /// function of (labels, fractions, seed).
  ///
  /// - Parameter labels: in 0..<classes, in the data set's order.
  public init(labels: [Int], fractions: SplitFractions, seed: UInt64) {
    (train, dev, secondDev, test) = ([], [], [], [])
    var members = [[Int32]](repeating: [], count: (labels.max() ?? -1) + 1)
    for (sample, label) in labels.enumerated() { members[label].append(Int32(sample)) }

    // Quotas are differences of rounded running totals: each class is within one sample of its exact share,
    // and so are the sums over all classes.
    var (before, trainBefore, devBefore, secondBefore) = (0, 0, 0, 0)
    let seen = fractions.train + fractions.dev
    for (label, class_) in members.enumerated() {
      let after = before + class_.count
      let trainAfter = Int((Double(after) * fractions.train).rounded())
      let devAfter = Int((Double(after) * seen).rounded())
      let secondAfter = Int((Double(after) * (seen + fractions[.secondDev])).rounded())
      let shuffled = class_.shuffled(by: CounterGenerator(seed: seed, purpose: .split, index: label))
      let trainEnd = min(trainAfter - trainBefore, shuffled.count)
      let devEnd = max(trainEnd, min(devAfter - devBefore, shuffled.count))
      train += shuffled[..<trainEnd]
      dev += shuffled[trainEnd..<devEnd]
      let secondEnd = max(devEnd, min(secondAfter - secondBefore, shuffled.count))
      secondDev += shuffled[devEnd..<secondEnd]
      test += shuffled[secondEnd...]
      (before, trainBefore, devBefore, secondBefore) = (after, trainAfter, devAfter, secondAfter)
    }
    train.sort()
    dev.sort()
    secondDev.sort()
    test.sort()
  }

  /// As above; the samples at the end that came from files of their own parts are those parts.
  init(strata: [Int], own: OwnParts, fractions: SplitFractions, seed: UInt64) {
    let rest = strata.count - own.count
    self.init(
      labels: Array(strata[..<rest]),
      fractions: fractions.leavingOut(dev: own.dev > 0, test: own.test > 0), seed: seed)
    setParts(own, from: rest, count: strata.count)
  }

  /// The samples from `rest` on are parts with files of their own.
  mutating func setParts(_ own: OwnParts, from rest: Int, count: Int) {
    let firstOfTest = rest + own.dev
    if own.dev > 0 { dev = (rest..<firstOfTest).map { Int32($0) } }
    if own.test > 0 { test = (firstOfTest..<count).map { Int32($0) } }
  }
}
