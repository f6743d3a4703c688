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

  /// Leaves a code in the file that `TUNER_EXIT_CODE_FILE` names: for a batch script whose launcher lets the others go on
  /// when a rank ends. Such a launcher keeps the code to itself, and may wait for ever once a rank has ended with any.
  ///
  /// - Returns: whether it is there, so that the process can end with 0.
  @discardableResult static func note(_ code: ExitCode) -> Bool {
    guard let path = ProcessInfo.processInfo.environment["TUNER_EXIT_CODE_FILE"] else { return false }
    do {
      try Data("\(code.rawValue)\n".utf8).write(to: URL(fileURLWithPath: path))
      return true
    } catch {
      printError("tuner-mpi: \(path): expected to write the exit code, found \(error.localizedDescription)")
      return false
    }
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
