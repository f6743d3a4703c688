import ArgumentParser
import Foundation
import Reports
import Search
import Tuner

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract:
      "Writes report.html and tables (CSV) into a run directory, from its journal alone; of several, compares them.",
    discussion: """
      The page is one file that opens offline. A run that is still going on can be looked at too. Of two or more run \
      directories: a page that compares them, comparison.html in the working directory or where --output says.
      """)

  @Argument(help: "The run directory, or several to compare.", completion: .directory)
  var directories: [String]

  @Option(
    help: ArgumentHelp("Where to write a comparison, instead of comparison.html.", valueName: "path"),
    completion: .file())
  var output: String?

  func validate() throws {
    guard !directories.isEmpty else { throw ValidationError("expected a run directory, found none") }
    if let output { try requirePath(output, for: "--output") }
    if directories.count == 1, output != nil {
      throw ValidationError("--output: expected two or more run directories to compare, found one")
    }
  }

  func run() throws {
    try reporting {
      guard directories.count == 1 else { return try compare() }
      let directory = RunDirectory(path: directories[0])
      try directory.writeViews(of: try directory.begunJournal())
      print(directory.report)
      print(directory.trials)
      print(directory.incumbents)
      print(directory.importance)
    }
  }

  private func compare() throws(TunerError) {
    var studies: [ComparedStudy] = []
    for path in directories {
      let contents = try RunDirectory(path: path).begunJournal()
      studies.append(
        ComparedStudy(
          path: path, history: try History(contents), state: contents.state, settings: contents.study.settings
        ))
    }
    let place = output ?? "comparison.html"
    let folder = (place as NSString).deletingLastPathComponent
    if !folder.isEmpty { try RunDirectory(path: folder).create() }
    try RunDirectory(path: folder).write(Report.comparison(studies), to: place)
    print(place)
  }
}

extension RunDirectory {
  /// The journal of a run that has begun.
  ///
  /// - Throws: `TunerError` of kind `missing` when none has.
  func begunJournal() throws(TunerError) -> JournalContents {
    try requireRun()
    guard let contents = try JournalContents.read(ofRunAt: journal), !contents.lines.isEmpty else {
      throw missing(found: "one in which nothing has begun")
    }
    return contents
  }

  /// Replaces the page and the tables.
  ///
  /// - Parameter name: the path that people know the directory by; its own where nil.
  func writeViews(of contents: JournalContents, knownAs name: String? = nil) throws(TunerError) {
    let history = try History(contents)
    // A damaged record of the test is told by `test`; the other views are the journal's.
    let test = try? testResult()
    let ofBest = contents.finalSummary?.best.flatMap { test?.ofModel($0.checkpoint) }
    let context = try pageContext(of: contents, history, knownAs: name ?? path, isTested: ofBest != nil)
    try write(
      Report.html(history, state: contents.state, test: (ofBest ?? test)?.finding, context: context),
      to: report)
    try write(Report.csv(history), to: trials)
    try write(Report.incumbentsCSV(history), to: incumbents)
    try write(Report.importanceCSV(history), to: importance)
  }
}
