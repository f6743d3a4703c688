import Search

/// One giving-out of a job to a group: what the group reports and writes for it bears its number, but for the reached
/// state of a session's first attempt, so that a rank that comes back after its group was given up is told from the one
/// that has the job now.
struct Attempt: Hashable, Codable, Sendable {
  /// Sessions of the run before this one.
  var session: Int
  /// Jobs given out in this session before this one.
  var number: Int
  /// Whether this session has given out the job before.
  var isRepeated: Bool
}

/// What a group is to do: these ranks come together, do the job, and go on together as long as the next lease names
/// the same ones.
struct Lease: Hashable, Codable, Sendable {
  var attempt: Attempt
  /// Ranks of the world, the group's root first. Any number of any ranks but the first.
  var ranks: [Int]
  var assignment: Assignment
  /// The root that sends the state, a rank of the world, where the source is a peer that is still there.
  var sender: Int?

  var job: Job { assignment.job }
}
