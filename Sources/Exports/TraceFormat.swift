import JSON
import Search
import Tuner

/// The run as Perfetto (ui.perfetto.dev), Chrome and Speedscope show it: a track a group of ranks, a slice a job, times
/// as the journal has them. Google's Trace Event Format, microseconds since the run began.
enum TraceFormat: ExportFormat {
  static let name = "trace"
  static let summary = "the run as a timeline for ui.perfetto.dev: a track a group of ranks, a slice a job"
  static let output = "trace.json"

  static func files(of study: ExportedStudy, at place: String) throws(TunerError) -> [ExportedFile] {
    var lines: [String] = []
    for event in named(study) + slices(of: study) + moments(of: study) {
      lines.append(try JSONValue.object(event).line)
    }
    let text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n\(lines.joined(separator: ",\n"))\n]}\n"
    return [ExportedFile(text)]
  }

  private typealias Event = [String: JSONValue]

  /// Track 0 is the study's own; a group's has its number, from 1.
  private static func event(_ phase: String, _ name: String, track: Int, _ further: Event) -> Event {
    let event: Event = [
      "ph": .text(phase), "name": .text(name), "pid": .integer(1), "tid": .integer(track),
    ]
    return event.merging(further) { own, _ in own }
  }

  private static func named(_ study: ExportedStudy) -> [Event] {
    let numbers = Set(study.jobs.compactMap { $0.work?.group.rawValue }).sorted()
    let tracks = numbers.map { number -> Event in
      let group = study.groups.last { $0.id.rawValue == number }
      let place = group.map { group in
        let hosts = group.hosts.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        return
          " (ranks \(group.ranks.map(String.init).joined(separator: ", ")) on \(hosts.joined(separator: ", ")))"
      }
      return event(
        "M", "thread_name", track: number + 1,
        ["args": .object(["name": .text("group \(number)\(place ?? "")")])])
    }
    return [
      event("M", "process_name", track: 0, ["args": .object(["name": .text(study.history.study)])]),
      event("M", "thread_name", track: 0, ["args": .object(["name": .text("study")])]),
    ] + tracks
  }

  private static func slices(of study: ExportedStudy) -> [Event] {
    var ends: [Int: Double] = [:]
    return study.jobs.filter { $0.end != nil }.sorted { ($0.end ?? 0) < ($1.end ?? 0) }.map { job in
      // What no group did is the study's own.
      let track = job.work.map { $0.group.rawValue + 1 } ?? 0
      let end = microseconds(job.end, in: study)
      // A group does one job after the other, whatever its clock says.
      let start = min(max(microseconds(job.start, in: study), ends[track] ?? 0), end)
      ends[track] = end
      return event(
        "X", study.title(of: job), track: track,
        ["ts": .number(start), "dur": .number(end - start), "args": .object(arguments(job, study))])
    }
  }

  private static func arguments(_ job: ExportedJob, _ study: ExportedStudy) -> Event {
    var arguments: Event = [
      "job": .integer(job.segment.job.id.rawValue), "trial": .integer(job.segment.job.trial.rawValue),
      "configuration": JSONValue(job.segment.job.configuration),
    ]
    if let score = study.score(of: job) { arguments[study.history.objective.metric] = .number(score) }
    if case .failed(let reason) = job.segment.outcome { arguments["failed"] = .text(reason) }
    if case .fork(let parent, _) = job.segment.job.origin { arguments["parent"] = .integer(parent.rawValue) }
    return arguments
  }

  private static func moments(of study: ExportedStudy) -> [Event] {
    study.events.map {
      event("i", $0.text, track: 0, ["ts": .number(microseconds($0.time, in: study)), "s": .text("p")])
    }
  }

  private static func microseconds(_ time: Double?, in study: ExportedStudy) -> Double {
    (((time ?? study.begun) - study.begun) * 1e6).rounded()
  }
}
