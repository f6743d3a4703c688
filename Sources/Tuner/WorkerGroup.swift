/// The number of a group of ranks that trains one trial at a time, from 0; valid for one session (one
/// `mpirun`).
public struct GroupID: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  public init(_ rawValue: Int) { self.rawValue = rawValue }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  public var description: String { "group \(rawValue)" }
}

/// A group of ranks with its own communicator. Its root, the first rank, keeps and saves states for it.
public struct WorkerGroup: Hashable, Codable, Sendable {
  public var id: GroupID
  /// Ranks in the world communicator, the root first.
  public var ranks: [Int]
  /// The host of each rank.
  public var hosts: [String]

  public init(id: GroupID, ranks: [Int], hosts: [String]) {
    self.id = id
    self.ranks = ranks
    self.hosts = hosts
  }
}
