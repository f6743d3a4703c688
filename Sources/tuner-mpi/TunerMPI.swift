import ArgumentParser

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
        70  a bug of this program
        71  the operating system, MPI or HDF5 refused; trying again may help
        75  `status` alone: unfinished, or not begun
      """,
    version: version,
    subcommands: [
      RunCommand.self, CheckCommand.self, SimulateCommand.self, StatusCommand.self, TestCommand.self,
      ReportCommand.self, SuggestCommand.self, RateFindCommand.self,
      BatchSizeCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static let version = "0.1.0"

  static func main() {
    StandardStreams.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
      if let why = StandardStreams.flush(), command is any AnsweringCommand {
        printError("tuner-mpi: standard output: expected to write the answer, found: \(why).")
        throw Exit.system
      }
    } catch {
      exit(withError: error)
    }
  }
}
