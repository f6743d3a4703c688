/// What the fields of a column are.
enum TableColumn: Codable, Equatable, Sendable {
  case numbers
  /// The distinct texts, in order; each becomes a feature that is 1 where it stands, else 0.
  case categories([String])

  /// How many features it makes.
  var width: Int {
    switch self {
    case .numbers: 1
    case .categories(let values): values.count
    }
  }

  /// What stands for a value that is not there.
  static let missing: Set<String> = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"]

  /// Of categories in a column: more are names, or numbers with a typing error.
  static let mostCategories = 1_000

  /// A decimal number that a 32-bit float holds; nil for any other text.
  static func number(_ text: String) -> Float? {
    let trimmed = text.trimmingSpaces
    guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
      let number = Float(trimmed), number.isFinite
    else {
      return nil
    }
    return number
  }
}

extension String {
  fileprivate var trimmingSpaces: Substring {
    var text = self[...]
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}

/// A column while it is looked at.
struct ColumnReading {
  let name: String
  /// Of each row; nil where the value is missing.
  private(set) var texts: [String?] = []
  private let table: CSVText

  init(_ column: Int, of table: CSVText) throws(TrainingError) {
    (name, self.table) = (table.names[column], table)
    texts.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let text = try table.text(row: row, column: column)
      texts.append(TableColumn.missing.contains(text) ? nil : text)
    }
  }

  var missing: Int { texts.count { $0 == nil } }

  /// What its fields are: numbers where all are, categories where none is, or where it is said so.
  ///
  /// - Throws: `TrainingError.data`, with line and column, for a text among numbers.
  func kind(isCategory: Bool) throws(TrainingError) -> TableColumn {
    let firstText = texts.firstIndex { $0.map { TableColumn.number($0) == nil } ?? false }
    guard isCategory || firstText != nil else { return .numbers }
    if !isCategory, let row = firstText, let text = texts[row],
      texts.contains(where: { $0.map { TableColumn.number($0) != nil } ?? false })
    {
      throw refused(row, "a number, as on other lines", text, "Mend it, or write categories: [\"\(name)\"].")
    }
    let values = Set(texts.compactMap(\.self)).sorted(by: Self.precedes)
    guard values.count <= TableColumn.mostCategories else {
      throw .data(
        path: "\(table.path): column \(name)", expected: "at most \(TableColumn.mostCategories) categories",
        found: "\(values.count)", remedy: "Leave the column out with ignore: [\"\(name)\"].")
    }
    return .categories(values)
  }

  /// Numbers in their order, then texts in theirs.
  private static func precedes(_ a: String, _ b: String) -> Bool {
    switch (TableColumn.number(a), TableColumn.number(b)) {
    case (let a?, let b?) where a != b: a < b
    case (_?, nil): true
    case (nil, _?): false
    default: a < b
    }
  }

  /// An error at a row.
  func refused(_ row: Int, _ expected: String, _ found: String?, _ remedy: String) -> TrainingError {
    .data(
      path: "\(table.path):\(table.line(of: row)): column \(name)", expected: expected,
      found: found.map { "\"\($0)\"" } ?? "nothing", remedy: remedy)
  }
}
