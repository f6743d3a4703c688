// What is wrong in a document, and where.

/// A step of a path: a member's key, or an element's place.
struct PathKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(_ place: Int) {
    stringValue = "Index \(place)"
    intValue = place
  }

  init(intValue: Int) { self.init(intValue) }
}

extension JSONDocument {
  /// No number, or one that the type does not hold.
  func numberError(_ type: Any.Type, at node: Node) -> DecodingError {
    guard kind(of: node) == .number else { return mismatch(type, "a number", at: node) }
    return .dataCorrupted(
      DecodingError.Context(
        codingPath: path(to: node),
        debugDescription: "the number \(excerpt(of: node)) does not fit in \(type)"))
  }

  func mismatch(_ type: Any.Type, _ expected: String, at node: Node) -> DecodingError {
    let context = DecodingError.Context(
      codingPath: path(to: node), debugDescription: "expected \(expected), found \(excerpt(of: node))")
    return kind(of: node) == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  /// The keys and places that lead to a node.
  func path(to goal: Node) -> [any CodingKey] {
    var path: [any CodingKey] = []
    var node = root
    while node != goal {
      var isFound = false
      for (key, value) in members(of: node) where holds(value, goal) {
        path.append(PathKey(stringValue: text(of: key) ?? ""))
        (node, isFound) = (value, true)
      }
      for (place, element) in elements(of: node).enumerated() where holds(element, goal) {
        path.append(PathKey(place))
        (node, isFound) = (element, true)
      }
      guard isFound else { return path }
    }
    return path
  }

  private func holds(_ node: Node, _ goal: Node) -> Bool {
    goal.place >= node.place && goal.place < tokens[node.place].next
  }
}
