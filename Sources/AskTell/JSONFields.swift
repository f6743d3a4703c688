import JSON
import Search

/// An object whose keys are known, read member by member.
///
/// Keys that nobody knows are left alone, so that a program may carry its own; but one that looks like a
/// known key misspelt is refused, and so is a key that stands twice.
struct JSONFields<Key: RawRepresentable<String> & CaseIterable & Equatable> {
  let document: JSONDocument
  /// Such as `space[2]`; empty for the whole line.
  let subject: String
  private var members: [(key: Key, value: JSONDocument.Node)] = []

  /// - Throws: `LineError` when the value is no object.
  init(_ node: JSONDocument.Node, of document: JSONDocument, _ subject: String) throws(LineError) {
    self.document = document
    self.subject = subject
    guard document.kind(of: node) == .object else {
      throw LineError(
        subject.isEmpty ? "the line" : subject, expected: "an object", found: document.excerpt(of: node),
        remedy: "Write {...} with the keys \(Self.known).")
    }
    members.reserveCapacity(Key.allCases.count)
    for (name, value) in document.members(of: node) {
      let text = document.text(of: name) ?? ""
      guard let key = Key(rawValue: text) ?? Self.aliases[text].flatMap(Key.init) else {
        try check(unknown: text)
        continue
      }
      guard self[key] == nil else {
        throw LineError(
          place(of: key), expected: "one value", found: "the key twice", remedy: "Remove one of them.")
      }
      members.append((key, value))
    }
  }

  /// The value of a key; nil where the key is missing.
  subscript(key: Key) -> JSONDocument.Node? {
    for member in members where member.key == key { return member.value }
    return nil
  }

  /// The same, and nil too where the value is `null`.
  func given(_ key: Key) -> JSONDocument.Node? {
    self[key].flatMap { document.kind(of: $0) == .null ? nil : $0 }
  }

  /// `space[2].low`.
  func place(of key: Key) -> String { subject.isEmpty ? key.rawValue : "\(subject).\(key.rawValue)" }

  /// What experiment files call a key that is called otherwise here.
  private static var aliases: [String: String] {
    ["goal": "direction", "values": "choices", "low": "min", "high": "max"]
  }

  private static var known: String { Key.allCases.map(\.rawValue).joined(separator: ", ") }

  private func check(unknown text: String) throws(LineError) {
    // Long keys are nobody's slip of the pen, and comparing them costs their length squared.
    guard text.count <= 20, let meant = nearest(to: text, among: Key.allCases.map(\.rawValue)) else { return }
    throw LineError(
      subject.isEmpty ? text : "\(subject).\(text)", expected: "a known key (\(Self.known))", found: text,
      remedy: "Did you mean \(meant)?")
  }
}

// Values of one kind, or an error that names the key.
extension JSONFields {
  func error(_ key: Key, expected: String, remedy: String) -> LineError {
    LineError(
      place(of: key), expected: expected, found: self[key].map { document.excerpt(of: $0) } ?? "nothing",
      remedy: remedy)
  }

  func text(_ key: Key, expected: String, remedy: String) throws(LineError) -> String {
    guard let node = self[key], let text = document.text(of: node) else {
      throw error(key, expected: expected, remedy: remedy)
    }
    return text
  }

  func number(_ key: Key, remedy: String) throws(LineError) -> Double {
    guard let node = self[key], let number = document.number(of: node) else {
      throw error(key, expected: "a finite number", remedy: remedy)
    }
    return number
  }

  /// - Parameter standIn: what a missing key means; nil where the key is needed.
  func integer(
    _ key: Key, in range: ClosedRange<Int>, standIn: Int? = nil, remedy: String
  ) throws(LineError) -> Int {
    guard let node = given(key) else {
      if let standIn { return standIn }
      throw error(key, expected: Self.describe(range), remedy: remedy)
    }
    guard let integer = document.integer(of: node), range.contains(integer) else {
      throw error(key, expected: Self.describe(range), remedy: remedy)
    }
    return integer
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (.min, .max): "an integer"
    case (let low, .max): "an integer at least \(low)"
    case (let low, let high): "an integer from \(low) to \(high)"
    }
  }

  /// False where the key is missing.
  func flag(_ key: Key) throws(LineError) -> Bool {
    guard let node = given(key) else { return false }
    switch document.kind(of: node) {
    case .yes: return true
    case .no: return false
    default: throw error(key, expected: "true or false", remedy: "Write one of them, or leave the key out.")
    }
  }

  /// The elements of a list; nil where the key is missing.
  func list(_ key: Key, remedy: String) throws(LineError) -> [JSONDocument.Node]? {
    guard let node = given(key) else { return nil }
    guard document.kind(of: node) == .array else { throw error(key, expected: "a list", remedy: remedy) }
    return Array(document.elements(of: node))
  }
}
