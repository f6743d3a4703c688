import Foundation
import HDF5
import Search
import Testing

@testable import Tuner

@Suite struct CurveTableTests {
  private static let space = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 1e-4, high: 1e-1, scale: .log)),
    Parameter(name: "optimizer", domain: .categorical([.text("sgd"), .text("lamb")])),
    Parameter(
      name: "momentum", domain: .float(low: 0, high: 1, scale: .linear),
      condition: Condition(parameter: "optimizer", values: [.text("sgd")])),
  ])
  private static let objective = Objective(metric: "dev_accuracy", goal: .maximize)
  private static let text = """
    learning_rate,optimizer,momentum,budget,dev_accuracy,seconds
    0.001,sgd,0.9,1,0.5,10
    0.001,sgd,0.9,3,0.7,40
    0.01,"lamb",,3,,90
    0.01,"lamb",,1,0.6,20

    """

  private static func table(_ text: String) throws(TunerError) -> CurveTable {
    try CurveTable(TableColumns(csv: text, path: "curves.csv"), space: space, objective: objective)
  }

  private static func configuration(_ rate: Double, _ optimizer: String, _ momentum: Double?) -> Configuration
  {
    var configuration = Configuration(["learning_rate": .number(rate), "optimizer": .text(optimizer)])
    configuration["momentum"] = momentum.map(ParameterValue.number)
    return configuration
  }

  @Test func `a trial takes the curve of the nearest configuration`() throws {
    let table = try Self.table(Self.text)
    #expect(table.count == 2)
    let first = table.curve(nearest: Self.configuration(0.002, "sgd", 0.8))
    #expect(first == CurveTable.Curve(budgets: [1, 3], costs: [-0.5, -0.7], seconds: [10, 40]))
    // The other choice is farther away than any learning rate.
    #expect(table.curve(nearest: Self.configuration(0.01, "sgd", 0)) == first)
    let second = table.curve(nearest: Self.configuration(0.0001, "lamb", nil))
    #expect(second.costs[0] == -0.6)
    #expect(second.costs[1].isNaN)
  }

  @Test func `between measurements a cost stays and seconds are linear`() throws {
    let curve = try Self.table(Self.text).curve(nearest: Self.configuration(0.001, "sgd", 0.9))
    #expect([1, 2, 3, 9].map(curve.cost) == [-0.5, -0.5, -0.7, -0.7])
    #expect(curve.seconds(from: 0, to: 1) == 10)
    #expect(curve.seconds(from: 1, to: 2) == 15)
    #expect(curve.seconds(from: 3, to: 5) == 30)
  }

  @Test(arguments: [
    "\u{FEFF}" + text, text.replacing("\n", with: "\r\n"), text.replacing("\n", with: "\r"),
    "\u{FEFF}"
      + text.replacing("learning_rate,optimizer", with: "\"learning_rate\", \"optimizer\"")
      .replacing("\n", with: "\r\n") + "\r\n",
  ])
  func `a table may be as spreadsheets write it`(text: String) throws {
    #expect(try Self.table(text).count == 2)
    let curve = try Self.table(text).curve(nearest: Self.configuration(0.002, "sgd", 0.8))
    #expect(curve == CurveTable.Curve(budgets: [1, 3], costs: [-0.5, -0.7], seconds: [10, 40]))
  }

  @Test func `a path that is no table is named`() throws {
    let directory = try TemporaryDirectory()
    func message(_ path: String) -> String {
      do {
        _ = try TableColumns.read(path)
        return "no error"
      } catch {
        return error.description.replacing(directory.path, with: "DIR")
      }
    }
    #expect(
      message(directory.path)
        == "DIR: expected a readable table in CSV or HDF5, found a directory. Correct the path of the table.")
    #expect(message(directory.path + "/no.csv").contains("found no such file."))
    let file = directory.path + "/utf16.csv"
    try #require(Self.text.data(using: .utf16)).write(to: URL(fileURLWithPath: file))
    #expect(
      message(file)
        == "DIR/utf16.csv: expected a table in UTF-8, found one in UTF-16. Save it as CSV in UTF-8.")
  }

  @Test func `an HDF5 file holds the same table`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/curves.h5"
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([0.001, 0.001, 0.01, 0.01] as [Float], as: "learning_rate")
      try root.write(["sgd", "sgd", "lamb", "lamb"], as: "optimizer")
      try root.write([0.9, 0.9, .nan, .nan] as [Double], as: "momentum")
      try root.write([1, 3, 3, 1] as [Int32], as: "budget")
      try root.write([0.5, 0.7, .nan, 0.6] as [Double], as: "dev_accuracy")
      try root.write([10, 40, 90, 20] as [UInt8], as: "seconds")
    }
    let table = try CurveTable(TableColumns.read(path), space: Self.space, objective: Self.objective)
    #expect(
      table.curve(nearest: Self.configuration(0.001, "sgd", 0.9))
        == CurveTable.Curve(budgets: [1, 3], costs: [-0.5, -0.7], seconds: [10, 40]))
  }

  @Test(arguments: [
    (
      "0.001,sgd,0.9,1,0.5,10", "0.001,sgd,0.9,x,0.5,10",
      "curves.csv:2: expected a whole budget of at least 1, found x. Count budgets in whole units."
    ),
    (
      "0.001,sgd,0.9,1,0.5,10", "0.001,sgd,0.9,1,high,10",
      "curves.csv:2: expected a number for dev_accuracy, or nothing where the trial failed, found high. "
        + "Write the metric of the objective."
    ),
    (
      "0.001,sgd,0.9,3,0.7,40", "0.001,sgd,0.9,3",
      "curves.csv:3: expected 6 fields, as the first line has, found 4. "
        + "Write a field for each column; quote those that hold a comma."
    ),
    (
      "0.001,sgd,0.9,3,0.7,40", "0.001,sgd,0.9,1,0.7,40",
      "curves.csv:3: expected one row for each configuration and budget, found a second one at 1. "
        + "Keep one of them, or their mean."
    ),
    (
      "0.01,\"lamb\",,3", "0.01,\"adam\",,3",
      "curves.csv:4: expected parameter optimizer to be one of sgd, lamb, found adam. Give it a value of its domain."
    ),
    (
      "dev_accuracy", "accuracy",
      "curves.csv: expected a column dev_accuracy, found only learning_rate, optimizer, momentum, budget, accuracy, "
        + "seconds. A table has a column for each parameter, for budget and for the objective's metric."
    ),
    (
      "0.01,\"lamb\",,3,,90", "0.01,\"lamb,,3,,90",
      "curves.csv: expected a quote at the end of every quoted field, found one that is missing. "
        + "Close the quotes, or take out the one that opens them."
    ),
    (
      "learning_rate,optimizer,momentum,budget,dev_accuracy,seconds\n0.001,sgd,0.9,1,0.5,10\n0.001,sgd,0.9,3,0.7,40\n0.01,\"lamb\",,3,,90\n0.01,\"lamb\",,1,0.6,20\n",
      "learning_rate;budget\n0.1;1\n",
      "curves.csv: expected a column budget, found only learning_rate;budget. Separate the columns by commas."
    ),
    (
      ",20", ",-1",
      "curves.csv:5: expected seconds of at least 0, found -1. "
        + "Write the seconds from the trial's beginning, or leave the column out."
    ),
  ])
  func `a mistake is named by its line`(_ right: String, _ wrong: String, _ message: String) {
    let text = Self.text.replacing(right, with: wrong)
    #expect { try Self.table(text) } throws: { "\($0)" == message }
  }

  @Test func `a search runs on a table`() throws {
    var study = Study.test()
    study.space = Self.space
    study.objective = Self.objective
    study.scheduler = .asha(ASHAOptions(trials: 30, maximumBudget: 3, reduction: 3))
    var controller = try Controller(study, after: nil)
    var cluster = SimulatedCluster(study, groups: 4, training: .table(try Self.table(Self.text)))
    var journal = try Journal()
    let result = try run(&controller, on: &cluster, recording: &journal, RunOptions(program: "test"))
    #expect(result.summary.ending == .finished)
    #expect(result.summary.best?.score == 0.7)
    // Every trial with the other choice fails when it is promoted.
    #expect(result.summary.failedTrials > 0)
  }
}
