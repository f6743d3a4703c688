/// A process's number within a communicator, from 0. The same process has different ranks in different
/// communicators.
public struct Rank: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  public init(_ rawValue: Int) { self.rawValue = rawValue }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  public var description: String { "rank \(rawValue)" }

  /// The first rank, and the usual root of a collective.
  public static let root = Rank(0)
}

/// What tells messages between the same two ranks apart.
public struct Tag: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// In 0...16,383. The standard guarantees tags up to 32,767 (MPI 3.1 §3.2.3); the upper half is this
  /// module's own, for reductions and roll calls.
  public let rawValue: Int

  public init(rawValue: Int) {
    precondition((0...Self.largest).contains(rawValue), "a tag is in 0...16,383, not \(rawValue)")
    self.rawValue = rawValue
  }
  public init(_ rawValue: Int) { self.init(rawValue: rawValue) }
  public var description: String { "tag \(rawValue)" }

  static let largest = 16_383
}

/// The raw tags that a caller cannot reach.
enum ReservedTag {
  /// Each all-reduce in flight has one of its own, taken in turn, so that the messages of two cannot be
  /// confused.
  static let reductions: ClosedRange<CInt> = 16_384...32_760
  /// Before a blocking call that knows no deadline: have all members come?
  static let assembly: CInt = 32_765
  static let rollCallQuestion: CInt = 32_766
  static let rollCallAnswer: CInt = 32_767
}

/// What is known of a message before it is received.
public struct Envelope: Hashable, Sendable {
  public var source: Rank
  public var tag: Tag
  /// Elements of the scalar type that was asked for.
  public var count: Int

  public init(source: Rank, tag: Tag, count: Int) {
    self.source = source
    self.tag = tag
    self.count = count
  }
}
