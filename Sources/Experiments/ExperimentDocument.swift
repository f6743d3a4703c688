import Foundation
import Yams

/// The YAML of an experiment file, before any key of it has a meaning.
enum ExperimentDocument {
  /// No experiment is longer; a data set that was named by mistake is.
  private static let mostBytes = 16 << 20

  /// The text of the file at `path`.
  static func text(at path: String) throws(ExperimentError) -> String {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    func unreadable(_ found: String, _ remedy: String) -> ExperimentError {
      problem(path, nil, "a readable experiment file in UTF-8", found, remedy)
    }
    guard exists, !isDirectory.boolValue, let bytes = FileManager.default.contents(atPath: path) else {
      throw unreadable(
        isDirectory.boolValue ? "a directory" : exists ? "one that cannot be read" : "no such file",
        "Correct the path; configs/ has examples.")
    }
    guard bytes.count <= mostBytes else {
      throw unreadable("one of \(bytes.count) bytes", "Name the experiment; data has a file of its own.")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw unreadable("one in UTF-16", "Save it as UTF-8.")
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw unreadable("bytes that are none", "Save it as UTF-8.")
    }
    return text
  }

  /// The document's root, merge keys resolved; nil for an empty file.
  static func root(of text: String, file: String) throws(ExperimentError) -> Node? {
    try refuseAliasesInKeys(text, file)
    let node: Node?
    do {
      // The byte order mark that some editors begin a file with is no part of the first key.
      node = try Yams.compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    } catch let error as YamlError {
      throw describe(error, text, file)
    } catch {
      throw problem(file, nil, "YAML in UTF-8", "something else", "Check that the file is text.")
    }
    var nodesLeft = 100_000
    return try node.map { node throws(ExperimentError) in
      try merged(node, file, depth: 0, &nodesLeft)
    }
  }

  /// Composing compares keys, and a key of aliases of aliases has billions of parts.
  private static func refuseAliasesInKeys(_ text: String, _ file: String) throws(ExperimentError) {
    guard text.contains("&"),
      text.range(
        of: #"\*[^\s,\[\]{}:]+\s*:(\s|$)|[\]}]\s*:(\s|$)|(^|\s)\?\s"#,
        options: .regularExpression) != nil, text.count(where: { $0 == "*" }) > 16
    else { return }
    throw problem(
      file, nil, "keys that are words, where there are so many aliases", "a list, keys or an alias as a key",
      "Write the key itself.")
  }

  private static func describe(_ error: YamlError, _ text: String, _ file: String) -> ExperimentError {
    switch error {
    case .scanner(_, let message, let mark, _), .parser(_, let message, let mark, _):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let hasTab = lines.indices.contains(mark.line - 1) && lines[mark.line - 1].contains("\t")
      return problem(
        file, mark.line, "YAML", message,
        hasTab
          ? "Indent with spaces: YAML forbids tabs there."
          : "Check indentation, colons and brackets on this line and the one above.")
    case .composer(_, let message, let mark, _) where message.contains("another document"):
      return problem(
        file, mark.line, "one document", "another one", "Remove the line of three dashes, or what follows it."
      )
    case .composer(_, _, let mark, _):
      return problem(
        file, mark.line, "an alias of an anchor above it", "one of none",
        "Define it, as in `base: &name {...}`, or correct the name after the star.")
    case .duplicatedKeysInMapping(let keys, let context):
      return problem(
        file, context.mark.line, "each key once", "\(keys.joined(separator: ", ")) more than once",
        "Remove all but one.")
    case .reader(let message, let offset, _, _):
      let line = offset.map { text.utf8.prefix($0).count { $0 == UInt8(ascii: "\n") } + 1 }
      return problem(file, line, "YAML in UTF-8", message, "Remove what is no text.")
    default:
      return problem(file, nil, "YAML in UTF-8", "something else", "Check that the file is text.")
    }
  }

  private static func problem(
    _ file: String, _ line: Int?, _ expected: String, _ found: String, _ remedy: String
  ) -> ExperimentError {
    ExperimentError([
      ExperimentProblem(
        location: FileLocation(file: file, line: line.flatMap { $0 > 0 ? $0 : nil }), path: "",
        expected: expected, found: found, remedy: remedy)
    ])
  }
}

// Merge keys (YAML 1.1, https://yaml.org/type/merge.html): `<<: *base`, or `<<: [*first, *second]`, gives a
// mapping the keys of another one; its own come first, then those of the first in the list.
extension ExperimentDocument {
  /// How deep a document may be nested; aliases can make it deeper than it looks.
  private static let mostLevels = 64

  /// - Parameter nodesLeft: how many nodes the document may still have, aliases written out: a few lines of
  ///   aliases of aliases stand for billions.
  private static func merged(
    _ node: Node, _ file: String, depth: Int, _ nodesLeft: inout Int
  ) throws(ExperimentError) -> Node {
    nodesLeft -= 1
    guard nodesLeft > 0, depth < mostLevels else {
      throw problem(
        file, node.mark?.line, "at most 100000 values and \(mostLevels) levels, aliases written out", "more",
        "Write fewer aliases, or a smaller experiment.")
    }
    switch node {
    case .scalar, .alias: return node
    case .sequence(let nodes):
      var copies: [Node] = []
      for node in nodes { copies.append(try merged(node, file, depth: depth + 1, &nodesLeft)) }
      return .sequence(Node.Sequence(copies, nodes.tag, nodes.style, nodes.mark))
    case .mapping(let mapping):
      var pairs: [(Node, Node)] = []
      for (key, value) in mapping {
        pairs.append((key, try merged(value, file, depth: depth + 1, &nodesLeft)))
      }
      return .mapping(Node.Mapping(try merging(pairs, file), mapping.tag, mapping.style, mapping.mark))
    }
  }

  /// The pairs with what their merge key stands for in its place.
  private static func merging(_ pairs: [(Node, Node)], _ file: String) throws(ExperimentError) -> [(
    Node, Node
  )] {
    guard let merge = pairs.first(where: { plain($0.0) == "<<" }) else { return pairs }
    let sources = merge.1.sequence.map(Array.init) ?? [merge.1]
    var names = Set(pairs.compactMap { $0.0.scalar?.string })
    var whole = pairs.filter { plain($0.0) != "<<" }
    for source in sources {
      guard let mapping = source.mapping else {
        throw problem(
          file, source.mark?.line ?? merge.0.mark?.line, "keys with values, or a list of them, for <<",
          Experiments.describe(source), "Write for example <<: *base, where base: &base {...} is above.")
      }
      for (key, value) in mapping where names.insert(key.scalar?.string ?? "").inserted {
        whole.append((key, value))
      }
    }
    return whole
  }
}
