/// A table while it becomes a data set.
struct TableReading {
  private let table: CSVText
  private let settings: CSVData
  /// Columns by their place in the table.
  private let (targets, features): ([Int], [Int])

  /// - Throws: `TrainingError.data` for a column that is not there, and where none is left to learn from.
  init(_ table: CSVText, _ settings: CSVData) throws(TrainingError) {
    (self.table, self.settings) = (table, settings)
    targets = try Self.columns(settings.target, of: table, key: "target")
    let ignored = try Self.columns(settings.ignore, of: table, key: "ignore")
    _ = try Self.columns(settings.categories, of: table, key: "categories")
    let left = Set(targets + ignored)
    features = table.names.indices.filter { !left.contains($0) }
    guard !features.isEmpty else {
      throw .data(
        path: table.path, expected: "a column besides target and ignored ones", found: "none",
        remedy: "Name the delimiter, where the columns were not told apart, or ignore fewer.")
    }
  }

  /// The places of columns that are named, or numbered from 1.
  private static func columns(
    _ words: [String], of table: CSVText, key: String
  ) throws(TrainingError) -> [Int] {
    var places: [Int] = []
    for word in words {
      if let place = table.names.firstIndex(of: word) {
        places.append(place)
      } else if let number = Int(word), table.names.indices.contains(number - 1) {
        places.append(number - 1)
      } else {
        let most = 30
        let more = table.names.count > most ? ", ..." : ""
        let names = table.names.prefix(most).joined(separator: ", ") + more
        throw .data(
          path: table.path, expected: "a column \(word), as data.\(key) says", found: "the columns \(names)",
          remedy: "Write one of their names, or a number from 1 to \(table.names.count).")
      }
    }
    return places
  }

  /// The texts of a column in which none is missing.
  static func texts(ofColumn name: String, in table: CSVText, key: String) throws(TrainingError) -> [String] {
    guard let column = try columns([name], of: table, key: key).first else { return [] }
    let reading = try ColumnReading(column, of: table)
    if let row = reading.texts.firstIndex(of: nil) {
      throw reading.refused(row, "a value", nil, "Fill it in, or remove the line.")
    }
    return reading.texts.compactMap(\.self)
  }

  /// - Parameter known: how the file of the training samples was read, for one of another part.
  func dataSet(as known: TableEncoding?) throws(TrainingError) -> DataSet {
    let names = features.map { table.names[$0] }
    if let known, known.features.map(\.name) != names {
      throw .data(
        path: table.path, expected: "the columns \(known.features.map(\.name).joined(separator: ", "))",
        found: names.joined(separator: ", "), remedy: "Give files that belong together.")
    }
    var encoding = TableEncoding(features: [], targets: targets.map { table.names[$0] }, classes: [])
    encoding.filling = settings.missing
    var columns: [[Float]] = []
    for (place, column) in features.enumerated() {
      let reading = try ColumnReading(column, of: table)
      let isCategory = settings.categories.contains { $0 == reading.name || $0 == "\(column + 1)" }
      let kind =
        if let known { known.features[place].column } else { try reading.kind(isCategory: isCategory) }
      if settings.missing == .refuse, let row = reading.texts.firstIndex(of: nil) {
        throw reading.refused(row, "a value", nil, "Fill it in, ignore the column, or write missing: mean.")
      }
      encoding.features.append(TableEncoding.Feature(name: reading.name, column: kind))
      encoding.missing += reading.missing
      columns += try encoded(reading, kind)
    }
    let values = try samples(of: columns)
    let target = try self.target(known, &encoding)
    var set = DataSet(
      source: table.path, samples: .labelled(values: .memory(values), shape: [columns.count], targets: target)
    )
    set.encoding = known ?? encoding
    set.encoding?.missing = encoding.missing
    return set
  }

  /// The features of a column, `[features, rows]`; not a number where a value is missing.
  private func encoded(_ reading: ColumnReading, _ kind: TableColumn) throws(TrainingError) -> [[Float]] {
    switch kind {
    case .numbers:
      var numbers: [Float] = []
      for (row, text) in reading.texts.enumerated() {
        guard let text else {
          numbers.append(.nan)
          continue
        }
        guard let number = TableColumn.number(text) else {
          throw reading.refused(row, "a number", text, "Mend it.")
        }
        numbers.append(number)
      }
      return [numbers]
    case .categories(let values):
      let places = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
      var columns = Array(repeating: [Float](repeating: 0, count: reading.texts.count), count: values.count)
      for (row, text) in reading.texts.enumerated() {
        guard let text else {
          for place in values.indices { columns[place][row] = .nan }
          continue
        }
        guard let place = places[text] else {
          throw reading.refused(
            row, "one of the categories of the training samples", text, "Mend it, or ignore the column.")
        }
        columns[place][row] = 1
      }
      return columns
    }
  }

  private func samples(of columns: [[Float]]) throws(TrainingError) -> SampleMemory<Float> {
    try SampleMemory(count: table.rowCount * columns.count) { buffer in
      for (place, column) in columns.enumerated() {
        for row in column.indices {
          buffer.initializeElement(at: row * columns.count + place, to: column[row])
        }
      }
    }
  }

  private func target(
    _ known: TableEncoding?, _ encoding: inout TableEncoding
  ) throws(TrainingError) -> TargetMemory {
    var readings: [ColumnReading] = []
    for column in targets { readings.append(try ColumnReading(column, of: table)) }
    for reading in readings {
      if let row = reading.texts.firstIndex(of: nil) {
        throw reading.refused(row, "a target", nil, "Remove the line: what is not known cannot be learned.")
      }
    }
    if settings.task == .regression { return try numbers(readings) }
    guard let reading = readings.first else { throw .library("a table without a target") }
    if known == nil { encoding.classes = try classes(of: reading) }
    let classes = known?.classes ?? encoding.classes
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    var labels: [Int64] = []
    for (row, text) in reading.texts.enumerated() {
      guard let place = places[text ?? ""] else {
        throw reading.refused(row, "one of the classes of the training samples", text, "Mend it.")
      }
      labels.append(Int64(place))
    }
    return .classes(try SampleMemory(labels), count: classes.count)
  }

  /// - Throws: `TrainingError.data` for numbers that are not whole: they are to be learned by regression.
  private func classes(of reading: ColumnReading) throws(TrainingError) -> [String] {
    for (row, text) in reading.texts.enumerated() {
      if let text, let number = TableColumn.number(text), number != number.rounded() {
        throw reading.refused(row, "a class", text, "Write task: regression, to learn numbers.")
      }
    }
    guard case .categories(let classes) = try reading.kind(isCategory: true) else { return [] }
    return classes
  }

  private func numbers(_ readings: [ColumnReading]) throws(TrainingError) -> TargetMemory {
    var columns: [[Float]] = []
    for reading in readings { columns += try encoded(reading, .numbers) }
    return .numbers(try samples(of: columns), outputs: columns.count)
  }
}
