/// What can go wrong between ranks.
public enum MPIError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An MPI function returned an error.
  case failedCall(FailedCall)
  /// A wait did not end in time. The communicator is of no more use: messages may still be under way on it.
  case timedOut(TimeOut)
  /// Another thread ended a wait that could not come to its end (`Cancellation`). The communicator is of no more use.
  case cancelled(phase: String, rank: Rank, host: String, reason: String)
  /// The library was asked for a thread level that it cannot give.
  case threadLevel(required: ThreadLevel, provided: ThreadLevel)
  /// An argument that cannot be right, found before MPI was called.
  case invalid(function: String, expected: String, found: String, remedy: String)
  /// A host lacks the memory for something; found on every rank that takes part, before any of it is used.
  ///
  /// `found` is what is there and what limits it; `needed` are bytes.
  case memory(purpose: String, needed: Int, found: String, host: String)

  public struct FailedCall: Equatable, Sendable {
    /// The C function.
    public var function: String
    /// The standard's number and the library's name for the kind of error.
    public var errorClass: Int
    /// In the library's own words.
    public var message: String
    /// The rank in its communicator that made the call; nil where there was no communicator yet.
    public var rank: Rank?
    public var communicator: String?
    public var remedy: String

    public init(
      function: String, errorClass: Int, message: String, rank: Rank?, communicator: String?, remedy: String
    ) {
      self.function = function
      self.errorClass = errorClass
      self.message = message
      self.rank = rank
      self.communicator = communicator
      self.remedy = remedy
    }
  }

  public struct TimeOut: Equatable, Sendable {
    /// What was waited for, such as `broadcast of 16 UInt8 on group 3`.
    public var phase: String
    public var seconds: Double
    /// The rank that waited, and its host.
    public var rank: Rank
    public var host: String
    /// The ranks that did not arrive, as far as a roll call could tell: all ranks waited for, when it could
    /// not.
    public var missing: [Rank]
    /// The host of each of `missing`.
    public var hosts: [String]
    /// True when `missing` is the answer of a roll call, false when it lists everyone who was waited for.
    public var isRollCalled: Bool

    public init(
      phase: String, seconds: Double, rank: Rank, host: String, missing: [Rank], hosts: [String],
      isRollCalled: Bool
    ) {
      self.phase = phase
      self.seconds = seconds
      self.rank = rank
      self.host = host
      self.missing = missing
      self.hosts = hosts
      self.isRollCalled = isRollCalled
    }
  }

  public var description: String {
    switch self {
    case .failedCall(let call):
      "\(call.function)\(call.rank.map { " on \($0)" } ?? "")"
        + "\(call.communicator.map { " of \($0)" } ?? ""): expected success, found error class "
        + "\(call.errorClass): \(call.message). \(call.remedy)"
    case .timedOut(let timeOut): timeOut.description
    case .cancelled(let phase, let rank, let host, let reason):
      "\(phase), \(rank) on \(host): expected it to end, found that it cannot, because \(reason). Look there; the "
        + "same command goes on from the last save."
    case .threadLevel(let required, let provided):
      "MPI_Init_thread: expected thread level \(required), found \(provided). Load an MPI library that was built "
        + "with thread support."
    case .invalid(let function, let expected, let found, let remedy):
      "\(function): expected \(expected), found \(found). \(remedy)"
    case .memory(let purpose, let needed, let found, let host):
      "\(purpose): expected \(HostMemory.text(needed)) on \(host), found \(found). Start fewer ranks on a host, ask for "
        + "more memory, or make it smaller."
    }
  }
}

extension MPIError.TimeOut: CustomStringConvertible {
  public var description: String {
    let who = zip(missing, hosts).map { "\($0) on \($1)" }.joined(separator: ", ")
    let found = isRollCalled ? "no sign of \(who)" : "it unfinished; it waits for \(who)"
    return "\(phase), \(rank) on \(host): expected it within \(shortSeconds) s, found \(found). "
      + "Look at those ranks' hosts and output, then start the same command again: it goes on from the last save."
  }

  private var shortSeconds: String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }
}
