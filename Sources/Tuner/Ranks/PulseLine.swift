import Foundation
package import MPI

/// What rank 0 tells a rank's other thread.
package enum PulseWord: Equatable, Sendable {
  case alive(Sign)
  /// The attempt of this number is over, because somebody in its group is gone.
  case ended(Int, why: String)
}

/// The communicator of signs of life, which only the threads use that give and hear them: the messages are a few
/// numbers, and no send waits.
package final class PulseLine: @unchecked Sendable {
  private let communicator: Communicator
  /// By receiver: a rank that takes none gets no more.
  private var unsent: [Rank: SendUnderWay] = [:]

  private static let sign = Tag(1)
  private static let alive = Tag(2)
  private static let ended = Tag(3)

  /// Collective over `world`. The messages that nobody takes at the end are MPI's to forget.
  package init(_ world: borrowing Communicator) throws(MPIError) {
    var communicator = try world.duplicate(named: "signs of life")
    communicator.leaveToFinalize()
    self.communicator = communicator
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

  package func send(_ sign: Sign) throws(MPIError) { try send(sign.numbers, to: .root, Self.sign) }

  package func receiveWord() throws(MPIError) -> PulseWord? {
    if let envelope = try communicator.probeNow(for: Int64.self, from: .root, tag: Self.alive) {
      return .alive(Sign(try communicator.receive(Int64.self, from: envelope.source, tag: Self.alive)))
    }
    guard let envelope = try communicator.probeNow(from: .root, tag: Self.ended) else { return nil }
    let bytes = try communicator.receiveBytes(from: envelope.source, tag: Self.ended)
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
    return .ended(words.first.flatMap { Int($0) } ?? -1, why: words.last.map(String.init) ?? "")
  }

  // MARK: Rank 0's side

  package func receiveSign() throws(MPIError) -> (Rank, Sign)? {
    guard let envelope = try communicator.probeNow(for: Int64.self, tag: Self.sign) else { return nil }
    return (
      envelope.source, Sign(try communicator.receive(Int64.self, from: envelope.source, tag: Self.sign))
    )
  }

  package func sendAlive(_ sign: Sign, to rank: Rank) throws(MPIError) {
    try send(sign.numbers, to: rank, Self.alive)
  }

  /// Never left out.
  func sendEnd(of attempt: Int, because why: String, to rank: Rank) throws(MPIError) {
    let request = try communicator.startSend(Array("\(attempt) \(why)".utf8), to: rank, tag: Self.ended)
    if try !request.test() { unsent[rank] = SendUnderWay(request, before: unsent[rank]) }
  }

  private func send(_ numbers: [Int64], to rank: Rank, _ tag: Tag) throws(MPIError) {
    if let before = unsent[rank], try !before.isComplete() { return }
    unsent[rank] = nil
    let request = try communicator.startSend(numbers, to: rank, tag: tag)
    if try !request.test() { unsent[rank] = SendUnderWay(request, before: nil) }
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
