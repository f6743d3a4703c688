// A rank that fails alone must not leave the others in a collective that it will never enter. So before such
// a collective, and after every stretch in which a rank may fail alone, the ranks ask each other.

extension Communicator {
  /// What the first rank says that cannot go on; nil when all can. Collective.
  ///
  /// - Parameters:
  ///   - words: why this rank cannot go on, in a form that all ranks know; nil when it can.
  ///   - deadline: for the slowest rank to come.
  /// - Returns: the same on every rank.
  public borrowing func firstFailure(
    _ words: [UInt8]?, deadline: Deadline? = nil
  ) throws(MPIError) -> (rank: Rank, words: [UInt8])? {
    let deadline = self.deadline(deadline)
    let vote = words == nil ? Int64(size) : Int64(rank.rawValue)
    let first = try allReduce(vote, .minimum, deadline: deadline)
    if first == Int64(size) { return nil }
    let failed = Rank(Int(first))
    return (failed, try broadcastBytes(words, from: failed, deadline: deadline))
  }
}
