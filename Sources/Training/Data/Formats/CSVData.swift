/// A table of comma-separated values (RFC 4180), plain or packed by gzip: a line a sample, one or several
/// columns the target, all others features. Columns of numbers stay, those of texts become a feature a
/// category.
public struct CSVData: DataFormat {
  public static let name = "csv"
  public static let hasParts = true
  public static let hasColumns = true
  public static let isTable = true

  /// What becomes of a value that is missing.
  enum Missing: String, Codable, CaseIterable, Sendable {
    /// The data is refused.
    case refuse
    /// It becomes the mean of the train split; of a category, the share of each.
    case mean
    /// It becomes the median of the train split; of a category, the most frequent one.
    case median
    /// It becomes what the train split has most often.
    case mostFrequent = "most_frequent"

    /// What becomes of a missing value, for people.
    var words: String {
      switch self {
      case .refuse: "nothing"
      case .mean: "the mean"
      case .median: "the median"
      case .mostFrequent: "the most frequent value"
      }
    }
  }

  public var path: String
  /// Names of columns, or their numbers from 1.
  var target: [String]
  var sampleTask: SampleTask?
  /// Columns that are left out.
  var ignore: [String]
  /// Columns of categories, though their values are numbers.
  var categories: [String]
  /// A character, or `tab`.
  var delimiter: String
  var hasHeader: Bool
  var missing: Missing

  private enum CodingKeys: String, CodingKey {
    case path, target, ignore, categories, delimiter, missing
    case sampleTask = "task"
    case hasHeader = "header"
  }

  public init(reading keys: some KeyReader) {
    path = keys.requiredText("path", remedy: "Write the path of the file.")
    target = keys.requiredTexts(
      "target", remedy: "Name the column that is to be learned, or write its number from 1.")
    sampleTask = keys.sampleTask()
    ignore = keys.texts("ignore", absence: "no column is left out")
    categories = keys.texts("categories", absence: "columns of texts")
    delimiter = keys.text("delimiter", default: ",")
    hasHeader = keys.truth("header", default: true)
    missing = keys.choice("missing", default: .refuse)
  }

  /// Of the same columns.
  public func part(reading keys: some KeyReader) -> Self {
    var part = self
    part.path = keys.requiredText("path", remedy: "Write the path of the file of this part.")
    return part
  }

  public var files: [String] { [path] }

  public var task: TaskKind { (sampleTask ?? .classification).kind }

  public var problems: [TrainingError] {
    var problems: [TrainingError] = []
    if delimiterByte == nil {
      problems.append(
        .invalid(
          subject: "data.delimiter", expected: "one ASCII character, or tab", found: "\"\(delimiter)\"",
          remedy: "Write, for example, delimiter: \";\"."))
    }
    if task == .classification, target.count > 1 {
      problems.append(
        .invalid(
          subject: "data.target", expected: "one column, for classification", found: "\(target.count)",
          remedy: "Name one, or write task: regression."))
    }
    return problems
  }

  private var delimiterByte: UInt8? {
    if delimiter == "tab" { return UInt8(ascii: "\t") }
    let bytes = Array(delimiter.utf8)
    return bytes.count == 1 && bytes[0] < 128 && bytes[0] != UInt8(ascii: "\"") ? bytes[0] : nil
  }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    if let problem = problems.first { throw problem }
    let table = try CSVText(path: path, delimiter: delimiterByte ?? UInt8(ascii: ","), hasHeader: hasHeader)
    return try TableReading(table, self).dataSet(as: main?.encoding)
  }

  public func column(_ name: String, for key: String) throws(TrainingError) -> DataColumn? {
    let table = try CSVText(path: path, delimiter: delimiterByte ?? UInt8(ascii: ","), hasHeader: hasHeader)
    return .texts(try TableReading.texts(ofColumn: name, in: table, key: key))
  }
}
