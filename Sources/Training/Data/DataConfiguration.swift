/// Where the samples come from: a format, with its settings.
public struct DataConfiguration: Sendable {
  public var format: any DataFormat
  /// Where the samples of the dev split are, if they are in files of their own.
  public var dev: (any DataFormat)?
  /// Where the samples of the test split are, if they are in files of their own.
  public var test: (any DataFormat)?
  /// The column, or the array of `[samples]`, that says of which group a sample is; nil where nobody asks.
  public var groupColumn: String?

  public init(_ format: any DataFormat) { self.format = format }

  /// The files that are read; none for what is in the binary.
  public var files: [String] { format.files + (dev?.files ?? []) + (test?.files ?? []) }

  /// The samples of all parts where they stay in their files; nil where they are read whole.
  func openSamples() throws(TrainingError) -> SampleFile? {
    guard var whole = try format.openSamples() else { return nil }
    for part in [dev, test].compactMap(\.self) {
      if let samples = try part.openSamples() { whole = whole.appending(samples) }
    }
    return whole
  }

  /// What there is to learn.
  public var task: TaskKind { format.task }
}

extension DataConfiguration: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    areEqual(a.format, b.format) && areEqual(a.dev, b.dev) && areEqual(a.test, b.test)
      && a.groupColumn == b.groupColumn
  }

  private static func areEqual(_ a: (any DataFormat)?, _ b: (any DataFormat)?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a.isEqual(to: b)
  }
}

extension DataFormat {
  fileprivate func isEqual(to other: any DataFormat) -> Bool { (other as? Self) == self }
}

extension DataConfiguration: Codable {
  private struct FormatKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  private static let (dev, test) = (FormatKey("dev"), FormatKey("test"))
  private static let groupColumn = FormatKey("groupColumn")

  /// The format's name, and under it its properties: `{"idx": {"images": "a", "labels": "b"}}`; beside it
  /// `dev` and `test`, where they have files of their own, and `groupColumn`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: FormatKey.self)
    guard let key = container.allKeys.first(where: { DataFormats.named($0.stringValue) != nil }),
      let format = DataFormats.named(key.stringValue)
    else {
      let known = DataFormats.names.joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "expected one of \(known)"))
    }
    self.init(try container.decode(format, forKey: key))
    if container.contains(Self.dev) { dev = try container.decode(format, forKey: Self.dev) }
    if container.contains(Self.test) { test = try container.decode(format, forKey: Self.test) }
    groupColumn = try container.decodeIfPresent(String.self, forKey: Self.groupColumn)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: FormatKey.self)
    try container.encode(format, forKey: FormatKey(type(of: format).name))
    if let dev { try container.encode(dev, forKey: Self.dev) }
    if let test { try container.encode(test, forKey: Self.test) }
    try container.encodeIfPresent(groupColumn, forKey: Self.groupColumn)
  }
}

/// How the samples are divided, once from the study's seed and the same for all trials. Stratified by class;
/// text is cut in this order by position.
public struct SplitFractions: Codable, Equatable, Sendable {
  /// Above 0.
  public var train: Double = 0.8
  /// What the search sees. Above 0.
  public var dev: Double = 0.1
  /// What `tuner-mpi test` opens, once. At least 0; all parts sum to 1.
  public var test: Double = 0.1
  /// What the objective is measured on, too, for people: no decision sees it. Nil, and not written, for none.
  public var secondDev: Double?
  /// Nil, and not written, for chance within each class.
  public var rule: SplitRule?
  /// Of a csv file, or the name of an array of `[samples]`; nil where no rule needs one.
  public var column: String?

  private enum CodingKeys: String, CodingKey {
    case train, dev, test, secondDev, column
    case rule = "by"
  }

  public init(
    train: Double = 0.8, dev: Double = 0.1, test: Double = 0.1, secondDev: Double = 0,
    rule: SplitRule? = nil, column: String? = nil
  ) {
    (self.train, self.dev, self.test, self.rule, self.column) = (train, dev, test, rule, column)
    self.secondDev = secondDev == 0 ? nil : secondDev
  }

  public subscript(part: DataPart) -> Double {
    switch part {
    case .train: train
    case .dev: dev
    case .secondDev: secondDev ?? 0
    case .test: test
    }
  }

  /// Those of the samples that are in no file of their own part: what is left out goes to the others in their
  /// proportion.
  func leavingOut(dev leavesDev: Bool, test leavesTest: Bool) -> Self {
    guard leavesDev || leavesTest else { return self }
    let second = self[.secondDev]
    let sum = train + (leavesDev ? 0 : dev) + second + (leavesTest ? 0 : test)
    return Self(
      train: train / sum, dev: leavesDev ? 0 : dev / sum, test: leavesTest ? 0 : test / sum,
      secondDev: second / sum)
  }
}
