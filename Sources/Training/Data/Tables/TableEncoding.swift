/// How the columns of a table become samples and targets: found in the file of the training samples, and used
/// for those of other parts as it is.
struct TableEncoding: Codable, Equatable, Sendable {
  struct Feature: Codable, Equatable, Sendable {
    var name: String
    var column: TableColumn
  }

  var features: [Feature]
  var targets: [String]
  /// The distinct texts of the target, in order, where it is a class; empty for numbers.
  var classes: [String]
  /// The fields that are missing, of all features.
  var missing = 0
  /// What becomes of them.
  var filling = CSVData.Missing.mean

  /// Numbers of a sample.
  var width: Int { features.reduce(0) { $0 + $1.column.width } }

  /// A sentence for people: how many columns of which kind, and what is to be learned.
  var findings: [String] {
    let numbers = features.count { $0.column == .numbers }
    let categories = features.compactMap { feature -> String? in
      guard case .categories(let values) = feature.column else { return nil }
      return "\(feature.name) (\(Self.listed(values)))"
    }
    var lines = ["\(numbers) columns of numbers, \(categories.count) of categories: \(width) features"]
    lines += categories.map { "categories \($0)" }
    if missing > 0 {
      lines.append("\(missing) missing values, which become \(filling.words) of the train split")
    }
    let kind = classes.isEmpty ? "in numbers" : "of the classes \(Self.listed(classes))"
    return lines + ["target \(targets.joined(separator: ", ")), \(kind)"]
  }

  private static func listed(_ values: [String]) -> String {
    let most = 8
    let rest = values.count > most ? ", ... of \(values.count)" : ""
    return values.prefix(most).joined(separator: ", ") + rest
  }
}
