import Foundation
import Testing

/// The built program, started as a user starts it.
enum Program {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The release build, or another one by the variable TUNER_MPI.
  static let path =
    ProcessInfo.processInfo.environment["TUNER_MPI"] ?? root.appending(path: ".build/release/tuner-mpi").path

  static let isBuilt = FileManager.default.isExecutableFile(atPath: path)

  struct Output {
    var code: Int32
    var standardOutput: String
    var standardError: String

    /// What the log says of copies, without the time of day.
    var exploits: [Substring] {
      standardError.split(separator: "\n").filter { $0.contains(#/^\S+  t\d+ (←|<-) t\d+ at /#) }.map {
        $0.dropFirst(10)
      }
    }
  }

  /// Runs the program to its end: alone, or under mpirun.
  static func run(_ arguments: [String], ranks: Int? = nil, in directory: URL) throws -> Output {
    try launch(arguments, ranks: ranks, in: directory).wait()
  }

  static func launch(_ arguments: [String], ranks: Int? = nil, in directory: URL) throws -> Launched {
    let words = ranks.map { ["mpirun", "-n", "\($0)", path] + arguments } ?? [path] + arguments
    return try Launched(words, in: directory)
  }

  /// A new directory of the test's own, removed by nobody: what a failed test leaves is worth reading.
  static func scratch(_ name: String) throws -> URL {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "tuner-mpi-tests-\(ProcessInfo.processInfo.processIdentifier)").appending(path: name)
    try? FileManager.default.removeItem(at: directory)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory
  }
}

/// A process that was started, with its output in files, so that no pipe can fill up.
final class Launched {
  private let process = Process()
  private let output: URL
  private let errors: URL

  init(_ words: [String], in directory: URL, environment: [String: String] = [:]) throws {
    let files = try Program.scratch("output-\(UUID().uuidString)")
    output = files.appending(path: "standard-output")
    errors = files.appending(path: "standard-error")
    for file in [output, errors] { try Data().write(to: file) }
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = directory
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    process.environment = ProcessInfo.processInfo.environment
      .merging(Self.severalRanksOnFewCores) { own, _ in own }
      .merging(environment) { _, given in given }
    // The child inherits this thread's mask, and a test may run on a thread that blocks signals.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    try process.run()
  }

  /// What mpirun needs as root, and on fewer cores than ranks.
  private static let severalRanksOnFewCores = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_mpi_yield_when_idle": "1", "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
  ]

  var isRunning: Bool { process.isRunning }

  func wait() throws -> Program.Output {
    process.waitUntilExit()
    return Program.Output(
      code: process.terminationStatus,
      standardOutput: try String(contentsOf: output, encoding: .utf8),
      standardError: try String(contentsOf: errors, encoding: .utf8))
  }

  /// What it has said on standard error so far.
  var errorsSoFar: String { get throws { try String(contentsOf: errors, encoding: .utf8) } }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// The process of a rank that mpirun has started; nil where there is none.
  func process(ofRank rank: Int) -> Int32? {
    Self.descendants(of: process.processIdentifier).first { process in
      guard let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") else {
        return false
      }
      return environment.split(separator: 0).contains {
        $0.elementsEqual(Data("OMPI_COMM_WORLD_RANK=\(rank)".utf8))
      }
    }
  }

  /// SIGKILL for the process and all that it started, as a power failure would end them.
  ///
  /// - Parameter isSpared: whether a process that it started is left to end by itself.
  func killAll(but isSpared: (Int32) -> Bool = { _ in false }) {
    let family =
      [process.processIdentifier] + Self.descendants(of: process.processIdentifier).filter { !isSpared($0) }
    for member in family { kill(member, SIGKILL) }
    process.waitUntilExit()
    // Ranks whose launcher died at the same moment are nobody's children; they must be gone before the next
    // start.
    for member in family.dropFirst() { while Self.isAlive(member) { usleep(1000) } }
  }

  /// False for a zombie too: nothing of it runs, even where nobody collects orphans.
  private static func isAlive(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let state = text.split(separator: ")").last?.split(separator: " ").first
    else { return false }
    return state != "Z"
  }

  private static func descendants(of process: Int32) -> [Int32] {
    let directory = "/proc/\(process)/task/\(process)/children"
    guard let text = try? String(contentsOfFile: directory, encoding: .utf8) else { return [] }
    let children = text.split(separator: " ").compactMap {
      Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return children + children.flatMap(descendants)
  }
}
