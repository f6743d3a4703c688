import ArgumentParser
import Glibc

/// The program: parses, wires the rooms together, prints, exits.
@main struct TunerMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tuner-mpi",
    abstract: "Turns an MPI allocation into the best model that it can buy.",
    discussion: """
      mpirun -n 5 tuner-mpi                              the built-in handwritten digits
      mpirun -n 64 tuner-mpi configs/mnist-pbt.yaml      a study of yours; the same line again resumes it
      tuner-mpi check EXPERIMENT.yaml                    what is wrong with it, before the queue

      Exit codes of every command:
        0   in order; of `run`: finished, or saved before the deadline
        1   of `run` and `status`: the study came to its end, and no trial succeeded
        64  the command line, the experiment file or the data that it names
        65  a damaged run directory: journal, checkpoint, population.h5, test.json
        66  there is no such run directory
        70  a bug of this program
        71  the operating system, MPI or HDF5 refused; trying again may help
        75  `status` alone: running, unfinished, or not begun
      """,
    version: version,
    subcommands: [
      RunCommand.self, CheckCommand.self, SimulateCommand.self, StatusCommand.self, WatchCommand.self,
      ListCommand.self, VerifyCommand.self, TestCommand.self, ReportCommand.self, ExportCommand.self,
      SuggestCommand.self,
      RateFindCommand.self, BatchSizeCommand.self, SchemaCommand.self, CompletionsCommand.self,
      ManualCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static let version = "0.1.0"

  static func main() {
    _ = Exit.codeFile
    StandardStreams.prepare()
    // What cannot be parsed may be a mistyped `run`, which is the default.
    var isRun = true
    do {
      var command = try parseAsRoot()
      isRun = command is RunCommand
      try command.run()
      if let why = StandardStreams.flush(), command is any AnsweringCommand {
        printError("tuner-mpi: standard output: expected to write the answer, found: \(why).")
        throw Exit.system
      }
    } catch {
      end(saying: error, isRun: isRun)
    }
    end(.success, isRun: isRun)
  }

  /// As ArgumentParser's `exit(withError:)`: help and the version are no errors.
  private static func end(saying error: any Error, isRun: Bool) -> Never {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if !text.isEmpty {
      if code.isSuccess { print(text) } else { printError(text) }
    }
    end(code, isRun: isRun)
  }

  /// Ends the process without taking its libraries down, which does nothing for anybody, and takes libtorch a tenth of a
  /// second on every rank. By now MPI is finalized, and every file closed, by whoever owned it.
  ///
  /// - Parameter isRun: whether it is `run`, whose code alone goes into the file that the environment names.
  private static func end(_ code: ExitCode, isRun: Bool) -> Never {
    _ = StandardStreams.flush()
    _exit(code.isSuccess || isRun && Exit.note(code) ? 0 : code.rawValue)
  }
}
