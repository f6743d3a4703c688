/// A way in which samples are kept: what an experiment file says of it, and how it is read.
///
/// One more is one file, and one line of `DataFormats`. A study's journal holds its stored properties under
/// its name, so what an earlier version wrote must stay readable.
public protocol DataFormat: Codable, Equatable, Sendable {
  /// As an experiment writes it: `data: {kind: idx}`.
  static var name: String { get }

  /// Whether the samples of the dev and the test split may be in files of their own.
  static var hasParts: Bool { get }

  /// Whether there may be more of a sample than what is learned: `column`.
  static var hasColumns: Bool { get }

  /// Whether samples are rows of a table, whose columns have names.
  static var isTable: Bool { get }

  /// Asks an experiment for its keys.
  init(reading keys: some KeyReader)

  /// The same with the files of another part, whose keys are asked for here.
  func part(reading keys: some KeyReader) -> Self

  /// The files, or the folders with all that is in them, that are read, absolute or relative to the working directory; none for what is in the binary.
  var files: [String] { get }

  /// What there is to learn.
  var task: TaskKind { get }

  /// What is wrong with it, before a file is opened.
  var problems: [TrainingError] { get }

  /// Reads the samples. Local.
  ///
  /// - Parameter main: where these are of a part with files of its own, the data that it belongs to.
  /// - Throws: `TrainingError.data`, naming path, expectation, finding and remedy.
  func load(beside main: DataSet?) throws(TrainingError) -> DataSet

  /// A column, or an array beside the samples; nil for a format that has none.
  ///
  /// - Parameter key: that names it in an experiment, for errors.
  func column(_ name: String, for key: String) throws(TrainingError) -> DataColumn?

  /// The samples where they stay in their file and are read when they are needed; nil where `load` reads them all.
  func openSamples() throws(TrainingError) -> SampleFile?
}

extension DataFormat {
  public static var hasParts: Bool { false }
  public static var hasColumns: Bool { false }
  public static var isTable: Bool { false }
  public func part(reading keys: some KeyReader) -> Self { self }
  public var task: TaskKind { .classification }
  public var problems: [TrainingError] { [] }
  public func column(_ name: String, for key: String) throws(TrainingError) -> DataColumn? { nil }
  public func openSamples() throws(TrainingError) -> SampleFile? { nil }
}

/// The formats that there are.
public enum DataFormats {
  /// The first is what an experiment means that names none.
  static let all: [any DataFormat.Type] = [
    DigitsData.self, IDXData.self, HDF5Data.self, TextData.self, CSVData.self, NPYData.self, NPZData.self,
    ImageFolderData.self,
  ]

  /// As experiments write them.
  public static var names: [String] { all.map { $0.name } }

  static func named(_ name: String) -> (any DataFormat.Type)? { all.first { $0.name == name } }

  /// The data that an experiment describes by the keys beside its `kind`.
  ///
  /// - Parameter name: one of `names`.
  public static func read(_ name: String, _ keys: some KeyReader) -> DataConfiguration {
    guard let type = named(name) else { preconditionFailure("no data format is called \(name)") }
    let format = type.init(reading: keys)
    var configuration = DataConfiguration(format)
    if type.hasColumns {
      configuration.groupColumn = keys.optionalText("group_column", absence: "samples are of no groups")
    }
    if type.hasParts {
      configuration.dev = keys.within("dev") { part(of: format, $0) }
      configuration.test = keys.within("test") { part(of: format, $0) }
    }
    return configuration
  }

  private static func part(of format: some DataFormat, _ keys: some KeyReader) -> any DataFormat {
    format.part(reading: keys)
  }
}
