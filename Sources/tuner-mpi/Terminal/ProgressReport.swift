import Foundation
import Search
import Tuner

/// What rank 0 says while a study runs: a picture on a terminal, in a log a line a minute and one for every event.
final class ProgressReport {
  private enum Form {
    case picture
    case log
    case nothing
  }

  /// Seconds between two pictures, and between two lines that only say that work goes on.
  private static let (pictureInterval, lineInterval) = (0.2, 60.0)

  private let form: Form
  private let terminal: Terminal?
  private var log: LogText
  private var view: StudyView
  private var events: StudyEvents
  private let start = ContinuousClock.now
  /// When the newest picture or line of work was due, in seconds since the start.
  private var last: Double
  /// Why the sampler proposes as it does, as it was last said.
  private var rationale: String?

  /// - Parameters:
  ///   - mode: nil for a picture where there is a terminal, and a log elsewhere.
  ///   - clock: how the journal's times are written.
  init(
    _ study: Study, _ mode: ProgressMode?,
    clock: @escaping (Double) -> String = timeOfDay,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(TunerError) {
    let outline = try StudyOutline(study)
    let glyphs = Glyphs(environment: environment)
    log = LogText(clock: clock, glyphs: glyphs)
    events = StudyEvents(glyphs: glyphs, columns: log.columnsOfText(at: 0))
    view = StudyView(outline)
    terminal =
      switch mode {
      case nil: Terminal.found(in: environment)
      case .live: Terminal.forced(in: environment)
      case .plain, .some(.none): nil
      }
    form = terminal != nil ? .picture : mode == .some(.none) ? .nothing : .log
    // The first picture at once, the first of the minutes' lines after one.
    last = terminal == nil ? 0 : -.infinity
  }

  /// A line of the journal of the sessions before.
  ///
  /// - Throws: `TunerError` when the journal is not this study's.
  func recall(_ line: JournalLine) throws(TunerError) {
    events.recall(line.record)
    try view.take(line.record, at: line.time)
  }

  /// What was before is recalled: the session begins.
  func begin() {
    events.goOn(from: view)
    if let terminal { StandardStreams.beginDrawing(on: terminal) }
  }

  func take(_ progress: RunProgress) throws(TunerError) {
    for change in progress.changes { view.take(change, at: progress.time) }
    if form == .picture, !progress.records.isEmpty, let columns = StandardStreams.columns {
      log.columns = min(columns, LogText.widest)
    }
    events.columns = log.columnsOfText(at: progress.time)
    var lines: [StyledLine] = []
    for record in progress.records {
      let found = try events.take(record, at: progress.time, into: &view)
      for event in found where form == .log || !event.isInPicture {
        lines += log.lines(event.text, at: progress.time)
      }
    }
    if let reason = progress.rationale, reason != rationale {
      rationale = reason
      lines += log.lines("sampler: \(reason)", at: progress.time)
    }
    switch form {
    case .nothing: return
    case .log:
      if isDue(after: Self.lineInterval) {
        lines += log.lines(line(progress), at: progress.time)
      }
      if !lines.isEmpty { printError(lines.map(\.text).joined(separator: "\n")) }
    case .picture:
      guard isDue(after: Self.pictureInterval) || !lines.isEmpty else { return }
      StandardStreams.draw(above: lines) { frame(progress).lines(columns: $0) }
    }
  }

  /// Whether the interval has passed since it last had. By a clock of its own: a simulation's runs ahead.
  private func isDue(after interval: Double) -> Bool {
    let now = (ContinuousClock.now - start) / .seconds(1)
    guard now - last >= interval else { return false }
    last = now
    return true
  }

  /// Takes the picture away.
  func finish() { StandardStreams.endDrawing() }

  private func frame(_ progress: RunProgress) -> StudyFrame {
    StudyFrame(
      view: view, seconds: progress.seconds, time: progress.time, utilization: progress.utilization,
      glyphs: log.glyphs)
  }

  /// That work goes on, and how far it has come.
  private func line(_ progress: RunProgress) -> String {
    view.summaryLine + "  \(progress.busyGroups) of \(counted(progress.groups, "group")) at work  "
      + view.pace(after: progress.seconds)
  }
}

extension StudyView {
  /// `digits  28 of 45 jobs  best 0.9550 (trial 12)  1 failed`.
  var summaryLine: String {
    var parts = ["\(outline.name)  \(jobs)"]
    if let best = leaders.first {
      parts.append("\((best.brokenLimits ?? []).titleOfBest) \(best.score.scoreText) (\(best.trial))")
    }
    if failedTrials > 0 { parts.append("\(failedTrials) failed") }
    return parts.joined(separator: "  ")
  }
}
