import Search

/// The groups without a job: a set that knows its least member, so that the choice does not depend on a hash.
///
/// Insertion, removal and the least member cost O(log n), counted over many calls.
struct IdleGroups: Sendable {
  private var members: Set<GroupID> = []
  /// Every member, and groups that have left since; those are dropped when they come up.
  private var order = Heap<GroupID>()
  /// What `order` holds: a group that comes and goes is there once.
  private var ordered: Set<GroupID> = []

  var count: Int { members.count }
  var isEmpty: Bool { members.isEmpty }

  func contains(_ group: GroupID) -> Bool { members.contains(group) }
  func sorted() -> [GroupID] { members.sorted() }

  mutating func insert(_ group: GroupID) {
    members.insert(group)
    if ordered.insert(group).inserted { order.insert(group) }
  }

  mutating func remove(_ group: GroupID) { members.remove(group) }

  /// The least member; nil when there is none.
  var least: GroupID? {
    mutating get {
      while let group = order.first {
        if members.contains(group) { return group }
        _ = order.popFirst()
        ordered.remove(group)
      }
      return nil
    }
  }
}
