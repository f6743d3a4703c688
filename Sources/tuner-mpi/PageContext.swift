import Exports
import Foundation
import JSON
import Reports
import Search
import Tuner

extension RunDirectory {
  /// What the page tells of a run beyond its history.
  func pageContext(
    of contents: JournalContents, _ history: History, knownAs name: String
  ) throws(TunerError) -> RunContext {
    let exported = try ExportedStudy(contents)
    var context = RunContext()
    context.charts = .besideProgram
    for job in exported.jobs {
      guard let work = job.work, let clock = job.clock else { continue }
      context.work[job.segment.job.id] = RunContext.Work(
        group: work.group.rawValue, start: clock.lowerBound, end: clock.upperBound)
    }
    if let best = history.best, !contents.isSimulated {
      let checkpoint = exported.jobs.first { $0.segment.job.id == best.job }?.checkpoint
      context.weights = checkpoint.map { "\(name)/\($0)" }
    }
    context.provenance = provenance(of: contents, exported, history, name)
    context.commands = commands(of: contents, history, name)
    return context
  }

  private func provenance(
    of contents: JournalContents, _ exported: ExportedStudy, _ history: History, _ name: String
  ) -> [(name: String, text: String)] {
    let outline = try? StudyOutline(contents)
    var programs: [String] = []
    var sessions = 0
    for case .session(.started(let program)) in contents.lines.map(\.record) {
      sessions += 1
      if programs.last != program { programs.append(program) }
    }
    let hosts = Set(exported.groups.flatMap(\.hosts)).sorted()
    let ranks = exported.groups.reduce(0) { $0 + $1.ranks.count }
    let shown = hosts.prefix(20).joined(separator: ", ") + (hosts.count > 20 ? ", …" : "")
    var rows = [
      ("run directory", name), ("program", "tuner-mpi \(programs.joined(separator: ", then "))"),
      ("begun", Self.date(exported.begun)), ("newest record", Self.date(exported.newest)),
      ("sessions", "\(sessions)"),
    ]
    if let method = outline?.method { rows.append(("search", method)) }
    if let seed = contents.study["seed"]?.text { rows.append(("seed", seed)) }
    if !hosts.isEmpty { rows.append(("ranks", "\(ranks) in \(exported.groups.count) groups on \(shown)")) }
    if let data = contents.study["training"]?["data"]?.text { rows.append(("data", data)) }
    if let samples = history.samples {
      let second = samples.secondDev.map { ", \($0) of a second dev split" } ?? ""
      rows.append(("samples", "\(samples.train) train, \(samples.dev) dev\(second), \(samples.test) test"))
    }
    return rows
  }

  private func commands(of contents: JournalContents, _ history: History, _ name: String) -> [RunContext
    .Command]
  {
    func line(_ words: String...) -> String { ShellWords.line(["tuner-mpi"] + words) }
    guard contents.finalSummary != nil, !contents.isSimulated else {
      return contents.isSimulated
        ? [] : [RunContext.Command(purpose: "See where it stands", line: line("status", name))]
    }
    guard history.best != nil else { return [] }
    var commands: [RunContext.Command] = []
    if contents.study["training"] != nil {
      commands.append(
        RunContext.Command(purpose: "Measure the best on the test split, once", line: line("test", name)))
    }
    commands.append(
      RunContext.Command(
        purpose: "Take its weights to PyTorch", line: line("export", name, "--format", "safetensors")))
    if let extent = contents.wholeStudy?.scheduler.extent {
      let setting = "search.scheduler.\(extent.option)=\(2 * extent.value)"
      commands.append(
        RunContext.Command(
          purpose: "Search twice as long, from here",
          line: line("run", "\(name)/study.yaml", "--run-directory", name, "--set", setting)))
    }
    commands.append(
      RunContext.Command(
        purpose: "Search again with every trial from three seeds, as a study of its own",
        line: line(
          "run", "\(name)/study.yaml", "--run-directory", "\(name)-replicates", "--set", "search.replicates=3"
        )))
    return commands
  }

  private static func date(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(.iso8601)
  }
}

extension ChartLibrary {
  /// The library that `make build` and `make install` lay beside the program; nil where there is none.
  fileprivate static var besideProgram: ChartLibrary? {
    guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    let place = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "plotly.min.js.gz")
    return (try? Data(contentsOf: place)).map { ChartLibrary(gzipped: $0) }
  }
}

extension JournalContents {
  /// Whether it came to its end, and how.
  var state: StudyState {
    switch finalSummary {
    case let summary?: summary.hasFailed ? .failed : .finished
    case nil: .unfinished
    }
  }
}

extension JSONValue {
  /// Every field with its dotted path; a list is one value.
  var settings: [String: String] {
    guard case .object(let members) = self else { return ["": text] }
    var settings: [String: String] = [:]
    for (name, value) in members {
      for (path, text) in value.settings { settings[path.isEmpty ? name : "\(name).\(path)"] = text }
    }
    return settings
  }
}
