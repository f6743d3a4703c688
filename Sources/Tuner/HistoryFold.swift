import Foundation
public import Search

extension History {
  /// What a journal tells of a study, for reports.
  ///
  /// - Throws: `TunerError` when the journal does not describe its study, or its records contradict each
  ///   other.
  public init(_ contents: JournalContents) throws(TunerError) {
    let description = try StudyDescription(contents)
    self.init(
      study: description.name, objective: description.objective, space: description.space,
      budgetUnit: description.budgetName)
    if description.starting?.baseline != nil { hasBaseline = true }
    replicates = description.replicates
    areFolds = description.crossValidation
    var log = VersionLog()
    var clock = StudyClock()
    /// Where each job's segment lies.
    var segments: [JobID: (trial: Int, segment: Int)] = [:]
    for (index, line) in contents.lines.enumerated() {
      let now = clock.read(line)
      log.take(line)
      switch line.record {
      case .job(let record):
        let trial = record.job.trial.rawValue
        guard (0...trials.count).contains(trial) else {
          throw JournalLine.damage(
            "\(contents.path):\(index + 1)", expected: "a trial up to \(trials.count)",
            found: "trial \(trial)")
        }
        if trial == trials.count { trials.append(TrialHistory(id: record.job.trial)) }
        segments[record.job.id] = (trial, trials[trial].segments.count)
        trials[trial].segments.append(TrialHistory.Segment(job: record.job))
      case .outcome(let record):
        guard let (trial, segment) = segments[record.outcome.job] else {
          throw JournalLine.damage(
            "\(contents.path):\(index + 1)", expected: "an outcome of a recorded job",
            found: "one of \(record.outcome.job)")
        }
        let place = "\(contents.path):\(index + 1)"
        trials[trial].segments[segment].outcome = try record.seen(by: objective, place).outcome.result
        trials[trial].segments[segment].finishedAt = now
        trials[trial].segments[segment].version = log.versions.count > 1 ? log.versions.count : nil
        trials[trial].segments[segment].measurements = record.measurements.map {
          TrialHistory.Measurement(budget: $0.budget, metrics: $0.metrics)
        }
      case .session(.originReplaced(let job, _, _, let origin)):
        if let (trial, segment) = segments[job] { trials[trial].segments[segment].job.origin = origin }
      case .session(.data(let counts)): samples = counts
      case .header(let header): isSimulated = header.isSimulated
      case .population, .finished, .session: continue
      }
    }
    if log.versions.count > 1 { versions = log.versions }
  }
}

/// Seconds since a study began, interruptions left out. It never runs backwards, wherever the clock of the
/// machine was set meanwhile.
struct StudyClock {
  private var before = 0.0
  private var stretchStart: Double?
  private var newest = 0.0

  mutating func read(_ line: JournalLine) -> Double {
    if let start = stretchStart {
      // The header comes just before the first session's start, and counts as its beginning. A later session
      // may begin earlier, by a clock that was set back.
      let isNewSession = if case .session(.started) = line.record { true } else { false }
      if isNewSession || line.time < newest {
        before += newest - start
        stretchStart = line.time
      }
    } else {
      stretchStart = line.time
    }
    newest = line.time
    return before + line.time - (stretchStart ?? line.time)
  }
}
