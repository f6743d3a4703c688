public import JSON
import Training

/// One field in which two studies differ.
public struct StudyChange: Equatable, Sendable, CustomStringConvertible {
  /// Dotted, such as `training.optimizer.learningRate`; list elements by their number.
  public var path: String
  /// Nil when the field is new.
  public var old: JSONValue?
  /// Nil when the field is gone.
  public var new: JSONValue?
  /// Whether it is the path of a file that holds what the one at the old path held.
  public var isMove = false

  public init(path: String, old: JSONValue?, new: JSONValue?) {
    self.path = path
    self.old = old
    self.new = new
  }

  /// `scheduler.generations: 10 -> 20`.
  public var description: String { "\(path): \(old?.text ?? "nothing") -> \(new?.text ?? "nothing")" }
}

extension StudyChange {
  /// Fields that decide where and how safely a study runs, not what it computes.
  static let free: Set<String> = Set(
    ["ranksPerTrial", "secondsBetweenMidJobCheckpoints", "training.errorMetrics"]
      + TraineeConfiguration.fieldsOfPlace.map { "training.\($0)" })

  /// The names of fields that say how much a study does. To raise one extends the study, provided that the
  /// scheduler then still issues every recorded job, which the replay finds out.
  static let extents: Set<String> = ["generations", "trials", "iterations", "runs"]

  /// True where a file's content is noted that was not before, or not any more: an earlier version noted none,
  /// and of other files the study's own fields tell.
  private var isFirstNoteOfInputs: Bool {
    (path == "inputs" || path.hasPrefix("inputs.")) && (old == nil || new == nil)
  }

  /// What options did before there were any, for journals of earlier versions, which do not name them.
  private static let before = [
    "sampler.tpe.least": "one", "scheduler.extrapolation.forecast": "families",
  ]

  /// True when it says nothing of what is computed.
  var isFree: Bool {
    if old == nil, let before = Self.before[path], new == .text(before) { return true }
    return isMove || Self.free.contains { path == $0 || path.hasPrefix("\($0).") } || isFirstNoteOfInputs
  }

  /// How to keep what an earlier version did where a newer one has another default; nil for a change of the user's.
  var undoing: String? {
    guard old == nil, let before = Self.before[path], let section = path.split(separator: ".").first,
      let key = path.split(separator: ".").last
    else { return nil }
    return "Write `\(key): \(before)` in search.\(section), as this run began"
  }

  /// True when recorded work stays what it would have been: the field is free, or an extent that grew.
  var keepsRecordedWork: Bool {
    let name = path.split(separator: ".").last.map(String.init) ?? path
    if isFree { return true }
    guard Self.extents.contains(name), case .integer(let old) = old, case .integer(let new) = new else {
      return false
    }
    return new > old
  }
}

extension JSONValue {
  /// The changes of a study, of which those are marked that name the same data by another path.
  func studyChanges(to new: JSONValue) -> [StudyChange] {
    let (before, after) = (inputs, new.inputs)
    return changes(to: new).map { change in
      guard case .text(let old) = change.old, case .text(let new) = change.new, let content = before[old]
      else {
        return change
      }
      var change = change
      change.isMove = content == after[new]
      return change
    }
  }

  /// What a study's files held, by path.
  private var inputs: [String: JSONValue] {
    guard case .object(let fields) = self, case .object(let inputs) = fields["inputs"] else { return [:] }
    return inputs
  }

  /// Where `new` differs from this value, in the order of the paths.
  public func changes(to new: JSONValue, at path: String = "") -> [StudyChange] {
    let prefix = path.isEmpty ? "" : path + "."
    switch (self, new) {
    case (.object(let old), .object(let new)):
      return Set(old.keys).union(new.keys).sorted().flatMap { key in
        Self.changes(from: old[key], to: new[key], at: prefix + key)
      }
    case (.array(let old), .array(let new)):
      return (0..<max(old.count, new.count)).flatMap { index in
        Self.changes(
          from: index < old.count ? old[index] : nil, to: index < new.count ? new[index] : nil,
          at: "\(prefix)\(index)")
      }
    default:
      return equalsAsNumber(new) ? [] : [StudyChange(path: path, old: self, new: new)]
    }
  }

  private static func changes(from old: JSONValue?, to new: JSONValue?, at path: String) -> [StudyChange] {
    if let old, let new { return old.changes(to: new, at: path) }
    return old == nil && new == nil ? [] : [StudyChange(path: path, old: old, new: new)]
  }

  /// JSON writes the float 1.0 and the integer 1 alike.
  private func equalsAsNumber(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.integer(let left), .number(let right)), (.number(let right), .integer(let left)):
      Double(left) == right
    default: self == other
    }
  }

  /// As compact JSON would say it.
  public var text: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .array(let values): "[\(values.map(\.text).joined(separator: ", "))]"
    case .object(let values):
      "{\(values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", "))}"
    }
  }
}
