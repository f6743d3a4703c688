import Foundation
public import Search
import Training

/// What is damaged in a run directory, and what it means for the study: every file that the run goes on from, read
/// whole.
public struct Verification: Equatable, Sendable {
  public struct Finding: Equatable, Sendable {
    /// Relative to the run directory.
    public var path: String
    /// What was expected and found.
    public var problem: String
    /// What follows from it.
    public var meaning: String
  }

  public private(set) var findings: [Finding] = []
  /// What was read and is whole.
  public private(set) var wholeFiles = 0
  public private(set) var wholeBytes = 0
  /// What is no damage, a line each.
  public private(set) var notes: [String] = []

  public var isWhole: Bool { findings.isEmpty }

  /// Reads the journal and all checkpoints. Files that nobody needs are judged, too: whoever keeps copies wants to
  /// know.
  ///
  /// - Parameters:
  ///   - isAtWork: whether a program works on the run, which may delete what was listed.
  ///   - progress: told each file before it is read, relative to the run directory.
  /// - Throws: `TunerError` where the system refuses to list or read.
  public init(
    ofRunIn directory: String, isAtWork: Bool, progress: (String) -> Void = { _ in }
  ) throws(TunerError) {
    progress("journal.jsonl")
    let needs = try readJournal(in: directory)
    var present: Set<String> = []
    for path in try RunRemains.checkpoints(in: directory) {
      present.insert(path)
      progress(path)
      readCheckpoint(path, in: directory, needs, isAtWork)
    }
    guard let needs else { return }
    for path in needs.checkpoints.keys.sorted() where !present.contains(path) && !isAtWork {
      findings.append(
        Finding(
          path: path, problem: "expected a checkpoint, found no such file", meaning: needs.meaning(of: path)))
    }
  }

  /// Notes what another room has read.
  public mutating func take(_ path: String, in directory: String, _ error: TunerError?, meaning: String) {
    if let error {
      findings.append(
        Finding(path: path, problem: "expected \(error.expected), found \(error.found)", meaning: meaning))
    } else {
      noteWhole("\(directory)/\(path)")
    }
  }

  private mutating func noteWhole(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    wholeFiles += 1
    wholeBytes += Int(status.st_size)
  }

  // MARK: The journal

  /// - Returns: what the study needs; nil where nobody knows.
  private mutating func readJournal(in directory: String) throws(TunerError) -> Needs? {
    let path = "\(directory)/journal.jsonl"
    let contents: JournalContents
    do throws(TunerError) {
      guard let found = try JournalContents.read(ofRunAt: path) else {
        notes.append("no journal: nothing has begun here")
        return nil
      }
      contents = found
    } catch {
      guard error.kind == .damaged else { throw error }
      findings.append(
        Finding(
          path: "journal.jsonl", problem: "\(error)",
          meaning: "nothing goes on from it, and nobody knows which checkpoints are needed"))
      return nil
    }
    noteWhole(path)
    if contents.tornBytes > 0 {
      notes.append(
        "journal.jsonl ends in \(contents.tornBytes) bytes of a line that a kill cut off: nobody acted on it, and the "
          + "next start removes it")
    }
    do throws(TunerError) {
      return try Needs(contents)
    } catch {
      findings.append(
        Finding(
          path: "journal.jsonl", problem: "\(error)",
          meaning:
            "each line is whole, but its decisions are not repeated by this version of the program: `run` refuses "
            + "to go on"))
      return nil
    }
  }

  // MARK: Checkpoints

  private mutating func readCheckpoint(
    _ path: String, in directory: String, _ needs: Needs?, _ isAtWork: Bool
  ) {
    let full = "\(directory)/\(path)"
    let problem: String
    do throws(TrainingError) {
      let metadata = try CheckpointFile.read(full).metadata
      let found = StateKey(trial: TrialID(metadata.trial), budget: metadata.target)
      guard let needed = needs?.checkpoints[path], metadata.isComplete, needed != found else {
        return noteWhole(full)
      }
      problem = "expected the state of \(needed), found that of \(found)"
    } catch .data(let place, let expected, let found, _) {
      // Where a run is at work, what was listed may be deleted by now.
      if isAtWork, access(full, F_OK) != 0 { return }
      let object = place == full ? "" : "at \(place.dropFirst(full.count + 2)) "
      problem = "\(object)expected \(expected), found \(found)"
    } catch {
      problem = "\(error)"
    }
    findings.append(
      Finding(
        path: path, problem: problem, meaning: needs?.meaning(of: path) ?? "nobody knows whether it is needed"
      ))
  }
}

/// What a study still needs of its checkpoints.
private struct Needs {
  /// Of each state that is needed, by its file.
  var checkpoints: [String: StateKey] = [:]
  private var best: String?
  private var isFinished: Bool
  /// Beginnings of the files that unfinished jobs leave on their way.
  private var unfinished: [String]

  init(_ contents: JournalContents) throws(TunerError) {
    isFinished = contents.isFinished
    unfinished = []
    guard let study = contents.recorded(Study.self) else {
      throw JournalLine.damage(
        "\(contents.path):1", expected: "a study that this version of the program can read",
        found: "another one")
    }
    let controller = try Controller(study, after: contents)
    checkpoints = controller.neededStates
    best = controller.summary(.finished).best?.checkpoint
    unfinished = controller.unfinishedJobs.map {
      "\(CheckpointPaths.directory(of: $0.trial))/\(CheckpointPaths.prefix(of: $0.id))"
    }
  }

  func meaning(of path: String) -> String {
    guard let state = checkpoints[path] else {
      let isOnTheWay = unfinished.contains(where: path.hasPrefix)
      return isOnTheWay
        ? "a state on the way of an unfinished job, which goes on from an older one, or from its beginning"
        : "nothing needs it: the next start deletes it"
    }
    let weights =
      path == best ? "the weights of the best so far are lost to `test` and `export`, its record stays; " : ""
    return weights
      + (isFinished
        ? "the study is finished, and needs it for no training"
        : "where a job is to start from \(state), an earlier state or the best other one takes its place, or the job "
          + "trains again; the study goes on")
  }
}

extension Controller {
  /// Every state that is kept, by its checkpoint; those of reports that wait for delivery included.
  fileprivate var neededStates: [String: StateKey] {
    var states: [String: StateKey] = [:]
    for state in retention.keptStates { states[retention.checkpoint(of: state) ?? ""] = state }
    for (id, report) in arrived {
      if case .reached(let path) = report.result, let job = unfinished[id] { states[path] = job.reachedState }
    }
    states[""] = nil
    return states
  }
}
