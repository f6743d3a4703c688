extension DecodingError {
  /// What is wrong with a JSON text, in words: which key, and what of it.
  public var words: String {
    switch self {
    case .keyNotFound(let key, let context): "no key \(Self.path(context.codingPath + [key]))"
    case .valueNotFound(_, let context): "nothing at \(Self.path(context.codingPath))"
    case .typeMismatch(_, let context): "a value of another type at \(Self.path(context.codingPath))"
    case .dataCorrupted(let context) where context.codingPath.isEmpty: "text that is no JSON"
    case .dataCorrupted(let context):
      "a value at \(Self.path(context.codingPath)) that says: \(context.debugDescription)"
    @unknown default: "text that cannot be read"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.isEmpty
      ? "the top" : keys.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
  }
}
