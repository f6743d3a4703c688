import Foundation

/// docs/search.md, as far as tests compare it with the code.
enum SearchDocument {
  struct Section {
    var name: String
    /// Cells of its tables' lines.
    var rows: [[String]] = []

    /// The defaults of its table of options, by name.
    var options: [String: String] {
      var defaults: [String: String] = [:]
      for row in rows where row.count == 3 && row[0].hasPrefix("`") {
        defaults[row[0].trimmingCharacters(in: ["`"])] = row[1].trimmingCharacters(in: ["`"])
      }
      return defaults
    }
  }

  /// The parts under third-level headings of the chapter with this title.
  static func sections(under chapter: String) throws -> [Section] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/search.md"), encoding: .utf8)
    var sections: [Section] = []
    var isWanted = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") { isWanted = line == "## \(chapter)" }
      guard isWanted else { continue }
      if line.hasPrefix("### ") { sections.append(Section(name: String(line.dropFirst(4)))) }
      guard line.hasPrefix("|"), let last = sections.indices.last else { continue }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      sections[last].rows.append(cells)
    }
    return sections
  }

  /// The options under `name` of an encoded configuration: dotted names as files write them, and their
  /// values.
  static func options(of configuration: some Encodable, named name: String) throws -> [String: String] {
    let document = try JSONSerialization.jsonObject(with: JSONEncoder().encode(configuration))
    guard let options = (document as? [String: Any])?[name] as? [String: Any] else { return [:] }
    return flattened(options, prefix: "")
  }

  private static func flattened(_ object: [String: Any], prefix: String) -> [String: String] {
    var values: [String: String] = [:]
    for (key, value) in object {
      let name = prefix + snakeCase(key)
      switch value {
      case let inner as [String: Any]:
        values.merge(flattened(inner, prefix: name + ".")) { first, _ in first }
      case let list as [Any]: values[name] = list.map { "\($0)" }.joined(separator: ", ")
      // A Boolean is a number whose C type is a character.
      case let number as NSNumber where String(cString: number.objCType) == "c":
        values[name] = "\(number.boolValue)"
      default: values[name] = "\(value)"
      }
    }
    return values
  }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      text += letter.isUppercase ? "_\(letter.lowercased())" : "\(letter)"
    }
  }
}
