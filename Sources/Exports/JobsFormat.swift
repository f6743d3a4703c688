import Reports
import Search
import Tuner

/// A table, a row a job: what spreadsheets and data frames read. RFC 4180, as `trials.csv`.
enum JobsFormat: ExportFormat {
  static let name = "jobs"
  static let summary =
    "a table (CSV), a row a job: where it started, who did it, how long it took, what came out"
  static let output = "jobs.csv"

  private static let columns = [
    "job", "trial", "origin", "parent", "from_budget", "to_budget", "outcome", "reason", "score", "group",
    "started_at_seconds", "ended_at_seconds", "work_seconds", "step", "checkpoint",
  ]

  static func files(of study: ExportedStudy, at place: String) -> [ExportedFile] {
    let (metrics, parameters) = (study.metricNames, study.parameterNames)
    var text = CSVRow(
      columns + study.history.vectorColumns + metrics.map { "metric.\($0)" }
        + parameters.map { "parameter.\($0)" }
    ).text
    let front = study.history.objective.further.isEmpty ? [] : Set(study.history.paretoFront.map(\.job))
    for job in study.jobs {
      let newest = job.segment.measurements.last?.metrics ?? [:]
      text +=
        CSVRow(
          fields(of: job, in: study) + study.history.vectorPlaces(of: job.segment, front: front)
            + metrics.map { newest[$0].map { "\($0)" } ?? "" }
            + parameters.map { job.segment.job.configuration[$0]?.description ?? "" }
        ).text
    }
    return [ExportedFile(text)]
  }

  private static func fields(of exported: ExportedJob, in study: ExportedStudy) -> [String] {
    let job = exported.segment.job
    let (origin, parent) = exported.segment.originFields
    let (outcome, reason) = exported.segment.outcomeFields
    return [
      "\(job.id.rawValue)", "\(job.trial.rawValue)", origin, parent, "\(job.origin.budget)", "\(job.target)",
      outcome, reason, text(study.score(of: exported)), exported.work.map { "\($0.group.rawValue)" } ?? "",
      text(exported.start.map { $0 - study.begun }), text(exported.end.map { $0 - study.begun }),
      text(exported.work?.seconds), exported.step.map { "\($0)" } ?? "", exported.checkpoint ?? "",
    ]
  }

  private static func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
}
