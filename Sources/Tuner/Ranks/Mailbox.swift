import Foundation
import MPI
import Search

/// Typed messages as JSON over a communicator. A send never waits: a dead receiver must not take the sender
/// along.
final class Mailbox {
  let communicator: Communicator
  private var unsent: [Sending] = []
  /// States that nobody waits for any more, while they still come.
  var late: [StateArrival] = []

  init(_ communicator: consuming Communicator) { self.communicator = communicator }

  enum Channel {
    static let instruction = Tag(1)
    static let notice = Tag(2)
    static let stateHeader = Tag(4)

    /// Of a state's own, so that no piece of it is taken for one of another.
    static func stateBlock(_ ticket: Int) -> Tag { Tag(16 + ticket % 16_000) }
  }

  func send(_ message: some Encodable, to rank: Rank, _ tag: Tag) throws(TunerError) {
    let bytes = try encoded(message)
    try system("sending a message to \(place(of: rank))") { () throws(MPIError) in
      keep(try communicator.startSend(bytes, to: rank, tag: tag))
    }
  }

  /// The next message, if one has come.
  func receive<Message: Decodable>(
    _ type: Message.Type, from rank: Rank? = nil, _ tag: Tag
  ) throws(TunerError) -> (message: Message, source: Rank)? {
    let found = try system("looking for messages") { () throws(MPIError) -> ([UInt8], Rank)? in
      guard let envelope = try communicator.probeNow(from: rank, tag: tag) else { return nil }
      return (try communicator.receiveBytes(from: envelope.source, tag: tag), envelope.source)
    }
    guard let (bytes, source) = found else { return nil }
    do {
      return (try JSONDecoder().decode(Message.self, from: Data(bytes)), source)
    } catch {
      throw TunerError(
        .defect, subject: "a message from \(place(of: source))", expected: "\(Message.self)",
        found: systemWords(error),
        remedy: "Check that all ranks run the same program; if they do, report this as a bug.")
    }
  }

  /// Holds a send, and what it sends, until MPI is done with it.
  func keep(_ request: consuming Request, of memory: AnyObject? = nil) {
    unsent.append(Sending(request, of: memory))
  }

  /// Moves sends on; MPI makes no progress by itself.
  func progress() throws(TunerError) {
    if !late.isEmpty { try forgetArrivedStates() }
    if unsent.isEmpty { return }
    try system("sending") { () throws(MPIError) in
      var rest: [Sending] = []
      for sending in unsent where try !sending.isComplete() { rest.append(sending) }
      unsent = rest
    }
  }

  var isEverythingSent: Bool { unsent.isEmpty }

  /// Waits until every message is on its way.
  func flush(within seconds: Double) throws(TunerError) {
    let deadline = Deadline.seconds(seconds)
    var backOff = BackOff()
    while !isEverythingSent, !deadline.hasPassed {
      try progress()
      backOff.pause()
    }
  }

  /// `rank 3 on node2`, by the rank in the communicator.
  func place(of rank: Rank) -> String {
    let hosts = communicator.hosts
    let host = hosts.indices.contains(rank.rawValue) ? hosts[rank.rawValue] : "an unknown host"
    return "\(rank) of \(communicator.name) on \(host)"
  }

  private func encoded(_ message: some Encodable) throws(TunerError) -> [UInt8] {
    do {
      return [UInt8](try JSONEncoder().encode(message))
    } catch {
      throw TunerError(
        .defect, subject: "a message", expected: "values that JSON can hold",
        found: systemWords(error),
        remedy: "Report this as a bug.")
    }
  }
}

/// A request in a list: requests cannot be copied, references to them can.
private final class Sending {
  private let request: Request
  private let memory: AnyObject?

  init(_ request: consuming Request, of memory: AnyObject?) {
    self.request = request
    self.memory = memory
  }

  func isComplete() throws(MPIError) -> Bool { try request.test() }
}

/// Turns MPI's errors into this room's.
func system<Result>(
  _ subject: @autoclosure () -> String, _ body: () throws(MPIError) -> Result
) throws(TunerError) -> Result {
  do throws(MPIError) {
    return try body()
  } catch {
    throw TunerError(error, subject())
  }
}

extension TunerError {
  init(_ error: MPIError, _ subject: String) {
    self.init(
      .system, subject: subject, expected: "MPI to succeed", found: "\(error)",
      remedy: "Start the same command again: it goes on from the last save.")
  }
}
