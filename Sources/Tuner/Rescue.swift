import Foundation
import HDF5
public import Search
import Training

/// What is saved of a run whose journal is lost: everything is set aside within the run directory, and the
/// best configurations of the checkpoints are the first that the new study tries.
///
/// A journal cannot be made from checkpoints: most of them were deleted in the course of the run, and with
/// them the order of its decisions.
public struct Rescue: Sendable {
  /// A checkpoint whose job reached its target.
  public struct Found: Sendable {
    /// Relative to the run directory.
    public var checkpoint: String
    public var trial: Int
    public var budget: Int
    public var metrics: [String: Double]
    public var configuration: Configuration
    /// By the new study's objective and limits; nil where one of the metrics was not measured.
    public var costs: CostVector?
  }

  /// Where everything is now, relative to the run directory; the newest of several.
  public private(set) var folder: String?
  /// The best first, by limits and first objective; those that cannot be compared last.
  public private(set) var found: [Found] = []
  /// What could not be read, a line each.
  public private(set) var unreadable: [String] = []
  /// The best ones that the new study's space allows, each once.
  public private(set) var configurations: [Configuration] = []

  /// How many configurations are tried again.
  static let mostConfigurations = 3
  static let prefix = "rescued-"

  /// Sets aside what a run directory holds, or takes what an earlier attempt set aside. Only under the run
  /// directory's lock.
  ///
  /// Killed anywhere, it can be begun again: files are moved, one by one, and never deleted or replaced.
  public init(of directory: String, for study: Study) throws(TunerError) {
    let remains = try RunRemains(in: directory)
    if !remains.isEmpty { folder = try Self.setAside(remains) }
    let folders = try RunRemains.list(directory).filter { $0.hasPrefix(Self.prefix) }.sorted()
    if folder == nil { folder = folders.last }
    for folder in folders {
      for path in try RunRemains.checkpoints(in: "\(directory)/\(folder)") {
        read("\(folder)/\(path)", in: directory, study.objective)
      }
    }
    found.sort { $0.precedes($1) }
    configurations = Self.triable(found, in: study.space)
    if let folder, !found.isEmpty { try writeTable(to: "\(directory)/\(folder)/checkpoints.csv") }
  }

  /// Moves all that a run leaves, the journal too, into a new folder.
  private static func setAside(_ remains: RunRemains) throws(TunerError) -> String {
    let directory = remains.directory
    let taken = Set(try RunRemains.list(directory))
    let folder = (1...).lazy.map { "\(prefix)\($0)" }.first { !taken.contains($0) } ?? prefix
    try call("mkdir", "\(directory)/\(folder)") { mkdir("\(directory)/\(folder)", 0o777) }
    for name in [CheckpointPaths.directory] + remains.others + ["journal.jsonl"] where taken.contains(name) {
      try call("rename", "\(directory)/\(name)") {
        rename("\(directory)/\(name)", "\(directory)/\(folder)/\(name)")
      }
    }
    return folder
  }

  private static func call(_ name: String, _ path: String, _ body: () -> CInt) throws(TunerError) {
    guard body() != 0 else { return }
    throw TunerError(
      .system, subject: path, expected: "\(name) to succeed", found: String(cString: strerror(errno)),
      remedy: "Check the permissions of the run directory.")
  }

  private mutating func read(_ path: String, in directory: String, _ objective: Objective) {
    do throws(TrainingError) {
      let metadata = try CheckpointFile.readMetadata("\(directory)/\(path)").metadata
      guard metadata.isComplete else { return }
      let metrics = metadata.measurements.last?.metrics ?? [:]
      found.append(
        Found(
          checkpoint: path, trial: metadata.trial, budget: metadata.target, metrics: metrics,
          configuration: Configuration(metadata.configuration.mapValues(ParameterValue.init)),
          costs: objective.costs(of: metrics)))
    } catch {
      unreadable.append("\(error)")
    }
  }

  private static func triable(_ found: [Found], in space: SearchSpace) -> [Configuration] {
    var triable: [Configuration] = []
    for candidate in found where candidate.costs != nil && triable.count < mostConfigurations {
      let configuration = candidate.configuration
      guard !triable.contains(configuration), configuration.isComplete(in: space) else { continue }
      do throws(SearchError) {
        try StartingConfigurations(first: [configuration]).validate(in: space)
        triable.append(configuration)
      } catch {
        continue  // The experiment was changed since: this one is history.
      }
    }
    return triable
  }
}

extension Rescue.Found {
  fileprivate func precedes(_ other: Self) -> Bool {
    guard let costs, let others = other.costs else { return costs != nil }
    return (costs.violation, costs.costs[0], checkpoint)
      < (others.violation, others.costs[0], other.checkpoint)
  }
}

extension Rescue {
  /// What was saved, for people.
  public func text(_ objective: Objective) -> String {
    guard let folder else { return "--from-checkpoints: there is nothing to save" }
    var lines = ["the journal is lost; what the run directory holds is kept in \(folder)"]
    for candidate in found.prefix(Self.mostConfigurations) {
      let score = candidate.costs.map { "\(objective.metric) \(objective.score(of: $0.costs[0]))" }
      lines.append(
        "  \(candidate.checkpoint): trial \(candidate.trial) at \(candidate.budget), \(score ?? "not comparable")"
      )
    }
    if !found.isEmpty { lines.append("  all \(found.count) in \(folder)/checkpoints.csv") }
    lines += unreadable.map { "  not readable: \($0)" }
    lines.append("a new study begins; it tries \(configurations.count) of these configurations first")
    return lines.joined(separator: "\n")
  }

  /// A table that `search.sampler.from` reads, too.
  private func writeTable(to path: String) throws(TunerError) {
    let metrics = Set(found.flatMap(\.metrics.keys)).sorted()
    let parameters = Set(found.flatMap(\.configuration.values.keys)).sorted()
    let head =
      ["trial", "to_budget", "checkpoint"] + metrics.map { "metric.\($0)" }
      + parameters.map { "parameter.\($0)" }
    let rows = found.map { row in
      ["\(row.trial)", "\(row.budget)", row.checkpoint]
        + metrics.map { row.metrics[$0].map { "\($0)" } ?? "" }
        + parameters.map { row.configuration[$0].map(\.description) ?? "" }
    }
    let text = ([head] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    do {
      try AtomicFile.replace(path, text: text)
    } catch {
      throw TunerError(
        .system, subject: path, expected: "to write it", found: "\(error)",
        remedy: "Check the permissions and the free space of the run directory.")
    }
  }

  /// RFC 4180.
  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else {
      return field
    }
    return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}

extension Study {
  /// Takes what the journal says that was rescued when the study began.
  public mutating func takeRescued(recordedIn contents: JournalContents?) {
    struct Recorded: Decodable { var rescued: [Configuration]? }
    guard let contents, !contents.lines.isEmpty else { return }
    rescued = contents.recorded(Recorded.self)?.rescued
  }
}
