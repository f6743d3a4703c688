import Search

/// How much of the groups' time is spent at work: a running account, O(1) an event.
///
/// It counts until the newest assignment: after that the budget is handed out, and groups run dry one by one
/// whatever the controller does.
public struct Utilization: Sendable {
  /// Group-seconds that were there until `handedOut`, and of these how many were spent on jobs that are done.
  private var available = 0.0
  private var worked = 0.0
  /// Group-seconds that were there since `handedOut`.
  private var availableSince = 0.0
  /// Sums over the jobs that ended since `handedOut`: their share of work, and that times begin and end.
  private var share = 0.0
  private var shareTimesBegin = 0.0
  private var shareTimesEnd = 0.0
  /// When each busy group's job began, and the sum of it.
  private var begins: [GroupID: Double] = [:]
  private var sumOfBegins = 0.0

  /// Jobs that have let their groups go, and whose reports are still to come.
  private var released: [JobID: GroupID] = [:]

  private var groups = 0
  /// Times are counted from the first one, so that the sums stay small.
  private var origin: Double?
  private var newest = 0.0
  private var handedOut = 0.0

  /// `value` when the newest trial began.
  public private(set) var valueAtLastTrial = 0.0

  public init() {}

  /// The share of the groups' time that went into work, in [0, 1], until the budget was handed out.
  public var value: Double {
    // Jobs that began before `handedOut` and end after it: all that are busy, or ended since.
    let atWork = Double(begins.count) * handedOut - sumOfBegins
    let ended = share * handedOut - shareTimesBegin
    return available > 0 ? min(1, max(0, (worked + atWork + ended) / available)) : 0
  }

  mutating func groupAdded(at time: Double) {
    pass(to: time)
    groups += 1
  }

  mutating func groupLost(_ group: GroupID, at time: Double) {
    pass(to: time)
    groups -= 1
    released = released.filter { $0.value != group }
    if let begin = begins.removeValue(forKey: group) { sumOfBegins -= begin }
  }

  mutating func assigned(to group: GroupID, isNewTrial: Bool, at time: Double) {
    pass(to: time)
    available += availableSince
    worked += shareTimesEnd - shareTimesBegin
    (availableSince, share, shareTimesBegin, shareTimesEnd) = (0, 0, 0, 0)
    handedOut = newest
    begins[group] = newest
    sumOfBegins += newest
    if isNewTrial { valueAtLastTrial = value }
  }

  /// The group is idle while what it reached is saved.
  mutating func released(_ job: JobID, on group: GroupID, afterWorking seconds: Double, at time: Double) {
    released[job] = group
    finished(on: group, afterWorking: seconds, at: time)
  }

  /// The job is done or has failed, and its group is idle unless it was before.
  mutating func reported(_ job: JobID, on group: GroupID, afterWorking seconds: Double, at time: Double) {
    if released.removeValue(forKey: job) == nil { finished(on: group, afterWorking: seconds, at: time) }
  }

  /// - Parameter seconds: of work; more than the time since the assignment counts as all of it.
  mutating func finished(on group: GroupID, afterWorking seconds: Double, at time: Double) {
    pass(to: time)
    guard let begin = begins.removeValue(forKey: group) else { return }
    sumOfBegins -= begin
    guard newest > begin else { return }
    let part = min(1, max(0, seconds) / (newest - begin))
    share += part
    shareTimesBegin += part * begin
    shareTimesEnd += part * newest
  }

  private mutating func pass(to time: Double) {
    let origin = origin ?? time
    self.origin = origin
    let now = max(newest, time - origin)
    availableSince += Double(groups) * (now - newest)
    newest = now
  }
}
