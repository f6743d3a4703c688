import ArgumentParser
import Reports
import Search
import Tuner

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes report.html and tables (CSV) into a run directory, from its journal alone.",
    discussion: "The page is one file that opens offline. A run that is still going on can be looked at too.")

  @Argument(help: "The run directory.")
  var directory: String

  func run() throws {
    try reporting {
      let directory = RunDirectory(path: directory)
      try directory.checkIsDirectory()
      guard let contents = try JournalContents.read(ofRunAt: directory.journal), !contents.lines.isEmpty
      else {
        throw TunerError(
          .usage, subject: directory.path, expected: "a run directory with journal.jsonl",
          found: "none there",
          remedy: "Name the directory that `tuner-mpi run` wrote, such as runs/digits-pbt.")
      }
      try directory.writeViews(of: contents)
      print(directory.report)
      print(directory.trials)
      print(directory.incumbents)
      print(directory.importance)
    }
  }
}

extension RunDirectory {
  /// Replaces the page and the tables.
  func writeViews(of contents: JournalContents) throws(TunerError) {
    let history = try History(contents)
    try write(Report.html(history, state: contents.isFinished ? .finished : .unfinished), to: report)
    try write(Report.csv(history), to: trials)
    try write(Report.incumbentsCSV(history), to: incumbents)
    try write(Report.importanceCSV(history), to: importance)
  }
}
