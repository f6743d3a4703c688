import Foundation
import HDF5
import Testing

@testable import Training

@Suite struct WorstGroupTests {
  private struct Golden: Decodable {
    var classes: [String: Double]
    var numbers: [String: Double]
  }

  private static func golden() throws -> Golden {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/worst_group.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: path))
  }

  /// As Golden/worst_group.py has them.
  private static func groups(_ rows: Int) -> [Int32] {
    (0..<rows).map { $0 == rows - 1 ? 9 : Int32($0 * 37 % 11 / 4) }
  }

  @Test func `the worst of a metric of classes is scikit-learn's, group by group`() throws {
    let known = try #require(try MetricsGoldenTests.golden().classes["two"])
    try Self.expect(Self.golden().classes, rows: known.labels.count, width: 2, known.predictions)
  }

  @Test func `the worst of a metric of numbers is scikit-learn's, group by group`() throws {
    let known = try #require(try MetricsGoldenTests.golden().numbers["two"])
    try Self.expect(Self.golden().numbers, rows: known.truth.count / 2, width: 2, known.predictions)
  }

  @Test func `a tally has one entry for each group, however many batches there were`() throws {
    let known = try #require(try MetricsGoldenTests.golden().classes["two"])
    let rows = known.labels.count
    let metric = try #require(TaskMetrics.named("worst_group_f1_macro"))
    let once = metric.tally(known.predictions(0..<rows))
    var tally = metric.tally(known.predictions(0..<0))
    for row in 0..<rows {
      tally.merge(metric.tally(known.predictions(row..<row + 1)), by: metric.merging)
      tally = metric.compacted(tally)
    }
    #expect(tally == once)
  }

  /// Over all rows at once, and over uneven parts that are merged.
  private static func expect(
    _ values: [String: Double], rows: Int, width: Int, _ predictions: (Range<Int>) -> Predictions
  ) throws {
    for (name, expected) in values {
      let metric = try #require(TaskMetrics.named(name))
      for cuts in [[0, rows], [0, 1, 1, rows / 3, rows - 2, rows]] {
        var tally: [Double] = []
        for (start, end) in zip(cuts, cuts.dropFirst()) {
          var part = predictions(start..<end)
          part.groups = Array(groups(rows)[start..<end])
          tally.merge(metric.tally(part), by: metric.merging)
        }
        #expect(abs(metric.value(of: tally, width: width) - expected) <= 1e-6 * abs(expected), "\(name)")
      }
    }
  }

  @Test func `any metric of samples has a worst, and no other`() {
    for name in ["accuracy", "f1_macro", "mse", "r2", "top_7_accuracy", "pinball_0.975"] {
      let metric = TaskMetrics.named("worst_group_\(name)")
      #expect(metric?.name == "worst_group_\(name)")
      #expect(metric?.goal == (["mse", "pinball_0.975"].contains(name) ? .minimize : .maximize))
    }
    for name in ["perplexity", "loss", "worst_group_mse", "", "top_0_accuracy"] {
      #expect(TaskMetrics.named("worst_group_\(name)") == nil)
    }
    #expect(TaskMetrics.named("accuracy") == nil)
    let classes = TrainingConfiguration().description
    #expect(classes.metric(named: "dev_worst_group_accuracy")?.goal == .maximize)
    #expect(classes.metric(named: "dev_worst_group_mse") == nil)
  }

  @Test func `no group that the metric is a number of is an error`() {
    let metric = TaskMetrics.named("worst_group_auc")
    var predictions = Predictions.classes(
      ClassPredictions(logits: [3, 2, 1, 1, 2, 3, 0, 1], classes: [0, 0, 1, 1], width: 2))
    predictions.groups = [0, 0, 1, 1]
    #expect(metric?.value(of: metric?.tally(predictions) ?? [], width: 2).isNaN == true)
    predictions.groups = [0, 1, 0, 1]
    #expect(metric?.value(of: metric?.tally(predictions) ?? [], width: 2).isNaN == false)
    #expect(
      metric?.undefined(on: .dev).description
        == "dev_worst_group_auc: expected a group of data.group_column with samples of every class in the dev "
        + "split, found none. Give more data, a larger split.dev, or another metric.")
  }

  // MARK: - Data

  /// 120 samples of two classes; of the three groups the last has one class alone.
  private func table(_ folder: TemporaryFolder, _ name: String = "table.csv", groups: [String]) throws
    -> String
  {
    let rows = (0..<120).map { row in
      let group = row % 3
      return "\(Float(row * 37 % 101) / 50),\(row % 7),\(group == 2 ? 1 : row / 3 % 2),\(groups[group])"
    }
    return try folder.write((["a,b,y,site"] + rows).joined(separator: "\n") + "\n", to: name)
  }

  private func configuration(
    _ path: String, metrics: [String], _ change: (inout DataConfiguration) -> Void = { _ in }
  ) -> TrainingConfiguration {
    var configuration = SmallModel.mlp.configuration
    var table = CSVData(path: path)
    table.ignore = ["site"]
    configuration.data = DataConfiguration(table)
    configuration.data.groupColumn = "site"
    change(&configuration.data)
    configuration.split = SplitFractions(train: 0.5, dev: 0.25, test: 0.25)
    configuration.taskMetrics = metrics
    return configuration
  }

  private func data(_ configuration: TrainingConfiguration) throws -> TrainingData {
    try TrainingData(configuration.data, split: configuration.split, seed: 2)
  }

  @Test func `a trial measures the worst group, and the test split has its interval`() throws {
    let folder = try TemporaryFolder()
    let configuration = configuration(
      try table(folder, groups: ["north", "south", "west"]),
      metrics: ["dev_worst_group_accuracy", "dev_worst_group_auc", "dev_log_loss"])
    let data = try data(configuration)
    #expect(data.findings.last == "3 groups of 40 to 40 samples")
    #expect(configuration.validate(with: data).isEmpty)
    var trainer = try Trainer(configuration, data: data, seed: 1, trial: 0)
    _ = try trainer.train(to: 20)
    let dev = try trainer.measure().metrics
    let (worst, mean) = (dev["dev_worst_group_accuracy"], dev["dev_accuracy"])
    #expect(try #require(worst) <= #require(mean))
    // Group by group, by hand.
    var least = 1.0
    for group in Set(data.groups(0..<data.count(of: .dev), of: .dev)) {
      least = min(least, try accuracy(of: group, data, trainer))
    }
    #expect(abs(try #require(worst) - least) < 1e-12)
    let (measurement, intervals) = try trainer.measureTestSplit(resamples: 300)
    for name in ["test_worst_group_accuracy", "test_worst_group_auc"] {
      let interval = try #require(intervals[name])
      let value = try #require(measurement.metrics[name])
      // The worst of groups that chance has made worse is lower still, so only one side is sure.
      #expect(interval.low <= value && interval.low < interval.high, "\(name)")
    }
  }

  private func accuracy(of group: Int32, _ data: TrainingData, _ trainer: borrowing Trainer) throws -> Double
  {
    let places = data.groups(0..<data.count(of: .dev), of: .dev).enumerated().filter { $0.element == group }
      .map(\.offset)
    let buffer = try BatchBuffer(data, capacity: places.count)
    try buffer.fill(places, of: .dev)
    let batch = try buffer.batch(places.count, on: trainer.model.store.device)
    let sums = try trainer.model.evaluate(batch.inputs, batch.targets, for: Classification())
    return Double(sums.correct) / Double(sums.rows)
  }

  @Test func `parts with files of their own have groups of the same names`() throws {
    let folder = try TemporaryFolder()
    let main = try table(folder, groups: ["north", "south", "west"])
    let test = try table(folder, "test.csv", groups: ["west", "east", "south"])
    let configuration = configuration(main, metrics: []) { data in
      var part = CSVData(path: test)
      part.ignore = ["site"]
      data.test = part
    }
    let data = try data(configuration)
    #expect(data.findings.last == "4 groups of 40 to 80 samples")
    // In the order of their names: east, north, south, west.
    #expect(data.groups(0..<3, of: .test) == [3, 0, 2])
    #expect(Set(data.groups(0..<data.count(of: .train), of: .train)) == [1, 2, 3])
  }

  @Test func `an array says groups; one of another length, or none, is refused`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/data.h5"
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write((0..<120).map { Float($0) }, shape: [40, 3], as: "samples")
      try root.write((0..<40).map { Int64($0 % 2) }, as: "labels")
      try root.write((0..<40).map { Int64($0 / 30) }, as: "site")
      try root.write([Int64(1), 2], as: "short")
    }
    func data(_ column: String) throws -> TrainingData {
      var configuration = DataConfiguration.hdf5(path: path, samples: "samples", labels: "labels")
      configuration.groupColumn = column
      let coded = try JSONDecoder().decode(
        DataConfiguration.self, from: JSONEncoder().encode(configuration))
      #expect(coded == configuration)
      return try TrainingData(coded, split: SplitFractions(), seed: 1)
    }
    #expect(try data("site").findings.last == "2 groups of 10 to 30 samples")
    #expect(
      trainingError { () throws(TrainingError) in _ = try Self.typed { try data("short") } }
        == "\(path): samples: expected 40 values of the column that group_column names, one a sample, found 2. "
        + "Name a column, or an array of [samples].")
    #expect(
      trainingError { () throws(TrainingError) in _ = try Self.typed { try data("sight") } }
        .contains("sight"))
  }

  private static func typed<Value>(_ body: () throws -> Value) throws(TrainingError) -> Value {
    do { return try body() } catch let error as TrainingError { throw error } catch {
      throw .library("\(error)")
    }
  }

  @Test func `a metric of groups without groups, and one that no group has, are refused`() throws {
    let folder = try TemporaryFolder()
    let path = try table(folder, groups: ["north", "south", "west"])
    let without = configuration(path, metrics: ["dev_worst_group_auc"]) { $0.groupColumn = nil }
    #expect(
      without.validate().map(\.description) == [
        "data.group_column: expected the column that says groups, for dev_worst_group_auc, found none. "
          + "Name a column of a csv file, or an array of [samples] of an npz or hdf5 file."
      ])
    let missing = configuration(path, metrics: []) { $0.groupColumn = "place" }
    #expect(
      trainingError { () throws(TrainingError) in _ = try Self.typed { try data(missing) } }
        == "\(path): expected a column place, as data.group_column says, found the columns a, b, y, site. "
        + "Write one of their names, or a number from 1 to 4.")
    // Every class is a group of its own.
    let alone = configuration(path, metrics: ["dev_worst_group_auc"]) { $0.groupColumn = "y" }
    #expect(
      alone.validate(with: try data(alone)).map(\.description).first?.hasPrefix(
        "dev_worst_group_auc: expected a group of data.group_column with samples of every class") == true)
  }
}
