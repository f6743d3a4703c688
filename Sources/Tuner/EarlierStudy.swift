import Foundation
import Search
import Training

/// What somebody else's journal, or a table of trials, tells of an earlier study.
struct EarlierStudy {
  /// One configuration at one budget.
  struct Measured {
    var configuration: Configuration
    var budget: Int
    /// By name.
    var metrics: [String: Double]
  }

  var name: String
  /// As the experiment names it.
  var path: String
  /// What names it: a key of the experiment, or another request's.
  let asked: String
  /// Nil of a table, which says nothing of the ranges.
  var space: SearchSpace?
  var measured: [Measured]
  /// Of its data set; nil where nothing is known of it.
  var metaFeatures: MetaFeatures?

  /// The experiment's key.
  static let usualKey = "search.sampler.from"

  /// The fewest measurements of one budget from which anything is learned.
  static let fewest = 3

  /// The file that is read of an earlier study: of a run directory its journal.
  static func file(at path: String, asked: String = usualKey) throws(TunerError) -> String {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw error(
        path, asked, expected: "a run directory, a journal, or a table of trials in CSV or HDF5",
        found: "no such file",
        remedy: "Correct the path; a relative one starts from the working directory.")
    }
    return isDirectory.boolValue ? "\(path)/journal.jsonl" : path
  }

  /// Reads a run directory, a journal, or a table in CSV or HDF5.
  init(at path: String, asked: String = usualKey) throws(TunerError) {
    let file = try Self.file(at: path, asked: asked)
    if file.hasSuffix(".jsonl") {
      guard let contents = try JournalContents.read(file), !contents.lines.isEmpty else {
        throw Self.error(
          path, asked, expected: "a study's journal, journal.jsonl", found: "none in it",
          remedy: "Name the directory of a study that has begun, or take it out of \(asked).")
      }
      try self.init(contents, path: path, asked)
    } else {
      self.init(try TableColumns.read(path), path: path, asked)
    }
  }

  private init(_ contents: JournalContents, path: String, _ asked: String) throws(TunerError) {
    struct Recorded: Decodable {
      struct Training: Decodable { var data: DataConfiguration }
      var training: Training
    }
    let history = try History(contents)
    name = "\(history.study) (\(path))"
    (self.path, self.asked) = (path, asked)
    space = history.space
    measured = history.trials.flatMap(\.segments).compactMap { segment in
      guard segment.cost != nil, let last = segment.measurements.last else { return nil }
      return Measured(
        configuration: segment.job.configuration, budget: segment.job.target, metrics: last.metrics)
    }
    metaFeatures = contents.recorded(Recorded.self).flatMap { MetaFeatures(ofDataAt: $0.training.data) }
  }

  /// Of a table: the columns that `report` writes, `to_budget`, `metric.NAME` and `parameter.NAME`, or bare
  /// names.
  private init(_ table: TableColumns, path: String, _ asked: String) {
    (name, self.path, self.asked) = (path, path, asked)
    let budgets = table.first(of: ["to_budget", "budget"])
    measured = (0..<table.rowCount).map { row in
      var measured = Measured(
        configuration: Configuration(), budget: budgets?.number(row).flatMap { Int(exactly: $0) } ?? 0,
        metrics: [:])
      for column in table.names {
        guard let values = table.first(of: [column]), !values.isEmpty(row) else { continue }
        let name = column.split(separator: ".", maxSplits: 1).last.map(String.init) ?? column
        if let number = values.number(row), !column.hasPrefix("parameter.") {
          measured.metrics[name] = number
        }
        guard !column.hasPrefix("metric.") else { continue }
        measured.configuration[name] =
          values.number(row).map(ParameterValue.number) ?? .text(values.text(row))
      }
      return measured
    }
  }

  static func error(
    _ path: String, _ asked: String, expected: String, found: String, remedy: String
  ) -> TunerError {
    TunerError(
      .usage, subject: "\(asked): \(path)", expected: expected, found: found, remedy: remedy)
  }
}

extension TableColumns {
  /// The first of these columns that is there.
  fileprivate func first(of names: [String]) -> Column? {
    names.lazy.compactMap { name in try? self.column(name) }.first
  }
}
