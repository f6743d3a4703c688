import Foundation

extension DecodingError {
  /// What is wrong with a JSON text, in words: which key, and what of it.
  package var words: String {
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

/// What was found in the place of something that can be read or made: of Foundation's errors the words of the
/// system call below, because their own are no more than a number.
package func foundWords(_ error: any Error) -> String {
  if let error = error as? DecodingError { return error.words }
  if let below = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error {
    return String(cString: strerror(CInt(truncatingIfNeeded: (below as NSError).code)))
  }
  return "\(error)"
}
