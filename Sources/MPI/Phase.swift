/// What a rank waits for, put into words only when the wait fails.
struct Phase {
  /// `send`, `all-reduce (sum)`.
  var action: String
  var count: Int
  /// Nil for what carries no data.
  var scalar: (any MPIScalar.Type)?
  var peer: (preposition: StaticString, rank: Rank)?
  var tag: Tag?

  init(
    _ action: String, count: Int = 0, of scalar: (any MPIScalar.Type)? = nil,
    _ peer: (preposition: StaticString, rank: Rank)? = nil, tag: Tag? = nil
  ) {
    self.action = action
    self.count = count
    self.scalar = scalar
    self.peer = peer
    self.tag = tag
  }

  func text(on communicator: String) -> String {
    var words = [action]
    if let scalar { words.append("of \(count) \(scalar)") }
    if let tag { words.append("with \(tag)") }
    if let peer { words.append("\(peer.preposition) \(peer.rank)") }
    words.append("on \(communicator)")
    return words.joined(separator: " ")
  }
}
