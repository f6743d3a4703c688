import Foundation
import Testing
import Tuner

@testable import Exports

/// The Python of the programs that open exports: `.ci/reader-python` makes it.
enum Readers {
  static let python: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path =
      ProcessInfo.processInfo.environment["TUNER_READERS"]
      ?? root.appending(path: ".build-deps/readers/bin/python").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  static let missing: Comment = "no Python of the readers: run make readers"

  static let hasTraceProcessor: Bool = {
    guard python != nil else { return false }
    let fetch =
      "from perfetto.trace_processor.platform import PlatformDelegate; PlatformDelegate().get_shell_path(None); print(1)"
    return (try? run(fetch, in: FileManager.default.temporaryDirectory)) != nil
  }()

  /// What a script prints, as JSON.
  static func run(_ script: String, in directory: URL) throws -> Any {
    let process = Process()
    let (output, errors) = (Pipe(), directory.appending(path: "errors-\(UUID().uuidString)"))
    defer { try? FileManager.default.removeItem(at: errors) }
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-c", "import json, warnings\nwarnings.simplefilter('ignore')\n" + script]
    process.currentDirectoryURL = directory
    process.standardOutput = output
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let said = try String(contentsOf: errors, encoding: .utf8)
    try #require(process.terminationStatus == 0, "\(said)")
    return try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)
  }

  /// But for the last digits, which pandas and this JSON reader lose.
  static func areEqual(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 4e-15 * abs($1) }
  }
}

/// A study of the project's golden runs, and a directory for a view of it.
struct GoldenStudy {
  let study: ExportedStudy
  let directory: URL

  /// - Parameter name: such as `population/finished`.
  init(_ name: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../TunerRankTests/Golden/\(name).jsonl").path
    study = try ExportedStudy(try #require(try JournalContents.read(path)))
    directory = FileManager.default.temporaryDirectory.appending(
      path: "tuner-mpi-exports-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: directory) }

  /// Writes the view as `export` does.
  func write(_ format: any ExportFormat.Type) throws {
    let place = directory.appending(path: format.output)
    for file in try format.files(of: study, at: place.path) {
      let path = file.path.isEmpty ? place : place.appending(path: file.path)
      let folder = file.isFolder ? path : path.deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      if file.isFolder { continue }
      try Data(file.bytes).write(to: path)
    }
  }

  /// The first objective's score that a trial reached last.
  func score(of trial: Int) -> Double? {
    study.trials[trial].last { $0.segment.cost != nil }.flatMap(study.score)
  }
}
