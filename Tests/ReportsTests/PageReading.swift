import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A page as an XML parser reads it. Whatever is malformed ends the test with the parser's own words.
struct PageReading {
  struct Element {
    var name: String
    var attributes: [String: String]
    /// Of the element itself, without its children's.
    var text = ""
    /// The names of the elements around it, the outermost first.
    var path: [String]
    /// The number of the drawing that it is in, from 1.
    var drawing: Int
  }

  private(set) var elements: [Element] = []

  init(_ page: String) throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = reader
    guard parser.parse() else {
      throw Malformed(line: parser.lineNumber, reason: "\(parser.parserError.map { "\($0)" } ?? "unknown")")
    }
    elements = reader.elements
  }

  struct Malformed: Error { var line: Int, reason: String }

  func elements(_ name: String, class style: String? = nil) -> [Element] {
    elements.filter { element in
      element.name == name
        && style.map { (element.attributes["class"] ?? "").split(separator: " ").contains(Substring($0)) }
          ?? true
    }
  }

  /// Everything that a reader sees, and all tooltips.
  var text: String {
    elements.filter { !["style", "script"].contains($0.name) }.map(\.text).joined(separator: "\n")
  }

  /// The cells of the table under a heading, row by row.
  func rows(under heading: String) throws -> [[String]] {
    let headings = ["h2", "h3"]
    let start = try #require(elements.firstIndex { headings.contains($0.name) && $0.text == heading })
    var rows: [[String]] = []
    for element in elements[start...].dropFirst() {
      if headings.contains(element.name) { break }
      if element.name == "tr" { rows.append([]) }
      if element.name == "td" { rows[rows.count - 1].append(element.text) }
    }
    return rows.filter { !$0.isEmpty }
  }
}

private final class Reader: NSObject, XMLParserDelegate {
  var elements: [PageReading.Element] = []
  private var open: [Int] = []
  private var drawings = 0

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let path = open.map { elements[$0].name }
    if name == "svg", !path.contains("svg") { drawings += 1 }
    elements.append(PageReading.Element(name: name, attributes: attributes, path: path, drawing: drawings))
    open.append(elements.count - 1)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?)
  {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let innermost = open.last { elements[innermost].text += text }
  }
}
