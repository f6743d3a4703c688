import Foundation
import JSON
public import Search

extension Controller {
  /// The state that a journal tells, ready to go on: recorded decisions are taken instead of asking the
  /// sampler, recorded jobs are compared with what the scheduler issues now, unanswered jobs wait to be given
  /// out again.
  ///
  /// The journal says in which order the scheduler was called, so its calls are repeated exactly.
  ///
  /// - Parameters:
  ///   - allowingChanges: goes on although the study is another one than the journal's. Changes of what does not touch
  ///     recorded work (more generations or trials, another group size) need no permission.
  ///   - tell: told every line, so that nobody else need decode them once more.
  /// - Throws: `TunerError`, with the lines that differ, when the journal is not this study's.
  public init(
    resuming contents: JournalContents, _ study: Study, scheduler: any Scheduler, sampler: any Sampler,
    memoryPerGroup: Int = 1 << 30, allowingChanges: Bool = false,
    telling tell: (JournalLine) throws(TunerError) -> Void = { _ in }
  ) throws(TunerError) {
    try self.init(study, scheduler: scheduler, sampler: sampler, memoryPerGroup: memoryPerGroup)
    if contents.lines.isEmpty { return }
    let changes = contents.study.studyChanges(to: self.study)
    if !allowingChanges { try Self.refuse(changes, of: contents) }
    do throws(TunerError) {
      for (index, line) in contents.lines.enumerated() {
        try replay(line.record, place: "\(contents.path):\(index + 1)")
        try tell(line)
      }
      // A change is tried whole before anything of it is written: the sampler too must be able to go on.
      var probe = search
      if !changes.isEmpty { _ = try probe.nextJob() }
    } catch  where error.kind == .usage && !changes.isEmpty {
      throw Self.refusal(of: changes, of: contents, error)
    }
    launches.allRead(unfinished: jobsPossiblyAtWork)
    for job in unfinishedJobs where arrived[job.id] == nil && !launches.isConvicted(job.id) {
      placement.enqueue(job, begun: true, alone: launches.isSuspect(job.id))
    }
    // What an earlier session was killed before deleting is swept by `start`; memory is empty.
    _ = retention.takeDeletions()
    _ = retention.takeReleases()
    resumption = Resumption(changes: changes.map(\.description))
    // A study that was extended since it finished goes on.
    let recorded = contents.finalSummary
    recordedResults =
      [recorded?.best?.checkpoint].compactMap(\.self) + (recorded?.front ?? []).map(\.checkpoint)
    if contents.isFinished, search.isFinished, unfinished.isEmpty {
      // As it was said: an earlier version may have chosen by another rule, and kept those weights alone.
      phase = .ended((changes.isEmpty ? recorded : nil) ?? summary(.finished))
    }
  }

  private var jobsPossiblyAtWork: some Sequence<JobID> {
    unfinished.keys.lazy.filter { [arrived] in arrived[$0] == nil }
  }

  private static func refuse(_ changes: [StudyChange], of contents: JournalContents) throws(TunerError) {
    let refused = changes.filter { !$0.keepsRecordedWork }
    if refused.isEmpty { return }
    throw TunerError(
      .usage, subject: contents.path, expected: "the study that this run began with",
      found: "a changed one:\n" + refused.map { "  \($0)\n" }.joined(),
      remedy: (refused.lazy.compactMap(\.undoing).first ?? "Undo the changes")
        + ", choose another run directory, or allow them with --allow-changes.")
  }

  /// A change that permission alone does not make possible.
  private static func refusal(
    of changes: [StudyChange], of contents: JournalContents, _ reason: TunerError
  ) -> TunerError {
    TunerError(
      .usage, subject: contents.path, expected: "a study that can go on from what is recorded",
      found: "one that was changed:\n" + changes.map { "  \($0)\n" }.joined()
        + "and cannot, at \(reason.subject): expected \(reason.expected), found \(reason.found)",
      remedy: "Nothing was written: undo the changes to go on, or choose another run directory.")
  }

  private mutating func replay(
    _ record: Record, place: String
  ) throws(TunerError) {
    switch record {
    case .header: return
    case .finished: launches.ended()
    case .job(let record):
      let issued = try search.nextJob(recorded: record)
      guard let issued, issued == record else {
        throw Self.difference(place, now: issued?.text ?? "no job", then: record.text)
      }
      register(record.job)
    case .outcome(let record): try replay(record, place)
    case .population(let record):
      guard let population = comingPopulation, population.generation == record.generation,
        population.members == record.members
      else {
        throw Self.difference(place, now: comingPopulation, then: record)
      }
      settlePopulation()
    case .session(let record): try replay(record, place)
    }
  }

  private mutating func replay(_ record: OutcomeRecord, _ place: String) throws(TunerError) {
    // No outcome is delivered before a population is saved; an earlier version did not save this one.
    if comingPopulation != nil {
      comingPopulation = nil
      retention.populationMissed()
    }
    let id = record.outcome.job
    guard let job = unfinished[id], record.outcome.trial == job.trial,
      !search.isSynchronous || id.rawValue == answered
    else {
      throw JournalLine.damage(
        place, expected: "an outcome of a job at work, in its turn",
        found: "one of \(id) of \(record.outcome.trial)")
    }
    if let path = record.checkpoint { try Self.checkPath(path, place) }
    try answer(job, record.seen(by: objective, place))
  }

  private mutating func replay(_ record: SessionRecord, _ place: String) throws(TunerError) {
    switch record {
    case .arrived(let report):
      guard unfinished[report.job]?.trial == report.trial else {
        throw JournalLine.damage(
          place, expected: "a report of a job at work", found: "one of \(report.job) of \(report.trial)")
      }
      if case .reached(let path) = report.result { try Self.checkPath(path, place) }
      keep(report)
    case .groupLost(_, let job, _):
      guard let job, unfinished[job] != nil else { return }
      losses[job, default: 0] += 1
      launches.gotBack(job)
    case .started: launches.began(unfinished: jobsPossiblyAtWork)
    case .assigned(let job): launches.gaveOut(job)
    case .saved(let job): launches.cleared(job)
    case .stopped: launches.ended()
    // Whether a state is still lost is found out anew: the file may have been brought back.
    // Which hosts are fit for work is found out anew.
    case .groupSetAside, .groupCleared: return
    case .data, .groupReady, .stopRequested, .studyChanged, .stateLost, .originReplaced: return
    }
  }

  /// Paths of a journal are deleted one day: they stay within the run directory.
  private static func checkPath(_ path: String, _ place: String) throws(TunerError) {
    if path.hasPrefix("/") || path.split(separator: "/").contains("..") || path.isEmpty {
      throw JournalLine.damage(place, expected: "a checkpoint within the run directory", found: path)
    }
  }

  private static func difference(
    _ place: String, now: Population?, then: PopulationRecord
  ) -> TunerError {
    let number = then.generation
    guard let now, now.generation == number else {
      return difference(
        place, now: now.map { "the population of generation \($0.generation)" } ?? "no population",
        then: "that of generation \(number)")
    }
    let lines = now.differences(from: then).map { "  \($0)\n" }.joined()
    return difference(
      place, now: "the population of generation \(number)", then: "one that differs:\n\(lines)")
  }

  private static func difference(_ place: String, now: String, then: String) -> TunerError {
    TunerError(
      .usage, subject: place, expected: "\(now), which this study does there now", found: "\(then)",
      remedy: "The experiment or the program has changed: go on with the ones that wrote this journal, "
        + "or choose another run directory.")
  }
}

extension JournalContents {
  /// A part of the study; nil where it says nothing of it, or in other words than this version's. A journal
  /// that no study can be read from is refused by the controller, with its reasons.
  func recorded<Part: Decodable>(_ part: Part.Type) -> Part? {
    try? JSONDecoder().decode(part, from: JSONEncoder().encode(study))
  }

  /// How often a program began to work on this journal.
  public var sessions: Int {
    landmarks.count { if case .session(.started) = $0.record { true } else { false } }
  }

  /// True when the study came to its end, and was not extended since.
  public var isFinished: Bool {
    for line in lines.reversed() {
      switch line.record {
      case .finished: return true
      case .session(.studyChanged), .job, .outcome, .population, .header: return false
      case .session: continue
      }
    }
    return false
  }
}

extension JobRecord {
  /// The job in a line, for an error.
  var text: String {
    let origin =
      switch job.origin {
      case .fresh: "from fresh weights"
      case .resume(let budget): "resumed from \(budget)"
      case .fork(let parent, let budget): "a fork of \(parent) at \(budget)"
      }
    let values = job.configuration.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)" }
    return "\(job.id) (\(job.trial) \(origin), to \(job.target), \(values.joined(separator: ", ")))"
  }
}
