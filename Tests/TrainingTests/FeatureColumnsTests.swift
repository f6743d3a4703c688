import Foundation
import Testing

@testable import Training

/// Which columns of a table a trial uses.
@Suite struct FeatureColumnsTests {
  let folder: TemporaryFolder
  let configuration: TrainingConfiguration
  let data: TrainingData

  init() throws {
    folder = try TemporaryFolder()
    let rows = (0..<60).map {
      "\($0 % 7),\(["red", "blue", "green"][$0 % 3]),\(Double($0 * 5 % 11) / 2),\($0 % 2)"
    }
    let path = try folder.write("age,colour,size,y\n" + rows.joined(separator: "\n"), to: "table.csv")
    var configuration = TrainingConfiguration()
    configuration.data = DataConfiguration(CSVData(path: path))
    var shape = MLPConfiguration()
    shape.hidden = [5]
    configuration.model = .mlp(shape)
    configuration.batchSize = 8
    self.configuration = configuration
    data = try TrainingData(configuration.data, split: configuration.split, seed: 3)
  }

  private func first(_ values: [String: String], of data: TrainingData) throws -> [Float] {
    let changed = try configuration.setting(values.mapValues { HyperparameterValue.text($0) })
    let buffer = try BatchBuffer(data.prepared(for: changed, seed: 3), capacity: 1)
    try buffer.fill(0..<1, of: .train)
    guard case .features(let features) = buffer.inputs else { return [] }
    return Array(features)
  }

  @Test func `a column that is left out is left out with all of its categories`() throws {
    let whole = try first([:], of: data)
    #expect(whole.count == 5)
    #expect(try first(["use_age": "true", "use_colour": "true"], of: data) == whole)
    #expect(try first(["use_age": "false"], of: data) == Array(whole[1...]))
    #expect(try first(["use_colour": "false"], of: data) == [whole[0], whole[4]])
    #expect(try first(["use_colour": "false", "use_age": "false"], of: data) == [whole[4]])
  }

  @Test func `scales, products and components are those of a table without the column`() throws {
    let text = try String(contentsOfFile: folder.file("table.csv"), encoding: .utf8)
    let narrow = text.split(separator: "\n").map { line in
      let fields = line.split(separator: ",")
      return "\(fields[0]),\(fields[2]),\(fields[3])"
    }
    let path = try folder.write(narrow.joined(separator: "\n"), to: "narrow.csv")
    let other = try TrainingData(
      DataConfiguration(CSVData(path: path)), split: configuration.split, seed: 3)
    for scaling in FeatureScaling.allCases {
      var wanted = configuration
      (wanted.features.scaling, wanted.features.degree, wanted.features.components) = (scaling, 2, 4)
      let expected = try BatchBuffer(other.prepared(for: wanted, seed: 3), capacity: 4)
      wanted.features.columns = ["colour": false]
      let found = try BatchBuffer(data.prepared(for: wanted, seed: 3), capacity: 4)
      for buffer in [expected, found] { try buffer.fill(0..<4, of: .dev) }
      guard case .features(let a) = expected.inputs, case .features(let b) = found.inputs else { return }
      #expect(Array(a) == Array(b), "\(scaling)")
      #expect(a.count == 16)
    }
  }

  @Test func `a trial trains on the columns that are left, and says which`() throws {
    let changed = try configuration.setting(["use_colour": .text("false"), "use_age": .text("true")])
    var trainer = try Trainer(changed, data: data, seed: 3, trial: 0)
    _ = try trainer.train(to: 4)
    #expect(try trainer.snapshot()?.blocks["parameters"]?.layout.first?.shape == [5, 2])
    let values = try trainer.effectiveHyperparameters()
    #expect(values["use_colour"] == .text("false"))
    #expect(values["use_age"] == .text("true"))
    #expect(values["use_size"] == nil)
    let message = trainingError { () throws(TrainingError) in try trainer.set(["use_age": .text("false")]) }
    #expect(message.hasPrefix("use_age: expected the value true that the trial began with, found false."))
  }

  @Test func `records without columns stay as they were, and those with them come back`() throws {
    let plain = try JSONEncoder().encode(configuration)
    #expect(!String(decoding: plain, as: UTF8.self).contains("columns"))
    let changed = try configuration.setting("use_colour", to: .text("false"))
    let read = try JSONDecoder().decode(TrainingConfiguration.self, from: JSONEncoder().encode(changed))
    #expect(read == changed)
    #expect(read.features.columns == ["colour": false])
  }

  @Test(arguments: [
    (
      ["agee"],
      "use_agee: expected a column of features of the table, found agee. The columns are age, colour, size."
    ),
    (
      ["age", "colour", "size"],
      "unused_columns: expected a column of features that is used, found none: age, colour, size are all "
        + "left out. Use one of them, or keep the search from leaving all out by search.constraints."
    ),
  ])
  func `columns that cannot be left out are an error`(columns: [String], message: String) throws {
    var changed = configuration
    for column in columns { changed.features.columns[column] = false }
    #expect(
      trainingError { () throws(TrainingError) in _ = try Trainer(changed, data: data, seed: 3, trial: 0) }
        == message)
  }

  @Test func `data without columns are refused`() throws {
    let message = trainingError { () throws(TrainingError) in
      _ = try TrainingConfiguration().setting("use_age", to: .text("false"))
    }
    #expect(message.hasPrefix("use_age: expected data of a table, such as csv, found "))
    var digits = TrainingConfiguration()
    digits.features.columns = ["age": false]
    #expect(
      digits.validate().map(\.description) == [
        "unused_columns: expected data of a table, such as csv, found the data digits. "
          + "Take it, and use_ with the name of a column, out."
      ])
  }
}
