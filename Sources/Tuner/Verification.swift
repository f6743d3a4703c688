import Foundation
public import Search
import Training

/// What is damaged in a run directory, and what it means for the study: the journal and every checkpoint, read whole, and
/// whatever else it is told of.
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
  /// Files of which nobody knows whether they are whole, with what the system, or this version, had against reading them.
  public private(set) var unread: [String] = []
  /// What was read and is whole.
  public private(set) var wholeFiles = 0
  public private(set) var wholeBytes = 0
  /// Whether the study came to its end; false where nobody knows.
  public private(set) var isFinished = false
  /// What is no damage, a line each.
  public private(set) var notes: [String] = []

  /// Whether everything was read, and is whole.
  public var isWhole: Bool { findings.isEmpty && unread.isEmpty }

  /// Reads the journal and all checkpoints. Files that nobody needs are judged, too: whoever keeps copies wants to
  /// know.
  ///
  /// - Parameters:
  ///   - isAtWork: whether a program works on the run, which may write a line or delete what was listed: asked before
  ///     anything is read, and when all is.
  ///   - progress: told each file before it is read, relative to the run directory.
  /// - Throws: `TunerError` where the system refuses to list, or to read the journal.
  public init(
    ofRunIn directory: String, isAtWork: () -> Bool, progress: (String) -> Void = { _ in }
  ) throws(TunerError) {
    let wasAtWork = isAtWork()
    progress("journal.jsonl")
    let journal = try readJournal(in: directory)
    if journal.isSimulated {
      notes.append("journal.jsonl is a simulation's, which trained nothing: there are no checkpoints to read")
    }
    var present: Set<String> = []
    var problems: [(path: String, words: String)] = []
    for path in try journal.isSimulated ? [] : RunRemains.checkpoints(in: directory) {
      progress(path)
      switch readCheckpoint(path, in: directory, journal.needs) {
      case .gone: continue
      case .whole: noteWhole("\(directory)/\(path)")
      case .unread(let words): unread.append("\(path): \(words)")
      case .damaged(let words): problems.append((path, words))
      }
      present.insert(path)
    }
    let changes = wasAtWork || isAtWork()
    noteTornLine(of: journal, changes)
    for (path, words) in problems {
      let meaning = journal.needs?.meaning(of: path, changes) ?? "nobody knows whether it is needed"
      findings.append(Finding(path: path, problem: words, meaning: meaning))
    }
    guard let needs = journal.needs, !changes else { return }
    for path in needs.required.sorted() where !present.contains(path) {
      findings.append(
        Finding(
          path: path, problem: "expected a checkpoint, found no such file",
          meaning: needs.meaning(of: path, changes)))
    }
  }

  /// Notes what another room has read.
  public mutating func take(_ path: String, in directory: String, _ error: TunerError?, meaning: String) {
    guard let error else { return noteWhole("\(directory)/\(path)") }
    guard error.kind == .damaged else {
      unread.append("\(path): expected \(error.expected), found \(error.found)")
      return
    }
    findings.append(
      Finding(path: path, problem: "expected \(error.expected), found \(error.found)", meaning: meaning))
  }

  private mutating func noteWhole(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    wholeFiles += 1
    wholeBytes += Int(status.st_size)
  }

  // MARK: The journal

  private struct ReadJournal {
    /// What the study needs; nil where nobody knows.
    var needs: Needs?
    var isSimulated = false
    var tornBytes = 0
  }

  private mutating func readJournal(in directory: String) throws(TunerError) -> ReadJournal {
    let path = "\(directory)/journal.jsonl"
    let contents: JournalContents
    do throws(TunerError) {
      guard let found = try JournalContents.read(ofRunAt: path) else {
        notes.append("no journal: nothing has begun here")
        return ReadJournal()
      }
      contents = found
    } catch {
      guard error.kind == .damaged else { throw error }
      findings.append(
        Finding(
          path: "journal.jsonl", problem: "\(error)",
          meaning: "nothing goes on from it, and nobody knows which checkpoints are needed"))
      return ReadJournal()
    }
    noteWhole(path)
    isFinished = contents.isFinished
    var journal = ReadJournal(isSimulated: contents.isSimulated, tornBytes: contents.tornBytes)
    if journal.isSimulated { return journal }
    do throws(TunerError) {
      journal.needs = try Needs(contents)
    } catch {
      findings.append(
        Finding(
          path: "journal.jsonl", problem: "\(error)",
          meaning:
            "each line is whole, but its decisions are not repeated by this version of the program: `run` refuses "
            + "to go on"))
    }
    return journal
  }

  private mutating func noteTornLine(of journal: ReadJournal, _ isAtWork: Bool) {
    guard journal.tornBytes > 0 else { return }
    notes.append(
      "journal.jsonl ends in \(journal.tornBytes) bytes of a line "
        + (isAtWork
          ? "that is being written"
          : "that a kill cut off: nobody acted on it, and the next start removes it"))
  }

  // MARK: Checkpoints

  private enum Reading {
    case whole
    case damaged(String)
    case unread(String)
    case gone
  }

  private func readCheckpoint(_ path: String, in directory: String, _ needs: Needs?) -> Reading {
    let full = "\(directory)/\(path)"
    do throws(TrainingError) {
      let metadata = try CheckpointFile.read(full).metadata
      let found = StateKey(trial: TrialID(metadata.trial), budget: metadata.target)
      guard let needed = needs?.states[path], metadata.isComplete, needed != found else { return .whole }
      return .damaged("expected the state of \(needed), found that of \(found)")
    } catch {
      // What was listed may be deleted by now.
      if access(full, F_OK) != 0, errno == ENOENT { return .gone }
      guard case .data(let place, let expected, let found, _) = error else { return .unread("\(error)") }
      let object = place == full ? "" : "at \(place.dropFirst(full.count + 2)) "
      let words = "\(object)expected \(expected), found \(found)"
      // A file of a newer version is none that is damaged.
      return place.hasSuffix("/@format_version") && found.hasPrefix("version ")
        ? .unread(words) : .damaged(words)
    }
  }
}

/// What a study still needs of its checkpoints.
private struct Needs {
  /// Every state that is kept, by its file.
  let states: [String: StateKey]
  /// Files that are there unless somebody took them away.
  let required: Set<String>
  /// The files of the best and of the front.
  private let results: Set<String>
  private let isFinished: Bool
  /// Beginnings of the files that unfinished jobs leave on their way.
  private let unfinished: [String]

  init(_ contents: JournalContents) throws(TunerError) {
    isFinished = contents.isFinished
    guard let study = contents.recorded(Study.self) else {
      throw JournalLine.damage(
        "\(contents.path):1", expected: "a study that this version of the program can read",
        found: "another one")
    }
    let controller = try Controller(study, after: contents)
    states = controller.neededStates
    let now = controller.summary(.finished).checkpoints
    // A finished study says what its result is: an earlier version may have chosen by another rule, and kept those
    // weights alone.
    let recorded = contents.finalSummary?.checkpoints
    results = recorded ?? now
    required = Set(states.keys).subtracting(now.subtracting(results)).union(recorded ?? [])
    unfinished = controller.unfinishedJobs.map {
      "\(CheckpointPaths.directory(of: $0.trial))/\(CheckpointPaths.prefix(of: $0.id))"
    }
  }

  func meaning(of path: String, _ isAtWork: Bool) -> String {
    guard states[path] != nil || required.contains(path) else {
      if isAtWork { return "the run is at work, and what it needs changes: ask again when it has ended" }
      let isOnTheWay = unfinished.contains(where: path.hasPrefix)
      return isOnTheWay
        ? "a state on the way of an unfinished job, which goes on from an older one, or from its beginning"
        : "nothing needs it: the next start deletes it"
    }
    let weights =
      results.contains(path)
      ? "the weights of the best so far, or of the front, are lost to `test` and `export`, the record stays; "
      : ""
    let state = states[path].map { "\($0)" } ?? "it"
    return weights
      + (isFinished
        ? "the study is finished, and needs it for no training"
        : "where a job is to start from \(state), an earlier state or the best other one takes its place, or the job "
          + "trains again; the study goes on")
  }
}

extension RunSummary {
  /// Of the best and of the front.
  fileprivate var checkpoints: Set<String> {
    Set([best?.checkpoint].compactMap(\.self) + (front ?? []).map(\.checkpoint)).subtracting([""])
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
