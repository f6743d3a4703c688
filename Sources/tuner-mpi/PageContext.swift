import Exports
import Foundation
import JSON
import Reports
import Search
import Tuner

extension RunDirectory {
  /// What the page tells of a run beyond its history.
  ///
  /// - Parameters:
  ///   - name: the path that people know the directory by.
  ///   - isTested: whether the best has been measured on the test split.
  func pageContext(
    of contents: JournalContents, _ history: History, knownAs name: String, isTested: Bool
  ) throws(TunerError) -> RunContext {
    let exported = try ExportedStudy(contents)
    let path = URL(fileURLWithPath: name).standardizedFileURL.path
    var context = RunContext()
    context.charts = .besideProgram
    for job in exported.jobs {
      guard let work = job.work, let clock = job.clock else { continue }
      context.work[job.segment.job.id] = RunContext.Work(
        group: work.group.rawValue, start: clock.lowerBound, end: clock.upperBound)
    }
    if let best = history.best, !contents.isSimulated {
      let checkpoint = exported.jobs.first { $0.segment.job.id == best.job }?.checkpoint
      context.weights = checkpoint.map { "\(path)/\($0)" }
    }
    let sessions = RecordedSessions(contents)
    context.allocatedSeconds = sessions.allocatedSeconds
    context.provenance = provenance(of: contents, exported, sessions, history, path)
    context.commands = commands(of: contents, history, path, isTested: isTested)
    return context
  }

  private func provenance(
    of contents: JournalContents, _ exported: ExportedStudy, _ sessions: RecordedSessions, _ history: History,
    _ path: String
  ) -> [(name: String, text: String)] {
    var rows = [
      ("run directory", path), ("program", "tuner-mpi \(sessions.programs.joined(separator: ", then "))"),
      ("begun", Self.date(exported.begun)), ("newest record", Self.date(exported.newest)),
      ("sessions", "\(sessions.count)"),
    ]
    if let method = (try? StudyOutline(contents))?.method { rows.append(("search", method)) }
    if let seed = contents.study["seed"]?.text { rows.append(("seed", seed)) }
    if let ranks = sessions.newestRanks { rows.append(("ranks", ranks)) }
    if let data = contents.study["training"]?["data"]?.text { rows.append(("data", data)) }
    if let samples = history.samples {
      let second = samples.secondDev.map { ", \($0) of a second dev split" } ?? ""
      rows.append(("samples", "\(samples.train) train, \(samples.dev) dev\(second), \(samples.test) test"))
    }
    return rows
  }

  /// What one may do next, as far as the journal tells: the command that the run was started with is not in it.
  private func commands(
    of contents: JournalContents, _ history: History, _ path: String, isTested: Bool
  ) -> [RunContext.Command] {
    guard !contents.isSimulated else { return [] }
    let invocation = Invocation(environment: ProcessInfo.processInfo.environment)
    guard contents.finalSummary != nil, history.best != nil else {
      return [
        RunContext.Command(
          purpose: "The command that started it goes on with it. Where it stands:",
          line: invocation.command("status", path))
      ]
    }
    var commands: [RunContext.Command] = []
    let study = contents.wholeStudy
    if study?.trainee.training != nil {
      if !isTested {
        commands.append(
          RunContext.Command(
            purpose: "Measure the best on the test split, once", line: invocation.command("test", path)))
      }
      commands.append(
        RunContext.Command(
          purpose: "Take the best to PyTorch",
          line: invocation.command("export", path, "--format", "safetensors")))
    }
    if let (option, value) = study?.scheduler.extent, value <= Int.max / 2 {
      commands.append(
        RunContext.Command(
          purpose: "Search twice as long: add to the command that started it",
          line: "--set search.scheduler.\(option)=\(2 * value)"))
    }
    if history.replication.count == 1 {
      commands.append(
        RunContext.Command(
          purpose: "Train every trial from three seeds, as a study of its own: add to that command",
          line: ShellWords.line(["--set", "search.replicates=3", "--run-directory", "\(path)-replicates"])))
    }
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
