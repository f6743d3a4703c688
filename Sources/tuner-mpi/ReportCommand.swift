import ArgumentParser
import Reports
import Search
import Tuner

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes report.html and tables (CSV) into a run directory, from its journal alone.",
    discussion: "The page is one file that opens offline. A run that is still going on can be looked at too.")

  @Argument(help: "The run directory.", completion: .directory)
  var directory: String

  func run() throws {
    try reporting {
      let directory = RunDirectory(path: directory)
      try directory.requireRun()
      guard let contents = try JournalContents.read(ofRunAt: directory.journal), !contents.lines.isEmpty
      else { throw directory.missing(found: "one in which nothing has begun") }
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
    let state: StudyState =
      switch contents.finalSummary {
      case let summary?: summary.hasFailed ? .failed : .finished
      case nil: .unfinished
      }
    // A damaged record of the test is told by `test`; the other views are the journal's.
    let tested = (try? testResult()).flatMap { test in
      contents.finalSummary?.best.flatMap { test?.ofModel($0.checkpoint) } ?? test
    }
    try write(Report.html(history, state: state, test: tested?.finding), to: report)
    try write(Report.csv(history), to: trials)
    try write(Report.incumbentsCSV(history), to: incumbents)
    try write(Report.importanceCSV(history), to: importance)
  }
}
