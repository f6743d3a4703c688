import Foundation

/// Small studies and what tests do with their run directories.
enum SmallStudy {
  /// Digits, a small network, `trials` trials of an epoch each; further top-level lines.
  static func text(trials: Int = 2, budget: Int = 1, _ further: String = "") -> String {
    """
    study: small
    data: digits
    model: {kind: mlp, hidden: [16]}
    training: {batch_size: 48}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
      sampler: random
      scheduler: {kind: full, trials: \(trials), budget: \(budget)}
    \(further)

    """
  }

  /// A directory with the study in `small.yaml`.
  static func directory(
    _ name: String, trials: Int = 2, budget: Int = 1, _ further: String = ""
  ) throws -> URL {
    let directory = try Program.scratch("\(name)-\(UUID().uuidString)")
    try text(trials: trials, budget: budget, further)
      .write(to: directory.appending(path: "small.yaml"), atomically: true, encoding: .utf8)
    return directory
  }

  /// A study that ran to its end, in `run`.
  static func finished(_ name: String, _ further: String = "") throws -> URL {
    let directory = try directory(name, further)
    let output = try Program.run(["small.yaml", "--run-directory", "run"], in: directory)
    guard output.code == 0 else { throw NotFinished(text: output.standardError) }
    return directory
  }

  struct NotFinished: Error { var text: String }

  /// The files below a directory, with their contents.
  static func files(in directory: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: directory.path) where path != "lock" {
      var isDirectory: ObjCBool = false
      let file = directory.appending(path: path)
      if FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory), !isDirectory.boolValue
      {
        files[path] = try Data(contentsOf: file)
      }
    }
    return files
  }
}

extension Program {
  /// A line of `sh`, in which `$T` is the program.
  static func shell(_ line: String, in directory: URL, _ environment: [String: String] = [:]) throws -> Output
  {
    try Launched(
      ["sh", "-c", line], in: directory, environment: environment.merging(["T": path]) { given, _ in given }
    ).wait()
  }
}
