// What a parameter tensor is for, where its place or name tells.
enum ParameterRoles {
  /// A table of embeddings, of characters, positions or categories: a vector for each, of which a sample takes some.
  static func isEmbedding(_ name: String) -> Bool {
    ["tokens.weight", "positions.weight"].contains(name) || name.hasPrefix("embeddings.")
  }
}

extension ParameterLayout {
  /// The matrix that gives the outputs: the last of the forward pass. Nil where the outputs are read from the
  /// table of embeddings, so that the last matrix is a hidden one.
  var outputMatrix: Segment? {
    let names = Set(segments.map(\.name))
    let isTied = names.contains("tokens.weight") && !names.contains("head.weight")
    return isTied ? nil : segments.last { $0.shape.count > 1 }
  }
}
