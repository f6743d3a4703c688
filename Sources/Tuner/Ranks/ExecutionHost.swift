import Search
import Training

/// The rank on which an attempt runs, as the attempt sees it. On ranks other than the group's root little of it is
/// asked.
protocol ExecutionHost: AnyObject {
  /// Of the root alone.
  var files: JobFiles { get }
  /// Asked to save and stop.
  var mustStop: Bool { get }
  /// Whether a program that is alone has something else to do.
  var isPaused: Bool { get }
  /// What went wrong in a moment that could not throw.
  var failure: Fault? { get }
  /// Reached states that are not durable yet.
  var reachedStatesUnderWay: Int { get }

  /// Opens the run directory for a rank that leads a group.
  func lead() throws(TunerError)
  func enter(_ phase: Phase)
  /// After every optimizer step.
  func stepIsDone()
  /// Does everything that has come up. Never waits.
  func serve() throws(TunerError)
  func fail(_ fault: Fault)
  /// Finds the state that the job starts from.
  func origin(of lease: Lease) throws(TunerError) -> JobOrigin
  /// Keeps a copy of a state in this host's memory, for clones and resumes.
  func keep(_ state: Snapshot, as key: StateKey)
  /// Tells the controller when a state on the way is durable.
  func follow(_ save: SaveUnderWay)
}

/// What an attempt came to, on each rank; only the root knows the particulars.
enum Ending {
  case reached(Reached?)
  /// The job waits again: it was asked to stop, and its state is durable; or it must begin without the state on the way
  /// that it found.
  case stopped
  case lost(LostState?)
  case trial(reason: String, unfinished: [String])
  case fault(Fault)
}

/// A job at its target.
struct Reached {
  var report: JobReport
  /// Nil when the state was durable before.
  var saving: Saving?
  /// Files that nobody needs once it is.
  var unfinished: [String]
}
