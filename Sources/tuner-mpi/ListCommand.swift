import ArgumentParser
import Foundation
import Search
import Tuner

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists every study under a directory: state, trials, best, age; the newest first.")

  @Argument(help: "The directory to look in.", completion: .directory)
  var directory = "runs"

  func validate() throws { try requirePath(directory, for: "DIRECTORY") }

  func run() throws {
    try reporting {
      let found = try StudyList(under: directory)
      guard !found.rows.isEmpty else { return print("no study under \(directory)") }
      for line in found.lines { print(line) }
    }
  }
}

/// The studies under a directory.
struct StudyList {
  /// How far below it run directories are looked for.
  static let depth = 5

  struct Row {
    var path: String
    var state: String
    var trials: String
    var best: String
    /// Since the journal was last written.
    var age: Double

    fileprivate var cells: [String] { [path, state, trials, best, "\(duration(age)) ago"] }
  }

  /// The newest first.
  let rows: [Row]

  init(under directory: String, now: Date = Date()) throws(TunerError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      throw TunerError(
        .missing, subject: directory, expected: "a directory with studies",
        found: FileManager.default.fileExists(atPath: directory) ? "a file" : "nothing there",
        remedy: "Name the directory that run directories lie in.")
    }
    rows = Self.runs(in: directory, depth: Self.depth).map { Row(RunDirectory(path: $0), now) }
      .sorted { ($0.age, $0.path) < ($1.age, $1.path) }
  }

  private static func runs(in directory: String, depth: Int) -> [String] {
    if FileManager.default.fileExists(atPath: directory + "/journal.jsonl") { return [directory] }
    guard depth > 0, let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      // Somebody else's directory, which this user cannot read, holds no study of theirs.
      return []
    }
    return names.sorted().filter { !$0.hasPrefix(".") }.flatMap { name in
      let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue
      else { return [String]() }
      return runs(in: path, depth: depth - 1)
    }
  }

  /// A table with a heading, no line wider than 100 columns.
  var lines: [String] {
    let table = [["study", "state", "trials", "best", "written"]] + rows.map(\.cells)
    var widths = (0..<5).map { column in table.map { $0[column].columns }.max() ?? 0 }
    let others = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
    widths[0] = min(widths[0], max(20, StudyFrame.widest - others))
    return table.map { cells in
      var cells = cells
      // The end of a path tells more than its beginning.
      if cells[0].columns > widths[0] { cells[0] = "..." + cells[0].suffix(widths[0] - 3) }
      return zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: max(0, width - cell.columns))
      }.joined(separator: "  ").trimmingSuffix { $0 == " " }
    }
  }
}

extension StudyList.Row {
  init(_ directory: RunDirectory, _ now: Date) {
    path = directory.path
    let written =
      (try? FileManager.default.attributesOfItem(atPath: directory.journal))?[.modificationDate] as? Date
    age = max(0, now.timeIntervalSince(written ?? now))
    // One that cannot be read, such as another user's, is no reason to hide the others.
    let status = try? RunStatus(journalAt: directory.journal)
    switch status {
    case nil: (state, trials, best) = ("unreadable", "?", "?")
    case .finished(let summary, let terms):
      state = summary.hasFailed ? "failed" : "finished"
      trials = "\(summary.trials)"
      best = summary.best.map { "\(terms.metric) \($0.measured.scoreText)" } ?? "none"
    case .unfinished(let unfinished):
      state =
        RunLock.holder(of: directory.path, seenFrom: .current()) == .nobody ? "unfinished" : "running"
      trials = "\(unfinished.trials)"
      best = unfinished.best.map { "\(unfinished.terms.metric) \($0.score.scoreText)" } ?? "none"
    case .absent: (state, trials, best) = ("not begun", "0", "none")
    case .damaged: (state, trials, best) = ("damaged", "?", "?")
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
    var text = self
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return text
  }
}
