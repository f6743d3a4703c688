import ArgumentParser
import Experiments
import Foundation

/// Which experiment a command works on.
struct ExperimentArgument: ParsableArguments {
  @Argument(help: "The experiment file. Without one: ./experiment.yaml, or else the built-in digits study.")
  var experiment: String?

  @Option(help: "Replaces the file's seed; every random draw of the study follows from it.")
  var seed: UInt64?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replaces a value of the file, such as search.scheduler.generations=24.", valueName: "key=value"))
  var settings: [String] = []

  func validate() throws {
    if let experiment { try requirePath(experiment, for: "EXPERIMENT") }
  }

  func load() throws -> Experiment {
    let settings = settings + (seed.map { ["seed=\($0)"] } ?? [])
    if let experiment { return try Experiment(path: experiment, settings: settings) }
    if FileManager.default.fileExists(atPath: "experiment.yaml") {
      return try Experiment(path: "experiment.yaml", settings: settings)
    }
    return try Experiment(yaml: Experiment.builtInText, file: Experiment.builtInName, settings: settings)
  }
}
