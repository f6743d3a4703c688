import CKernels
import Foundation
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
    // Several studies share a store.
    let experiment = String(checksum(of: study))
    var files = [
      ExportedFile(
        "\(experiment)/meta.yaml",
        try yaml([
          ("artifact_location", .text(address("\(place)/\(experiment)"))),
          ("experiment_id", .text(experiment)),
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
          ("artifact_uri", .text(address("\(place)/\(folder)/artifacts"))),
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
    // Empty rather than missing, so that nothing is left of an earlier export.
    let reason = if case .failed(let reason) = last.segment.outcome { reason } else { "" }
    files.append(ExportedFile("\(folder)/tags/checkpoint", last.checkpoint ?? ""))
    files.append(ExportedFile("\(folder)/tags/reason", reason))
    let values = last.segment.job.configuration.values
    for (name, file) in fileNames(values.keys.sorted()) {
      files.append(ExportedFile("\(folder)/params/\(file)", values[name]?.description ?? ""))
    }
    let metrics = metrics(of: jobs, in: study)
    for (name, file) in fileNames(metrics.keys.sorted()) {
      files.append(ExportedFile("\(folder)/metrics/\(file)", metrics[name] ?? ""))
    }
    return files
  }

  /// What MLflow may call them, each once: letters of the English alphabet, digits, `_`, `-`, `.`, `:` and spaces, and no
  /// path.
  private static func fileNames(_ names: [String]) -> [(name: String, file: String)] {
    var taken: Set<String> = []
    return names.map { name in
      var file = String(
        name.unicodeScalars.prefix(200).map { scalar -> Character in
          let isPlain = scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber)
          return isPlain || "_-.: ".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        })
      if file.hasPrefix(".") { file = "_" + file }
      while !taken.insert(file).inserted { file += "_" }
      return (name, file)
    }
  }

  private static func address(_ path: String) -> String { URL(fileURLWithPath: path).absoluteString }

  /// A line a measurement: when, what, at which budget.
  private static func metrics(of jobs: [ExportedJob], in study: ExportedStudy) -> [String: String] {
    var texts: [String: String] = [:]
    for job in jobs {
      for measurement in job.segment.measurements {
        let time = Int(((job.time(of: measurement) ?? study.newest) * 1000).rounded())
        for (name, value) in measurement.metrics {
          texts[name, default: ""] += "\(time) \(value) \(measurement.budget)\n"
        }
      }
    }
    return texts
  }

  /// 32 hexadecimal digits, the same whenever the view is made.
  private static func identifier(of trial: TrialID, in study: ExportedStudy) -> String {
    hexadecimal(UInt64(checksum(of: study))) + hexadecimal(UInt64(trial.rawValue))
  }

  /// Of what tells a study from others, and from one that was begun anew in its place.
  private static func checksum(of study: ExportedStudy) -> UInt32 {
    let name = Array("\(study.history.study)\n\(study.begun)".utf8)
    return name.withUnsafeBytes { checksum_crc32c(0, $0.baseAddress, $0.count) }
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
