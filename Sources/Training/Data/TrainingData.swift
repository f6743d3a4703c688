/// The parts of a data set.
public enum DataPart: String, Codable, CaseIterable, Sendable {
  case train
  /// What measurements, and with them the search, see.
  case dev
  /// Measured beside the dev split, and seen by no decision.
  case secondDev = "second_dev"
  /// Untouched until a study has chosen its model.
  case test
}

/// A study's data, ready to train on: read, split from the study's seed, standardized. The same for all
/// trials, so that a process makes it once.
public struct TrainingData: Sendable {
  enum Content: Sendable {
    /// `values` are standardized where they are in memory; `size` is the number of elements of a sample there.
    case labelled(values: SampleValues, size: Int, targets: TargetMemory, split: DataSplit)
    /// `ranges` are the parts, by position.
    case text(tokens: SampleMemory<UInt8>, contextLength: Int, ranges: [DataPart: Range<Int>])
  }

  /// What a model needs to know.
  public internal(set) var form: DataSet.Form
  /// What samples were made ready by; nil for text, and while they are unread.
  var preparation: Preparation?
  /// How targets that are numbers were standardized; nil for classes and text.
  public let targetScaling: TargetScaling?
  /// How a table's columns became numbers; nil for what is no table.
  let encoding: TableEncoding?
  /// The samples at the end that came from files of their own parts.
  let own: OwnParts
  /// The names of the classes, where a file or a folder has them beside numbers; else empty.
  let classNames: [String]
  /// Nil where chance divided the samples.
  let splitRule: SplitRule?
  /// What was found in the data, for people; empty where another rank of the node read it.
  public internal(set) var findings: [String] = []
  /// The group of every sample of the data set; nil where samples are of no groups.
  let groups: [Int32]?
  var content: Content
  /// The share of the train split that is left in it, as `reduced(to:seed:)` was asked for.
  var share = 1.0
  /// The share of an image's height and width that is left, as `scaled(to:)` was asked for.
  var resolution = 1.0
  /// False when every rank of a node with several has a copy of its own, because the node has no memory to
  /// share.
  public internal(set) var isShared = true
  /// What images are shrunk by as they are gathered; nil where they stay as they are.
  var average: AreaAverage?
  /// What samples become as they are gathered; nil where they stay as they are.
  var features: FeatureMap?

  /// Reads, splits and standardizes. Local.
  ///
  /// - Parameter seed: the study's.
  /// - Throws: `TrainingError.data` when the data is missing, damaged, or too small to be split.
  public init(_ configuration: DataConfiguration, split: SplitFractions, seed: UInt64) throws(TrainingError) {
    try self.init(configuration, split: split, seed: seed, .own)
  }

  /// Splits and standardizes.
  public init(_ set: DataSet, split: SplitFractions, seed: UInt64) throws(TrainingError) {
    try self.init(set, split: split, seed: seed, .others)
  }

  /// As above.
  init(
    _ configuration: DataConfiguration, split: SplitFractions, seed: UInt64, _ ownership: SampleOwnership
  ) throws(TrainingError) {
    var set = try DataSet.open(configuration)
    set.splitKeys = try configuration.splitKeys(split)
    set.groupKeys = try configuration.groupKeys()
    try self.init(set, split: split, seed: seed, ownership)
  }

  private init(
    _ set: DataSet, split fractions: SplitFractions, seed: UInt64, _ ownership: SampleOwnership
  ) throws(TrainingError) {
    form = set.form
    encoding = set.encoding
    classNames = set.classNames
    own = set.own
    splitRule = fractions.rule
    groups = try set.groups()
    findings = set.findings + (groups.map { [Self.findings(of: $0)] } ?? [])
    switch set.samples {
    case .labelled(let values, let shape, let targets):
      let split = try set.split(fractions, targets, seed: seed)
      for part in DataPart.allCases {
        try Self.require(1, found: split[part].count, in: part, of: set, fractions, unit: "sample")
      }
      let (preparation, ready) = try values.prepared(
        shape: shape, set.encoding, by: split.train, ownership)
      self.preparation = preparation
      let (scaling, standardized) = try targets.standardized(by: split.train)
      targetScaling = scaling
      content = .labelled(values: ready, size: shape.reduce(1, *), targets: standardized, split: split)
    case .text(let tokens, _, let contextLength):
      let ranges = Self.ranges(of: tokens.count, fractions)
      for (part, range) in ranges.sorted(by: { $0.value.lowerBound < $1.value.lowerBound }) {
        // A window needs one more character: the target of its last.
        try Self.require(
          contextLength + 1, found: range.count, in: part, of: set, fractions, unit: "character")
      }
      targetScaling = nil
      content = .text(tokens: tokens, contextLength: contextLength, ranges: ranges)
    }
  }

  /// How samples were standardized; nil for text.
  public var standardization: Standardization? { preparation?.standardization }

  /// What a trial is to learn of it.
  ///
  /// - Parameter configuration: the trial's.
  /// - Throws: `TrainingError.invalid` for class weights that are not those of the classes.
  func task(for configuration: TrainingConfiguration) throws(TrainingError) -> any LearningTask {
    switch (form, targetScaling) {
    case (.text, _): Classification(.language, labelSmoothing: configuration.labelSmoothing)
    case (.samples, let scaling?): Regression(scaling, loss: configuration.loss ?? .mse)
    case (.samples, nil):
      Classification(
        labelSmoothing: configuration.labelSmoothing,
        classWeights: try weights(configuration.batching.classWeights))
    }
  }

  var taskKind: TaskKind {
    switch form {
    case .text: .language
    case .samples(_, .numbers, _): .regression
    case .samples(_, .classes, _): .classification
    }
  }

  /// What a trial sees of the data: the share of the train split, and the resolution of images, that its
  /// configuration says.
  ///
  /// - Parameter seed: the study's.
  /// - Throws: `TrainingError.invalid` when the data cannot be reduced so.
  public func prepared(
    for configuration: TrainingConfiguration, seed: UInt64
  ) throws(TrainingError) -> TrainingData {
    try reduced(to: configuration.usedDataShare, seed: seed).scaled(to: configuration.usedResolution)
      .mapped(by: configuration.features)
  }

  /// The number of samples of a part. Of text: windows that don't overlap.
  public func count(of part: DataPart) -> Int {
    switch content {
    case .labelled(_, _, _, let split): split[part].count
    case .text(_, let contextLength, let ranges): max(0, ranges[part]!.count - 1) / contextLength
    }
  }

  /// How many samples of a part each class has; nil where there are no classes.
  func classCounts(in part: DataPart) -> [Int]? {
    guard case .labelled(_, _, .classes(let labels, let classes), let split) = content else { return nil }
    return labels.withScalars { labels in
      split[part].reduce(into: Array(repeating: 0, count: classes)) { $0[Int(labels[Int($1)])] += 1 }
    }
  }

  /// The parts of a text, by position.
  static func ranges(of count: Int, _ fractions: SplitFractions) -> [DataPart: Range<Int>] {
    let trainEnd = Int((Double(count) * fractions.train).rounded())
    let seen = fractions.train + fractions.dev
    let devEnd = max(trainEnd, Int((Double(count) * seen).rounded()))
    let secondEnd = max(devEnd, Int((Double(count) * (seen + fractions[.secondDev])).rounded()))
    return [
      .train: 0..<trainEnd, .dev: trainEnd..<devEnd, .secondDev: devEnd..<secondEnd,
      .test: secondEnd..<max(secondEnd, count),
    ]
  }

  private static func require(
    _ least: Int, found: Int, in part: DataPart, of set: DataSet, _ fractions: SplitFractions, unit: String
  ) throws(TrainingError) {
    let fraction = fractions[part]
    // Only what the search does not see may be left out, by a fraction of 0.
    if found >= least || fraction == 0 && (part == .test || part == .secondDev) { return }
    throw .data(
      path: set.source,
      expected: "at least \(least) \(unit)\(least == 1 ? "" : "s") in the \(part.rawValue) split",
      found: "\(found), which is \(HyperparameterValue.number(fraction)) of \(set.count)",
      remedy: "Give more data, or a larger split.\(part.rawValue).")
  }
}

extension DataSplit {
  subscript(part: DataPart) -> [Int32] {
    switch part {
    case .train: train
    case .dev: dev
    case .secondDev: secondDev
    case .test: test
    }
  }
}
