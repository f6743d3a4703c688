import ArgumentParser
import Search

// Options whose values are the names of kinds.

extension CompletionKind {
  static func names<Kind: RawRepresentable<String> & CaseIterable>(of kinds: Kind.Type) -> Self {
    .list(kinds.allCases.map(\.rawValue))
  }
}

/// All of them, for the help.
func names<Kind: RawRepresentable<String> & CaseIterable>(_ kinds: Kind.Type) -> String {
  kinds.allCases.map(\.rawValue).joined(separator: ", ")
}

/// The kind of this name, or an error that guesses which one was meant.
func named<Kind: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Kind {
  guard let kind = Kind(rawValue: name) else {
    throw ValidationError(
      "expected a known name, found \(name). \(suggestion(for: name, among: Kind.allCases.map(\.rawValue)))")
  }
  return kind
}
