import Yams

/// A key that the reader knows: a row of the reference in docs/experiment-file.md.
struct Question: Sendable {
  var path: String
  var expected: String
  var shape: ValueShape
  /// Whether a file without it is refused.
  var isRequired: Bool
  /// Nil when the key has no default.
  var `default`: String?
  /// Where the file answers it; the section where it does not.
  var location: FileLocation
  /// Whether the file does.
  var isAnswered: Bool
}

/// The choice on which the other keys of a section depend, such as `kind: asha`.
struct Variant: Equatable, Sendable {
  var key: String
  var value: String
}

/// What reading an experiment file brought to light.
final class Findings {
  private(set) var problems: [ExperimentProblem] = []
  var questions: [Question] = []
  /// Of sections, by their paths.
  var variants: [String: Variant] = [:]

  func report(_ location: FileLocation, _ path: String, expected: String, found: String, remedy: String) {
    problems.append(
      ExperimentProblem(location: location, path: path, expected: expected, found: found, remedy: remedy))
  }

  /// Whether nothing was found to be wrong with `path`, with what it holds and with what it lies in. What is
  /// not sound has stand-ins in it, and is not judged again.
  func isSound(_ path: String) -> Bool {
    !problems.contains { problem in
      problem.path == path || problem.path.isEmpty || problem.path.hasPrefix("\(path).")
        || path.hasPrefix("\(problem.path).")
    }
  }

  /// The key that a path, or the last words of one, means: `search.scheduler.reduction`, `batch_size`. The
  /// search space's own entries are not meant.
  func question(about words: String) -> Question? {
    questions.first {
      $0.path == words || $0.path.hasSuffix(".\(words)") && !$0.path.hasPrefix("search.space.")
    }
  }
}

/// A node in a message: the text of a scalar, the flow style of anything else, never more than a line.
func describe(_ node: Node) -> String {
  let longest = 120
  let text = flowText(node).replacing("\n", with: " ")
  return text.count > longest ? "\(text.prefix(longest - 3))..." : text
}

private func flowText(_ node: Node) -> String {
  switch node {
  case .scalar(let scalar):
    scalar.style == .plain || scalar.style == .any
      ? (scalar.string.isEmpty ? "nothing" : scalar.string) : "\"\(scalar.string)\""
  case .sequence(let nodes): "[" + nodes.map(flowText).joined(separator: ", ") + "]"
  case .mapping(let mapping):
    "{" + mapping.map { "\(flowText($0.key)): \(flowText($0.value))" }.joined(separator: ", ") + "}"
  case .alias(let alias): "*\(alias.anchor.rawValue)"
  }
}
