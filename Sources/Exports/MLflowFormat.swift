import CKernels
import JSON
import Search
import Tuner

/// MLflow's store of plain files, which `mlflow ui --backend-store-uri` opens and `mlflow migrate-filestore` takes into a
/// database: the study an experiment, a trial a run (mlflow/store/tracking/file_store.py).
enum MLflowFormat: ExportFormat {
  static let name = "mlflow"
  static let summary = "MLflow's folder of files (mlruns): the study an experiment, a trial a run"
  static let output = "mlruns"

  /// `RunStatus`.
  private static let (running, finished, failed) = (1, 3, 4)

  static func files(of study: ExportedStudy, at place: String) throws(TunerError) -> [ExportedFile] {
    let experiment = "1"
    var files = [
      ExportedFile(
        "\(experiment)/meta.yaml",
        try yaml([
          ("artifact_location", .text("file://\(place)/\(experiment)")), ("experiment_id", .text(experiment)),
          ("creation_time", milliseconds(study.begun)), ("last_update_time", milliseconds(study.newest)),
          ("lifecycle_stage", .text("active")), ("name", .text(study.history.study)),
        ]))
    ]
    for jobs in study.trials {
      guard let last = jobs.last else { continue }
      files += try run(jobs, last, in: study, experiment: experiment, at: place)
    }
    return files
  }

  private static func run(
    _ jobs: [ExportedJob], _ last: ExportedJob, in study: ExportedStudy, experiment: String, at place: String
  ) throws(TunerError) -> [ExportedFile] {
    let name = "trial \(last.segment.job.trial.rawValue)"
    let id = identifier(of: last.segment.job.trial, in: study)
    let folder = "\(experiment)/\(id)"
    let status =
      switch last.segment.outcome {
      case .reached: finished
      case .failed: failed
      case nil: running
      }
    var files = [
      ExportedFile(
        "\(folder)/meta.yaml",
        try yaml([
          ("artifact_uri", .text("file://\(place)/\(folder)/artifacts")),
          ("end_time", status == running ? .null : milliseconds(last.end ?? study.newest)),
          ("entry_point_name", .text("")), ("experiment_id", .text(experiment)),
          ("lifecycle_stage", .text("active")), ("run_id", .text(id)), ("run_uuid", .text(id)),
          ("run_name", .text(name)), ("source_name", .text("")), ("source_type", .integer(4)),
          ("source_version", .text("")), ("start_time", milliseconds(jobs[0].start ?? study.newest)),
          ("status", .integer(status)), ("tags", .array([])), ("user_id", .text("tuner-mpi")),
        ])),
      ExportedFile("\(folder)/tags/mlflow.runName", name),
    ]
    // Without these MLflow takes a folder for none of its runs.
    files += ["artifacts", "metrics", "params"].map { ExportedFile(folder: "\(folder)/\($0)") }
    if let checkpoint = last.checkpoint {
      files.append(ExportedFile("\(folder)/tags/checkpoint", checkpoint))
    }
    if case .failed(let reason) = last.segment.outcome {
      files.append(ExportedFile("\(folder)/tags/reason", reason))
    }
    for (name, value) in last.segment.job.configuration.values.sorted(by: { $0.key < $1.key }) {
      files.append(ExportedFile("\(folder)/params/\(name)", value.description))
    }
    return files + metrics(of: jobs, in: study).map { ExportedFile("\(folder)/metrics/\($0.name)", $0.text) }
  }

  /// A line a measurement: when, what, at which budget.
  private static func metrics(of jobs: [ExportedJob], in study: ExportedStudy) -> [(
    name: String, text: String
  )] {
    var texts: [String: String] = [:]
    for job in jobs {
      for measurement in job.segment.measurements {
        let time = Int(((job.time(of: measurement) ?? study.newest) * 1000).rounded())
        for (name, value) in measurement.metrics {
          texts[name, default: ""] += "\(time) \(value) \(measurement.budget)\n"
        }
      }
    }
    return texts.sorted { $0.key < $1.key }.map { (name: $0.key, text: $0.value) }
  }

  /// 32 hexadecimal digits, the same whenever the view is made.
  private static func identifier(of trial: TrialID, in study: ExportedStudy) -> String {
    let name = Array("\(study.history.study)\n\(study.begun)".utf8)
    let checksum = name.withUnsafeBytes { checksum_crc32c(0, $0.baseAddress, $0.count) }
    return hexadecimal(UInt64(checksum)) + hexadecimal(UInt64(trial.rawValue))
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func milliseconds(_ seconds: Double) -> JSONValue {
    .integer(Int((seconds * 1000).rounded()))
  }

  /// JSON's scalars are YAML's.
  private static func yaml(_ members: [(String, JSONValue)]) throws(TunerError) -> String {
    var text = ""
    for (name, value) in members { text += "\(name): \(try value.line)\n" }
    return text
  }
}
