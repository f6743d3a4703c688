// What a parameter tensor is for, where its place or name tells.
extension ParameterLayout {
  /// The matrix that gives the outputs: the last of the forward pass. Nil where the outputs are read from the
  /// table of embeddings, so that the last matrix is a hidden one.
  var outputMatrix: Segment? {
    let names = Set(segments.map(\.name))
    let isTied = names.contains("tokens.weight") && !names.contains("head.weight")
    return isTied ? nil : segments.last { $0.shape.count > 1 }
  }
}
