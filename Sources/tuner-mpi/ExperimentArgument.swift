import ArgumentParser
import Experiments
import Foundation

extension CompletionKind {
  /// The path of an experiment file.
  static var experiment: Self { .file(extensions: ["yaml", "yml"]) }
}

/// Which experiment a command works on.
struct ExperimentArgument: ParsableArguments {
  @Argument(
    help: "The experiment file. Without one: ./experiment.yaml, or else the built-in digits study.",
    completion: .experiment)
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

  /// The file; nil for the built-in study.
  var file: String? {
    experiment ?? (FileManager.default.fileExists(atPath: "experiment.yaml") ? "experiment.yaml" : nil)
  }

  /// - Parameter defaults: settings in the place of the file's, which those of the command line replace.
  func load(defaults: [String] = []) throws -> Experiment {
    let settings = defaults + settings + (seed.map { ["seed=\($0)"] } ?? [])
    if let file { return try Experiment(path: file, settings: settings) }
    return try Experiment(yaml: Experiment.builtInText, file: Experiment.builtInName, settings: settings)
  }
}
