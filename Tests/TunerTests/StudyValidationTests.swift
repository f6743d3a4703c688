import Foundation
import HDF5
import Search
import Testing
import Training

@testable import Tuner

extension Study {
  /// - Throws: the first of the `problems`.
  func validate(with data: TrainingData) throws(TrainingError) {
    if let problem = problems(with: data).first { throw problem }
  }
}

/// What only the data shows: `check` and `run` ask the same before anything is begun.
@Suite struct StudyValidationTests {
  /// Training, which measures, and the search, which reads, are strangers.
  @Test func `both name a standard error alike`() {
    #expect(SamplingError.name(of: "dev_f1_macro") == MeasuredScore.errorName(of: "dev_f1_macro"))
  }

  private static func study(
    _ parameters: [Parameter],
    scheduler: SchedulerConfiguration = .full(FullRunOptions(trials: 2, budget: 1)),
    fidelity: Fidelity? = nil, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) -> Study {
    var study = Study.test()
    study.space = SearchSpace(parameters)
    study.scheduler = scheduler
    study.fidelity = fidelity
    var training = TrainingConfiguration()
    change(&training)
    study.trainee = .builtIn(training)
    return study
  }

  private static let rate = Parameter(
    name: "learning_rate", domain: .float(low: 1e-3, high: 0.1, scale: .log))

  private static func digits() throws -> TrainingData {
    try TrainingData(.digits, split: SplitFractions(), seed: 7)
  }

  /// 200 samples of 8 features, in four classes.
  private static func table() throws -> TrainingData {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/table.h5"
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write((0..<1600).map { Float($0 % 13) }, shape: [200, 8], as: "samples")
      try root.write((0..<200).map { Int64($0 % 4) }, as: "labels")
    }
    return try TrainingData(
      .hdf5(path: path, samples: "samples", labels: "labels"), split: SplitFractions(), seed: 7)
  }

  private static func message(_ study: Study, _ data: TrainingData) -> String {
    do {
      try study.validate(with: data)
      return "in order"
    } catch {
      return error.description
    }
  }

  @Test func `columns that are searched must be the table's, and a trial without any is no reason to refuse`()
    throws
  {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/table.csv"
    let rows = (0..<60).map { "\($0 % 7),\($0 % 5),\($0 % 2)" }
    try ("age,income,y\n" + rows.joined(separator: "\n")).write(
      toFile: path, atomically: true, encoding: .utf8)
    let encoded =
      #"{"csv": {"path": "\#(path)", "target": ["y"], "ignore": [], "categories": [], "#
      + #""delimiter": ",", "missing": "refuse", "header": true}}"#
    let table = try JSONDecoder().decode(DataConfiguration.self, from: Data(encoded.utf8))
    let data = try TrainingData(table, split: SplitFractions(), seed: 7)
    func searching(_ columns: String...) -> Study {
      let choices = Domain.categorical([.text("true"), .text("false")])
      return Self.study(columns.map { Parameter(name: "use_\($0)", domain: choices) }) {
        ($0.data, $0.batchSize) = (table, 8)
      }
    }
    #expect(Self.message(searching("age", "income"), data) == "in order")
    #expect(
      Self.message(searching("agee"), data)
        == "use_agee: expected a column of features of the table, found agee. Did you mean age?")
    let nothing = Self.study([Self.rate]) {
      ($0.data, $0.batchSize) = (table, 8)
      $0.features.columns = ["age": false, "income": false]
    }
    #expect(
      Self.message(nothing, data)
        == "unused_columns: expected a column of features that is used, found none: age, income are all "
        + "left out. Use one of them, or keep the search from leaving all out by search.constraints.")
  }

  @Test(arguments: [
    Domain.categorical([.number(100_000)]), .integer(low: 1000, high: 2000, scale: .linear),
    .ordinal([.number(64), .number(1439)]), .quantized(low: 100, high: 1500, step: 100, scale: .linear),
  ])
  func `a batch that the training samples cannot fill is refused`(domain: Domain) throws {
    let study = Self.study([Self.rate, Parameter(name: "batch_size", domain: domain)])
    let message = Self.message(study, try Self.digits())
    #expect(
      message.hasPrefix(
        "batch_size: expected at most 1438, the training samples of the smallest trial, found"))
  }

  @Test func `a batch as large as the training samples is taken`() throws {
    let study = Self.study([Parameter(name: "batch_size", domain: .ordinal([.number(64), .number(1438)]))])
    #expect(Self.message(study, try Self.digits()) == "in order")
  }

  @Test func `a fixed batch and a searched share of the data are judged together`() throws {
    let share = { (low: Double) in
      Parameter(name: "data_share", domain: .float(low: low, high: 1, scale: .log))
    }
    let data = try Self.digits()
    #expect(Self.message(Self.study([share(0.1)]) { $0.batchSize = 128 }, data) == "in order")
    #expect(
      Self.message(Self.study([share(0.01)]) { $0.batchSize = 128 }, data).hasPrefix(
        "batch_size: expected at most"))
    let batch = Parameter(
      name: "batch_size", domain: .ordinal([.number(16), .number(512)]),
      condition: Condition(parameter: "data_share", low: 0.5, high: nil))
    #expect(Self.message(Self.study([share(0.1), batch]) { $0.batchSize = 32 }, data) == "in order")
  }

  @Test func `every rung of a fidelity is judged`() throws {
    let fidelity = Fidelity(
      name: "data_share", domain: .float(low: 0.02, high: 1, scale: .log), fullBudget: 9, length: 1)
    let study = Self.study(
      [Self.rate], scheduler: .hyperband(HyperbandOptions(maximumBudget: 9)), fidelity: fidelity)
    #expect(Self.message(study, try Self.digits()).hasPrefix("batch_size: expected at most 3"))
  }

  @Test func `a residual network needs images, and so does another resolution`() throws {
    let table = try Self.table()
    let resnet = Self.study([Self.rate]) { $0.model = .resnet(ResNetConfiguration()) }
    #expect(
      Self.message(resnet, table)
        == "model: expected images, of shape [channels, height, width], for resnet, found samples of shape [8]. "
        + "Use the model mlp, or data of images.")
    #expect(Self.message(resnet, try Self.digits()) == "in order")
    let resolution = Self.study([
      Parameter(name: "resolution", domain: .float(low: 0.5, high: 1, scale: .linear))
    ])
    #expect(Self.message(resolution, table).hasPrefix("resolution: expected images"))
    #expect(
      Self.message(Self.study([Self.rate]) { $0.resolution = 0.5 }, table).hasPrefix(
        "resolution: expected images"))
    #expect(Self.message(Self.study([Self.rate]), table) == "in order")
  }

  @Test func `folds leave fewer samples to train on`() throws {
    var study = Self.study([Self.rate]) { $0.batchSize = 120 }
    study.replicates = 3
    study.crossValidation = true
    #expect(Self.message(study, try Self.table()) == "in order")
    study.trainee.training?.batchSize = 121
    #expect(Self.message(study, try Self.table()).hasPrefix("batch_size: expected at most 1"))
  }
}
