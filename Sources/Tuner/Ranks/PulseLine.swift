import Foundation
package import MPI

/// What rank 0 tells a rank's other thread.
package enum PulseWord: Equatable, Sendable {
  case alive(ControllerWord)
  /// The attempt of this number is over, because somebody in its group is gone.
  case ended(Int, why: String)
}

/// The communicator of signs of life, which only the threads use that give and hear them: the messages are a
/// few numbers, and no send waits.
package final class PulseLine: @unchecked Sendable {
  private let communicator: Communicator
  /// This rank's.
  let node: NodeSigns
  /// The ranks of each node that are told of together, by the first of them.
  package let nodes: [Int: [Int]]
  /// By receiver: a rank that takes none gets no more.
  private var unsent: [Rank: SendUnderWay] = [:]

  private static let signs = Tag(1)
  private static let alive = Tag(2)
  private static let ended = Tag(3)

  /// Collective over `world`. The messages that nobody takes at the end are MPI's to forget.
  package init(_ world: borrowing Communicator) throws(MPIError) {
    var communicator = try world.duplicate(named: "signs of life")
    communicator.leaveToFinalize()
    self.communicator = communicator
    node = try NodeSigns(joining: world)
    let first = try world.allGather([Int64(node.members.first ?? 0)])
    nodes = Dictionary(grouping: first.indices.dropFirst()) { Int(first[$0][0]) }
  }

  package var size: Int { communicator.size }
  var hosts: [String] { communicator.hosts }

  /// Signals are the main thread's.
  func blockSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
  }

  // MARK: A rank's side

  /// - Returns: false, with nothing sent, while rank 0 has not taken what was sent before.
  package func send(_ messages: [GatheredSigns]) throws(MPIError) -> Bool {
    guard try isTaken(by: .root) else { return false }
    for message in messages { try start(message.numbers, to: .root, Self.signs) }
    return true
  }

  package func receiveWord() throws(MPIError) -> PulseWord? {
    if let envelope = try communicator.probeNow(for: Int64.self, from: .root, tag: Self.alive) {
      let numbers = try communicator.receive(Int64.self, from: envelope.source, tag: Self.alive)
      return .alive(ControllerWord(rawValue: numbers.first ?? 0))
    }
    guard let envelope = try communicator.probeNow(from: .root, tag: Self.ended) else { return nil }
    let bytes = try communicator.receiveBytes(from: envelope.source, tag: Self.ended)
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
    return .ended(words.first.flatMap { Int($0) } ?? -1, why: words.last.map(String.init) ?? "")
  }

  // MARK: Rank 0's side

  /// The next signs that have come. A library may take something else in at a look, such as the end of a
  /// send: so there are none only when several looks find none.
  func receiveSigns() throws(MPIError) -> (source: Rank, signs: GatheredSigns)? {
    for _ in 0..<Self.looks {
      guard let envelope = try communicator.probeNow(for: Int64.self, tag: Self.signs) else { continue }
      let numbers = try communicator.receive(Int64.self, from: envelope.source, tag: Self.signs)
      if let signs = GatheredSigns(numbers) { return (envelope.source, signs) }
    }
    return nil
  }

  private static let looks = 16

  /// Left out while the rank has not taken what was sent before.
  func sendAlive(_ word: ControllerWord, to rank: Rank) throws(MPIError) {
    if try isTaken(by: rank) { try start([word.rawValue], to: rank, Self.alive) }
  }

  /// Never left out.
  func sendEnd(of attempt: Int, because why: String, to rank: Rank) throws(MPIError) {
    try start(Array("\(attempt) \(why)".utf8), to: rank, Self.ended)
  }

  // MARK: Sending

  private func isTaken(by rank: Rank) throws(MPIError) -> Bool {
    if let before = unsent[rank], try !before.isComplete() { return false }
    unsent[rank] = nil
    return true
  }

  private func start<Scalar: MPIScalar>(_ values: [Scalar], to rank: Rank, _ tag: Tag) throws(MPIError) {
    let request = try communicator.startSend(values, to: rank, tag: tag)
    if try !request.test() { unsent[rank] = SendUnderWay(request, before: unsent[rank]) }
  }
}

/// A send that MPI is not done with.
private final class SendUnderWay {
  private let request: Request
  private let before: SendUnderWay?

  init(_ request: consuming Request, before: SendUnderWay?) {
    self.request = request
    self.before = before
  }

  func isComplete() throws(MPIError) -> Bool {
    if let before, try !before.isComplete() { return false }
    return try request.test()
  }
}
