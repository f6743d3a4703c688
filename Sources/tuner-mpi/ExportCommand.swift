import ArgumentParser
import Experiments
import Exports
import Foundation
import MPI
import Search
import Training
import Tuner

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes what a run found in another program's format: its model, its trials, its timeline.",
    discussion: """
      \(listing.joined(separator: "\n"))

      A study that is still going on can be exported too. The model is the winner's, or another trial's by --trial; it is \
      made as `test` makes it, from the checkpoint and the study's data (docs/export.md, docs/pytorch.md).
      """)

  @Argument(help: "The run directory.", completion: .directory)
  var directory: String

  @Option(help: ArgumentHelp("One of the formats above.", valueName: "name"), completion: .list(formats))
  var format: String

  @Option(
    help: ArgumentHelp("Where to write it, instead of into the run directory.", valueName: "path"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("Of a model: the trial, instead of the winner.", valueName: "number"))
  var trial: Int?

  private static var formats: [String] {
    ModelFormats.all.map { $0.name } + ExportFormats.all.map { $0.name }
  }

  private static var listing: [String] {
    let all =
      ModelFormats.all.map { ($0.name, $0.summary) } + ExportFormats.all.map { ($0.name, $0.summary) }
    let width = (all.map(\.0.count).max() ?? 0) + 2
    return all.map { name, summary in
      "  --format \(name)\(String(repeating: " ", count: width - name.count))\(summary)"
    }
  }

  func validate() throws {
    if let output { try requirePath(output, for: "--output") }
    let names = Self.formats
    guard names.contains(format) else {
      throw ValidationError(
        "--format: expected one of \(names.joined(separator: ", ")), found \(format). \(suggestion(for: format, among: names))"
      )
    }
    if let trial, !ModelFormats.all.contains(where: { $0.name == format }) {
      throw ValidationError(
        "--trial \(trial): expected a format of a model, found --format \(format), which is of all trials")
    }
  }

  func run() throws {
    try reporting {
      let directory = RunDirectory(path: directory)
      let contents = try directory.begunJournal()
      if let format = ModelFormats.all.first(where: { $0.name == format }) {
        try write(format, of: contents, in: directory)
      } else if let format = ExportFormats.all.first(where: { $0.name == format }) {
        try write(format, of: contents, in: directory)
      }
    }
  }

  private func write(
    _ format: any ExportFormat.Type, of contents: JournalContents, in directory: RunDirectory
  ) throws(TunerError) {
    let place = output ?? "\(directory.path)/\(format.output)"
    let url = URL(fileURLWithPath: place).standardizedFileURL
    for file in try format.files(of: ExportedStudy(contents), at: url.path) {
      let path = file.path.isEmpty ? url : url.appending(path: file.path)
      guard path.standardizedFileURL.path.hasPrefix(url.path) else {
        throw TunerError(
          .defect, subject: path.path, expected: "a path below \(url.path)", found: file.path,
          remedy: "Report this as a bug of the format \(format.name).")
      }
      do {
        let folder = file.isFolder ? path : path.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if file.isFolder { continue }
        try Data(file.bytes).write(to: path, options: .atomic)
      } catch {
        throw TunerError(
          .system, subject: path.path, expected: "to write it", found: systemWords(error),
          remedy: "Choose another place by --output.")
      }
    }
    print(place)
  }

  private func write(
    _ format: any ModelFormat.Type, of contents: JournalContents, in directory: RunDirectory
  ) throws {
    let mpi = try MPIEnvironment(requiring: .serialized)
    guard mpi.world.size == 1 else {
      throw TunerError(
        .usage, subject: "export", expected: "one rank", found: "\(mpi.world.size)",
        remedy: "Start it without mpirun.")
    }
    let kept = try KeptModel(trial.map { TrialID($0) }, of: contents, in: directory)
    let place = output ?? "\(directory.path)/\(format.output)"
    try makeFolder(of: place)
    let trainees = try BuiltInTrainees(kept.study, kept.training, rootTrains: true, on: mpi.world)
    if kept.training.cooldown.length > 0 {
      printError("tuner-mpi: the study measures a model after a cooldown, which is trained now")
    }
    var trainer = try trainees.trainer(kept.training, for: kept.trial, on: mpi.world)
    try trainer.restore(kept.checkpoint.snapshot)
    try trainer.lendEvaluated { model throws(TrainingError) in
      try format.write(model, origin: kept.origin, to: place)
    }
    print(place)
  }

  /// Before a cooldown is trained for nothing.
  private func makeFolder(of place: String) throws(TunerError) {
    let url = URL(fileURLWithPath: place)
    var found = "a directory"
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      var isDirectory: ObjCBool = false
      if !FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory) || !isDirectory.boolValue {
        return
      }
    } catch {
      found = systemWords(error)
    }
    throw TunerError(
      .system, subject: place, expected: "to write a file there", found: found,
      remedy: "Choose another place by --output.")
  }
}
