import ArgumentParser
import Experiments
import Foundation

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of experiment files, with which an editor completes and checks them.",
    discussion: """
      tuner-mpi schema > experiment.schema.json, and as the first line of an experiment file:
      # yaml-language-server: $schema=experiment.schema.json
      (docs/experiment-file.md)
      """)

  func run() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(ExperimentSchema.document), as: UTF8.self))
  }
}
