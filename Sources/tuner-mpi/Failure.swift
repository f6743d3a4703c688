import ArgumentParser
import Experiments
import Foundation
import Search
import Training
import Tuner

/// Exit codes, after sysexits.h; the same in every command (docs/exit-codes.md).
enum Exit {
  /// The study came to its end, and no trial succeeded.
  static let failed = ExitCode(1)
  /// The command line, the experiment file or the data that it names.
  static let usage = ExitCode(64)
  /// A file that this program wrote does not say what was written to it.
  static let damaged = ExitCode(65)
  /// There is no such run directory.
  static let missing = ExitCode(66)
  static let defect = ExitCode(70)
  /// The operating system, MPI or HDF5 refused; trying again may help.
  static let system = ExitCode(71)
  static let unfinished = ExitCode(75)

  /// The file that `TUNER_EXIT_CODE_FILE` names: for a batch script whose launcher lets the others go on when a rank ends.
  /// Such a launcher keeps the code to itself, and may wait for ever once a rank has ended with any.
  ///
  /// Asked for before anything else runs: the variable is taken out of the environment, so that no script or program that
  /// a trial starts writes there.
  static let codeFile: String? = {
    guard let path = getenv("TUNER_EXIT_CODE_FILE").map({ String(cString: $0) }), !path.isEmpty else {
      return nil
    }
    unsetenv("TUNER_EXIT_CODE_FILE")
    return path
  }()

  /// Leaves a code in that file; the first one stays, unless it is 0, or 71, which says least. Written over what is
  /// there, because the disk may be full.
  ///
  /// - Returns: whether the process is to end with 0: where there is such a file, also when it could not be written. The
  ///   script then decides by the run directory alone; a launcher that waits for ever would be worse.
  @discardableResult static func note(_ code: ExitCode) -> Bool {
    guard let codeFile else { return false }
    let descriptor = open(codeFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      sayNotNoted(codeFile, errno)
      return true
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let length = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    let words = String(decoding: bytes.prefix(max(0, length)), as: UTF8.self).split(separator: "\n")
    let noted = words.first.flatMap { Int32($0) } ?? 0
    if noted != 0, noted != system.rawValue { return true }
    let line = Array("\(code.rawValue)\n".utf8)
    let written = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    if written != line.count || ftruncate(descriptor, off_t(line.count)) != 0 { sayNotNoted(codeFile, errno) }
    return true
  }

  private static func sayNotNoted(_ path: String, _ error: CInt) {
    printError(
      "tuner-mpi: \(path): expected to write the exit code, found: \(String(cString: strerror(error))).")
  }
}

/// All that is wrong with what a study may propose, so that it is mended in one go.
struct StudyProblems: Error, CustomStringConvertible {
  let problems: [TrainingError]

  var description: String { problems.map(\.description).joined(separator: "\n") }

  static func refuse(_ problems: [TrainingError]) throws(StudyProblems) {
    if !problems.isEmpty { throw StudyProblems(problems: problems) }
  }
}

/// Runs `body`; an error goes to standard error in its own words and becomes its exit code.
func reporting<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let code as ExitCode {
    throw code
  } catch {
    printError("tuner-mpi: \(error)")
    throw exitCode(of: error)
  }
}

func exitCode(of error: any Error) -> ExitCode {
  switch error {
  case is ExperimentError, is SearchError: Exit.usage
  case TrainingError.invalid, TrainingError.data: Exit.usage
  case let error as StudyProblems: error.problems.first.map { exitCode(of: $0) } ?? Exit.defect
  case let error as TunerError:
    switch error.kind {
    case .usage: Exit.usage
    case .missing: Exit.missing
    case .damaged: Exit.damaged
    case .system: Exit.system
    case .defect: Exit.defect
    }
  default: Exit.system
  }
}
