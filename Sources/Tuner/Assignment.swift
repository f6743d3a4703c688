public import Search

/// The name of a state: weights, buffers and optimizer memory of a trial when it had reached a cumulative
/// budget.
public struct StateKey: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public var trial: TrialID
  /// Cumulative, in the study's unit.
  public var budget: Int

  public init(trial: TrialID, budget: Int) {
    self.trial = trial
    self.budget = budget
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.trial, left.budget) < (right.trial, right.budget)
  }

  public var description: String { "\(trial) at \(budget)" }
}

extension Job {
  /// The state that the job starts from; nil when it starts from fresh weights.
  public var originState: StateKey? {
    switch origin {
    case .fresh: nil
    case .resume(let budget): StateKey(trial: trial, budget: budget)
    case .fork(let parent, let budget): StateKey(trial: parent, budget: budget)
    }
  }

  /// The state that the job reaches.
  public var reachedState: StateKey { StateKey(trial: trial, budget: target) }
}

/// A reached state, and the durable checkpoint that holds it, relative to the run directory. Memory is only
/// ever a faster copy: whoever finds the memory gone reads the checkpoint.
public struct StateReference: Hashable, Codable, Sendable {
  public var key: StateKey
  public var checkpoint: String

  public init(key: StateKey, checkpoint: String) {
    self.key = key
    self.checkpoint = checkpoint
  }
}

/// A checkpoint that is gone or damaged: somebody cleared the disk, or the disk failed.
public struct LostState: Hashable, Codable, Sendable {
  public var state: StateReference
  /// What was found in its place.
  public var why: String

  public init(_ state: StateReference, because why: String) {
    self.state = state
    self.why = why
  }
}

/// Where a group takes the state that its job starts from.
public enum StateSource: Hashable, Codable, Sendable {
  /// Newly initialized weights.
  case fresh
  /// The group's own memory.
  case resident(StateReference)
  /// The memory of another group, rank to rank.
  case peer(GroupID, StateReference)
  /// The checkpoint file.
  case checkpoint(StateReference)
}

/// A job given to a group, with all that the group needs beside the study.
public struct Assignment: Hashable, Codable, Sendable {
  /// Its origin is the state that `source` leads to: another one than was planned, where that is lost.
  public var job: Job
  public var group: GroupID
  public var source: StateSource
  /// True when the job was given to a group before, in this session or in an earlier one: then a mid-job
  /// checkpoint of it may exist, and the group goes on from there instead of from `source`.
  public var mayHaveMidJobCheckpoint: Bool

  public init(job: Job, group: GroupID, source: StateSource, mayHaveMidJobCheckpoint: Bool) {
    self.job = job
    self.group = group
    self.source = source
    self.mayHaveMidJobCheckpoint = mayHaveMidJobCheckpoint
  }
}
