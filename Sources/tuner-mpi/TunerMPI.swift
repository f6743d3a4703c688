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

      Exit codes: 0 in order (finished, or saved before the deadline), 64 usage or experiment file, 65 damaged data, \
      70 a bug of this program; `status` answers 75 for an unfinished run.
      """,
    version: version,
    subcommands: [
      RunCommand.self, CheckCommand.self, SimulateCommand.self, StatusCommand.self, TestCommand.self,
      ReportCommand.self, SuggestCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static let version = "0.1.0"
}
