public import Search

extension Report {
  /// The whole history as a table, a row a job in the order of the jobs: what spreadsheets and data frames
  /// read. RFC 4180: fields apart by commas, lines ended by CR LF, quotes doubled.
  ///
  /// Columns: `trial`, `job`, `origin` (`fresh`, `resume`, `fork`), `parent` (the trial that a fork cloned),
  /// `from_budget` and `to_budget` (cumulative, in the study's unit), `outcome` (`reached`, `failed`,
  /// `unfinished`), `reason` (of a failure), `score` (the objective's metric, with its own sign),
  /// `finished_at_seconds` (since the study began), `violation` (of the limits, in a study that has some)
  /// and `broken_limits` (which, and by how much each; empty when all are kept),
  /// `front` (`yes` for what nothing dominates, in a study with several objectives), `version` (of the study, where it
  /// was changed on the way), `simulated` (`yes`, where a function took the place of training), then `metric.NAME` for
  /// every metric (the job's newest measurement) and `parameter.NAME` for every hyperparameter. What there is
  /// not, is empty. Numbers have all their digits. O(jobs x columns).
  public static func csv(_ history: History) -> String {
    let metrics = history.metricNames
    let parameters = history.parameterNames
    var text = CSVRow(
      [
        "trial", "job", "origin", "parent", "from_budget", "to_budget", "outcome", "reason", "score",
        "finished_at_seconds",
      ] + history.vectorColumns + metrics.map { "metric.\($0)" } + parameters.map { "parameter.\($0)" }
    ).text
    let front = history.objective.further.isEmpty ? [] : Set(history.paretoFront.map(\.job))
    for segment in history.segments {
      let newest = segment.measurements.last?.metrics ?? [:]
      text +=
        CSVRow(
          history.places(of: segment) + history.vectorPlaces(of: segment, front: front)
            + metrics.map { newest[$0].map { "\($0)" } ?? "" }
            + parameters.map { segment.job.configuration[$0]?.description ?? "" }
        ).text
    }
    return text
  }
}

extension History {
  /// What tables say of made-up results.
  var simulatedColumn: [String] { isSimulated == true ? ["simulated"] : [] }

  /// The columns that only some studies have.
  package var vectorColumns: [String] {
    (objective.limits.isEmpty ? [] : ["violation", "broken_limits"])
      + (objective.further.isEmpty ? [] : ["front"]) + (versions == nil ? [] : ["version"]) + simulatedColumn
  }

  package func vectorPlaces(of segment: TrialHistory.Segment, front: Set<JobID>) -> [String] {
    vectorColumns.map { column in
      switch column {
      case "violation": costVector(of: segment).map { "\($0.violation)" } ?? ""
      case "broken_limits": brokenLimits(of: segment)?.text ?? ""
      case "version": segment.outcome == nil ? "" : "\(segment.version ?? 1)"
      case "simulated": "yes"
      default: front.contains(segment.job.id) ? "yes" : ""
      }
    }
  }

  /// The fields that every study has.
  fileprivate func places(of segment: TrialHistory.Segment) -> [String] {
    let job = segment.job
    let (origin, parent) = segment.originFields
    let (outcome, reason) = segment.outcomeFields
    return [
      "\(job.trial.rawValue)", "\(job.id.rawValue)", origin, parent, "\(job.origin.budget)", "\(job.target)",
      outcome, reason, score(of: segment).map { "\($0)" } ?? "", segment.finishedAt.map { "\($0)" } ?? "",
    ]
  }
}

// What tables of jobs say alike.
extension TrialHistory.Segment {
  /// `fresh`, `resume` or `fork`, and of a fork the trial that it cloned.
  package var originFields: (kind: String, parent: String) {
    switch job.origin {
    case .fresh: ("fresh", "")
    case .resume: ("resume", "")
    case .fork(let parent, _): ("fork", "\(parent.rawValue)")
    }
  }

  /// `reached`, `failed` or `unfinished`, and why it failed.
  package var outcomeFields: (kind: String, reason: String) {
    switch outcome {
    case .reached: ("reached", "")
    case .failed(let reason): ("failed", reason)
    case nil: ("unfinished", "")
    }
  }
}
