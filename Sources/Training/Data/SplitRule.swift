import Randomness

/// What decides which part of the data a sample is in, besides chance within each class.
public enum SplitRule: String, Codable, CaseIterable, Sendable {
  /// Samples that a column says belong together, such as those of a patient, are all in one part.
  case group
  /// The oldest samples, by a column, train; the newest are the test split.
  case time
}

extension DataSplit {
  /// Divides samples by a column.
  ///
  /// - Parameter keys: one a sample, in the data set's order: equal for those of one group, or ascending with time.
  init(by rule: SplitRule, _ keys: [Double], fractions: SplitFractions, seed: UInt64) {
    self.init(labels: [], fractions: fractions, seed: seed)
    switch rule {
    case .group: divide(groups: keys, fractions, seed: seed)
    case .time: divide(times: keys, fractions)
    }
  }

  /// Groups come in random order; each goes to the part that lacks most samples. So the parts are as large as the
  /// fractions say, to within a group.
  private mutating func divide(groups keys: [Double], _ fractions: SplitFractions, seed: UInt64) {
    let members = Dictionary(grouping: keys.indices) { keys[$0] }.sorted { $0.key < $1.key }.map(\.value)
    let wanted = [DataPart.train, .dev, .test, .secondDev].map { fractions[$0] * Double(keys.count) }
    var parts: [[Int]] = wanted.map { _ in [] }
    for group in members.shuffled(by: CounterGenerator(seed: seed, purpose: .split)) {
      let lacking = parts.indices.filter { wanted[$0] > 0 }.max {
        (wanted[$0] - Double(parts[$0].count), $1) < (wanted[$1] - Double(parts[$1].count), $0)
      }
      parts[lacking ?? 0] += group
    }
    (train, dev) = (Self.sorted(parts[0]), Self.sorted(parts[1]))
    (test, secondDev) = (Self.sorted(parts[2]), Self.sorted(parts[3]))
  }

  /// Samples of one time are all in one part: the earlier one.
  private mutating func divide(times keys: [Double], _ fractions: SplitFractions) {
    let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    func end(_ fraction: Double) -> Int {
      var end = min(Int((Double(keys.count) * fraction).rounded()), keys.count)
      while end > 0, end < keys.count, keys[order[end]] == keys[order[end - 1]] { end += 1 }
      return end
    }
    let trainEnd = end(fractions.train)
    // The last part has the rest.
    let seen = fractions.train + fractions.dev
    let isLast = fractions.test == 0 && fractions[.secondDev] == 0
    let devEnd = isLast ? keys.count : max(trainEnd, end(seen))
    let secondEnd = fractions.test > 0 ? max(devEnd, end(seen + fractions[.secondDev])) : keys.count
    train = Self.sorted(order[..<trainEnd])
    dev = Self.sorted(order[trainEnd..<devEnd])
    secondDev = Self.sorted(order[devEnd..<secondEnd])
    test = Self.sorted(order[secondEnd...])
  }

  private static func sorted(_ samples: some Sequence<Int>) -> [Int32] { samples.map { Int32($0) }.sorted() }
}

extension DataSet {
  /// How its samples are divided.
  ///
  /// - Parameter keys: of the samples that are of no part with files of its own, where a column decides.
  func split(
    _ fractions: SplitFractions, _ targets: TargetMemory, seed: UInt64
  ) throws(TrainingError) -> DataSplit {
    guard let rule = fractions.rule else {
      return DataSplit(strata: targets.strata, own: own, fractions: fractions, seed: seed)
    }
    let rest = count - own.count
    let keys = try checked(splitKeys, count: rest, of: "split.column")
    var split = DataSplit(
      by: rule, keys, fractions: fractions.leavingOut(dev: own.dev > 0, test: own.test > 0), seed: seed)
    split.setParts(own, from: rest, count: count)
    return split
  }
}

extension DataConfiguration {
  /// The values of the column by which samples are divided; nil where none is.
  func splitKeys(_ split: SplitFractions) throws(TrainingError) -> [Double]? {
    guard split.rule != nil else { return nil }
    let (name, key) = (split.column ?? "", "split.column")
    guard let column = try format.column(name, for: key) else {
      throw .invalid(
        subject: "data.split.by", expected: "shuffle, for data of \(type(of: format).name)",
        found: split.rule?.rawValue ?? "", remedy: "Leave split.by out, or give a csv, npz or hdf5 file.")
    }
    return try column.ordered(name, for: key, of: format.files.first ?? "")
  }
}

extension SplitFractions {
  /// What is wrong with the rule.
  var ruleProblems: [TrainingError] {
    switch (rule, column) {
    case (nil, nil), (.some, .some): []
    case (.some(let rule), nil):
      [
        .invalid(
          subject: "split.column", expected: "the column that says \(rule == .group ? "groups" : "times")",
          found: "none", remedy: "Name it.")
      ]
    case (nil, .some(let column)):
      [
        .invalid(
          subject: "split.column", expected: "split.by: group or time beside it", found: column,
          remedy: "Write how the column divides the samples.")
      ]
    }
  }
}
