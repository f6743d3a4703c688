import Foundation
import HDF5

/// A table of named columns: a CSV file (RFC 4180, the first line names the columns), or an HDF5 file whose
/// root holds a dataset of one dimension for each column, numbers or texts.
public struct TableColumns: Sendable {
  /// The values of a column: numbers where the file has a type for them, else texts.
  enum Column: Equatable, Sendable {
    case numbers([Double])
    case texts([String])

    var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .texts(let values): values.count
      }
    }

    /// Nil where the text is none.
    func number(_ row: Int) -> Double? {
      switch self {
      case .numbers(let values): values[row]
      case .texts(let values): Double(values[row])
      }
    }

    func text(_ row: Int) -> String {
      switch self {
      case .numbers(let values): Int(exactly: values[row]).map(String.init) ?? "\(values[row])"
      case .texts(let values): values[row]
      }
    }

    /// Nothing was written there.
    func isEmpty(_ row: Int) -> Bool {
      switch self {
      case .numbers(let values): values[row].isNaN
      case .texts(let values): values[row].isEmpty || values[row].lowercased() == "nan"
      }
    }
  }

  let path: String
  private let columns: [(name: String, values: Column)]
  /// Rows have numbers of lines in a text, and of elements elsewhere.
  private let isText: Bool

  var names: [String] { columns.map(\.name) }
  /// Whether this program wrote it: a row a job.
  var isOwn: Bool { names.contains("to_budget") && names.contains("outcome") }
  var rowCount: Int { columns.first?.values.count ?? 0 }

  func column(_ name: String) throws(TunerError) -> Column {
    for column in columns where column.name == name { return column.values }
    let isOne = names.count == 1 && names[0].contains { ";\t|".contains($0) }
    throw error(
      expected: "a column \(name)", found: "only \(names.joined(separator: ", "))",
      remedy: isOne
        ? "Separate the columns by commas."
        : isOwn
          ? "Simulate the experiment that the table is of, with the same space and metric."
          : "A table has a column for each parameter, for budget and for the objective's metric.")
  }

  func error(row: Int? = nil, expected: String, found: String, remedy: String) -> TunerError {
    // A text's first row is its second line.
    let place = row.map { isText ? "\(path):\($0 + 2)" : "\(path), row \($0)" } ?? path
    return TunerError(.usage, subject: place, expected: expected, found: found, remedy: remedy)
  }
}

extension TableColumns {
  /// - Throws: `TunerError` when the file cannot be read, or is no table.
  public static func read(_ path: String) throws(TunerError) -> TableColumns {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    guard exists, !isDirectory.boolValue, let data = FileManager.default.contents(atPath: path) else {
      throw TunerError(
        .usage, subject: path, expected: "a readable table in CSV or HDF5",
        found: isDirectory.boolValue ? "a directory" : exists ? "one that cannot be read" : "no such file",
        remedy: "Correct the path of the table.")
    }
    if data.starts(with: [0x89, 0x48, 0x44, 0x46]) { return try readHDF5(path) }
    if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
      throw TunerError(
        .usage, subject: path, expected: "a table in UTF-8", found: "one in UTF-16",
        remedy: "Save it as CSV in UTF-8.")
    }
    return try TableColumns(csv: String(decoding: data, as: UTF8.self), path: path)
  }

  /// - Throws: `TunerError` that names the line whose fields are too few or too many.
  init(csv: String, path: String) throws(TunerError) {
    self.path = path
    isText = true
    // The byte order mark that spreadsheets begin a file with is no part of the first name.
    let lines = try CSVText.lines(of: csv.hasPrefix("\u{FEFF}") ? String(csv.dropFirst()) : csv, path: path)
    let names = lines.first ?? []
    var values = Array(repeating: [String](), count: names.count)
    for (index, fields) in lines.enumerated().dropFirst() {
      guard fields.count == names.count else {
        throw TunerError(
          .usage, subject: "\(path):\(index + 1)", expected: "\(names.count) fields, as the first line has",
          found: "\(fields.count)", remedy: "Write a field for each column; quote those that hold a comma.")
      }
      for (column, field) in fields.enumerated() { values[column].append(field) }
    }
    guard Set(names).count == names.count else {
      throw TunerError(
        .usage, subject: "\(path):1", expected: "column names that differ", found: "one twice",
        remedy: "Rename or remove one of them.")
    }
    columns = zip(names, values).map { ($0, .texts($1)) }
  }

  private static func readHDF5(_ path: String) throws(TunerError) -> TableColumns {
    do throws(HDF5Error) {
      let file = try HDF5File.open(path)
      var columns: [(name: String, values: Column)] = []
      for name in try file.root.names() { columns.append((name, try file.root.readColumn(name))) }
      return try TableColumns(columns, path: path)
    } catch {
      throw TunerError(
        .usage, subject: path, expected: "datasets of one dimension, numbers or texts", found: "\(error)",
        remedy: "Write one dataset a column at the file's root.")
    }
  }

  private init(_ columns: [(name: String, values: Column)], path: String) throws(HDF5Error) {
    self.path = path
    self.columns = columns
    isText = false
    for column in columns where column.values.count != columns[0].values.count {
      throw HDF5Error(
        file: path, object: column.name,
        problem: .unexpected(
          expected: "\(columns[0].values.count) rows, as \(columns[0].name) has",
          found: "\(column.values.count)",
          remedy: "Give every column the same length."))
    }
  }
}

extension HDF5Group {
  fileprivate borrowing func readColumn(_ name: String) throws(HDF5Error) -> TableColumns.Column {
    guard try shape(of: name).count == 1 else {
      throw HDF5Error(
        file: file, object: name,
        problem: .unexpected(
          expected: "one dimension", found: "\(try shape(of: name))", remedy: "Write one value a row."))
    }
    if let numbers = try readNumbers(name) { return .numbers(numbers.values) }
    return .texts(try read(name, as: String.self).values)
  }
}
