import ArgumentParser
import Foundation
import Search
import Tuner

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Shows a study at work, from another terminal: reads its journal and follows it.",
    discussion:
      """
      Ends when the study ends, or at Ctrl-C, which changes nothing about the run. Without a terminal it writes a line \
      a minute and one at events.
      """)

  @Argument(help: "The run directory.", completion: .directory)
  var directory: String

  @Flag(help: "Shows the study as it stands, and ends.")
  var once = false

  func run() throws {
    StopSignals.install()
    try reporting {
      let directory = RunDirectory(path: directory)
      try directory.requireRun()
      var watch = try StudyWatch(directory)
      if once {
        let terminal = Terminal.found(in: ProcessInfo.processInfo.environment, preferring: [STDOUT_FILENO])
        let columns = terminal?.size.columns ?? StudyFrame.widest
        for line in watch.frame.lines(columns: columns) {
          print(terminal?.hasColours == true ? line.coloured : line.text)
        }
        return
      }
      try watch.follow()
    }
  }
}

/// A study that another program works on, as its journal tells it.
private struct StudyWatch: ~Copyable {
  private static let (microsecondsBetweenLooks, secondsBetweenLinesOfWork): (UInt32, Double) = (250_000, 60)
  /// Between two looks at the lock.
  private static let secondsBetweenQuestions = 2.0

  private let directory: RunDirectory
  private let environment = ProcessInfo.processInfo.environment
  private var tail: JournalTail
  private var view: StudyView
  private var events: StudyEvents
  private var log: LogText
  private var holder: RunLock.Holder
  private var asked = ContinuousClock.now

  init(_ directory: RunDirectory) throws(TunerError) {
    let glyphs = Glyphs(environment: ProcessInfo.processInfo.environment)
    let (view, events, end) = try Self.read(directory, glyphs)
    let tail = try JournalTail(directory.journal, after: end)
    self.directory = directory
    self.view = view
    self.events = events
    self.tail = tail
    log = LogText(glyphs: glyphs)
    holder = RunLock.holder(of: directory.path, seenFrom: .current())
  }

  private static func read(
    _ directory: RunDirectory, _ glyphs: Glyphs
  ) throws(TunerError) -> (StudyView, StudyEvents, JournalContents.End) {
    let contents = try Self.contents(of: directory)
    let view = try StudyView(StudyOutline(contents), after: contents)
    var events = StudyEvents(glyphs: glyphs, columns: LogText(glyphs: glyphs).columnsOfText(at: 0))
    for line in contents.lines { events.recall(line.record) }
    events.goOn(from: view)
    return (view, events, contents.end)
  }

  /// Waits for the first line of a program that is at work: it reads its data first, or has set an old journal aside.
  private static func contents(of directory: RunDirectory) throws(TunerError) -> JournalContents {
    while true {
      let isHeld = RunLock.holder(of: directory.path, seenFrom: .current()) != .nobody
      do throws(TunerError) {
        let contents = try JournalContents.read(ofRunAt: directory.journal)
        if let contents, !contents.lines.isEmpty { return contents }
      } catch  where isHeld && error.kind == .damaged && !directory.hasJournal {}
      guard isHeld, StopSignals.name == nil else {
        throw directory.missing(found: "one in which nothing has begun")
      }
      usleep(microsecondsBetweenLooks)
    }
  }

  private var now: Double { Date().timeIntervalSince1970 }

  var frame: StudyFrame {
    let isAtWork = holder != .nobody && view.ending == nil
    return StudyFrame(
      view: view, seconds: isAtWork ? view.session.map { max(0, now - $0.start) } : nil, time: now,
      state: state, glyphs: log.glyphs)
  }

  private var state: String {
    switch (view.ending, holder) {
    case (.finished, _): view.leaders.isEmpty ? "failed: no trial succeeded" : "finished"
    case (_, .program(let owner)): owner.map { "running on \($0.host)" } ?? "running"
    case (.unfinished(let reason), .nobody): "saved, unfinished: \(reason)"
    case (nil, .nobody): "unfinished: it ended without a word"
    }
  }

  /// Until the study ends, somebody asks to end, or nobody reads.
  mutating func follow() throws {
    let terminal = Terminal.found(in: environment, preferring: [STDOUT_FILENO])
    if let terminal { StandardStreams.beginDrawing(on: terminal) }
    defer { StandardStreams.endDrawing(keepingIt: true) }
    var said = -Double.infinity
    while true {
      var lines = try news(in: terminal == nil ? .log : .picture)
      if terminal != nil {
        let frame = frame
        StandardStreams.draw(above: lines) { frame.lines(columns: $0) }
      } else {
        if now - said >= Self.secondsBetweenLinesOfWork || view.ending == .finished {
          said = now
          lines += log.lines("\(view.summaryLine)  \(state)", at: now)
        }
        for line in lines { print(line.text) }
        guard StandardStreams.flush() == nil else { throw ExitCode.success }
      }
      if view.ending == .finished || StopSignals.name != nil { return }
      usleep(Self.microsecondsBetweenLooks)
    }
  }

  private enum Form { case picture, log }

  /// Reads on; what happened, in lines.
  private mutating func news(in form: Form) throws(TunerError) -> [StyledLine] {
    if (ContinuousClock.now - asked) / .seconds(1) > Self.secondsBetweenQuestions {
      asked = .now
      holder = RunLock.holder(of: directory.path, seenFrom: .current())
    }
    if let columns = StandardStreams.columns {
      log.columns = min(columns, LogText.widest)
      events.columns = log.columnsOfText(at: now)
    }
    let added = try tail.next()
    let isChanged = added.contains { if case .session(.studyChanged) = $0.record { true } else { false } }
    if isChanged || tail.isReplaced {
      // Another study: what was read of the old one says nothing of it.
      let (view, events, end) = try Self.read(directory, log.glyphs)
      self.view = view
      self.events = events
      tail = try JournalTail(directory.journal, after: end)
      return log.lines("the study was changed, or begun anew", at: now)
    }
    var lines: [StyledLine] = []
    for line in added {
      for event in try events.take(line.record, at: line.time, into: &view)
      where form == .log || !event.isInPicture { lines += log.lines(event.text, at: line.time) }
    }
    return lines
  }
}
