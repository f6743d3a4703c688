/// Where the samples come from: a format, with its settings.
public struct DataConfiguration: Sendable {
  public var format: any DataFormat

  public init(_ format: any DataFormat) { self.format = format }

  /// The files that are read; none for what is in the binary.
  public var files: [String] { format.files }

  /// What there is to learn.
  public var task: TaskKind { format.task }
}

extension DataConfiguration: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.format.isEqual(to: b.format) }
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

  /// The format's name, and under it its properties: `{"idx": {"images": "a", "labels": "b"}}`.
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
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: FormatKey.self)
    try container.encode(format, forKey: FormatKey(type(of: format).name))
  }
}

/// How the samples are divided, once from the study's seed and the same for all trials. Stratified by class;
/// text is cut in this order by position.
public struct SplitFractions: Codable, Equatable, Sendable {
  /// Above 0.
  public var train: Double = 0.8
  /// What the search sees. Above 0.
  public var dev: Double = 0.1
  /// What `tuner-mpi test` opens, once. At least 0; the three sum to 1.
  public var test: Double = 0.1

  public init(train: Double = 0.8, dev: Double = 0.1, test: Double = 0.1) {
    self.train = train
    self.dev = dev
    self.test = test
  }
}
