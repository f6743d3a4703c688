import Yams

/// A value given beside the file: `search.scheduler.generations=24`.
struct Setting {
  let path: [String]
  let value: Node

  /// The document with every setting in its place, the later ones last.
  static func apply(_ settings: [String], to document: Node?) throws(ExperimentError) -> Node? {
    var document = document
    for text in settings {
      let setting = try Setting(text)
      document = setting.replacing(in: document, at: setting.path[...])
    }
    return document
  }

  private init(_ text: String) throws(ExperimentError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !path.contains("") else {
      throw ExperimentError([
        ExperimentProblem(
          location: FileLocation(file: "--set"), path: "",
          expected: "key=value, such as training.batch_size=128",
          found: text, remedy: "See docs/experiment-file.md for the keys.")
      ])
    }
    self.path = path
    let value = try ExperimentDocument.root(of: String(parts[1]), file: "--set \(text)") ?? Node("")
    self.value = value.withoutMarks
  }

  private func replacing(in node: Node?, at path: ArraySlice<String>) -> Node {
    guard let key = path.first else { return value }
    var mapping = node?.mapping ?? Node.Mapping([])
    // A bare word such as `data: digits` is short for `{kind: digits}`.
    if let word = node, word.mapping == nil, plain(word) != "" { mapping["kind"] = word }
    mapping[Node(key)] = replacing(in: mapping[Node(key)], at: path.dropFirst())
    return .mapping(mapping)
  }
}

extension Node {
  /// A copy that lies nowhere: a mistake in a setting is not on a line of the file.
  fileprivate var withoutMarks: Node {
    switch self {
    case .scalar(let scalar): Node(scalar.string, scalar.tag, scalar.style)
    case .sequence(let nodes): Node(nodes.map(\.withoutMarks), nodes.tag, nodes.style)
    case .mapping(let mapping):
      Node(mapping.map { ($0.key.withoutMarks, $0.value.withoutMarks) }, mapping.tag, mapping.style)
    case .alias: self
    }
  }
}
