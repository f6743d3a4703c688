import Foundation
import HDF5
import Testing

@testable import Training

@Suite struct SplitRuleTests {
  @Test func `a group is in one part, and parts are as large as the fractions say`() {
    let keys = (0..<1_000).map { Double($0 * 7919 % 97) }
    var splits: Set<[Int32]> = []
    for seed in 0..<20 {
      let split = DataSplit(by: .group, keys, fractions: SplitFractions(), seed: UInt64(seed))
      let groups = [split.train, split.dev, split.test].map { Set($0.map { keys[Int($0)] }) }
      #expect(groups[0].isDisjoint(with: groups[1]) && groups[1].isDisjoint(with: groups[2]))
      #expect(groups[0].isDisjoint(with: groups[2]))
      #expect((split.train + split.dev + split.test).sorted() == (0..<1_000).map { Int32($0) })
      #expect(abs(split.train.count - 800) <= 11 && abs(split.dev.count - 100) <= 11)
      splits.insert(split.dev)
    }
    #expect(splits.count == 20)
  }

  @Test func `the oldest train, the newest are for the test`() {
    let keys = (0..<100).map { Double(($0 * 37 % 100) / 3) }
    let split = DataSplit(by: .time, keys, fractions: SplitFractions(), seed: 1)
    let times = [split.train, split.dev, split.test].map { $0.map { keys[Int($0)] } }
    #expect(times[0].max()! < times[1].min()! && times[1].max()! < times[2].min()!)
    #expect(split.train.count == 81 && split.dev.count == 9 && split.test.count == 10)
  }

  @Test func `a column of a table divides it, by texts or numbers`() throws {
    let folder = try TemporaryFolder()
    var text = "x,y,patient,day\n"
    for row in 0..<60 {
      let month = 1 + row % 12
      text += "\(row),\(row % 2),p\(row % 12),2024-\(month < 10 ? "0" : "")\(month)-01\n"
    }
    let path = try folder.write(text, to: "table.csv")
    func split(_ rule: SplitRule, _ column: String) throws -> DataSplit? {
      let keys =
        "{\"csv\": {\"path\": \"\(path)\", \"target\": [\"y\"], \"ignore\": [\"patient\", \"day\"], "
        + "\"categories\": [], \"delimiter\": \",\", \"header\": true, \"missing\": \"refuse\"}}"
      let configuration = try JSONDecoder().decode(DataConfiguration.self, from: Data(keys.utf8))
      let fractions = SplitFractions(train: 0.5, dev: 0.25, test: 0.25, rule: rule, column: column)
      let data = try TrainingData(configuration, split: fractions, seed: 4)
      #expect(
        trainingError { () throws(TrainingError) in _ = try data.fold(0, of: 3, seed: 1) }
          .hasPrefix("search.cross_validation: expected samples that are divided by chance"))
      if case .labelled(_, _, _, let split) = data.content { return split }
      return nil
    }
    let byPatient = try #require(try split(.group, "patient"))
    #expect(Set(byPatient.train.map { $0 % 12 }).count == 6 && byPatient.train.count == 30)
    let byDay = try #require(try split(.time, "day"))
    #expect(Set(byDay.train.map { $0 % 12 }) == Set(0..<6) && Set(byDay.test.map { $0 % 12 }) == Set(9..<12))
  }

  @Test func `an array of the file divides its samples, and one of another length is refused`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/data.h5"
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write((0..<120).map { Float($0) }, shape: [40, 3], as: "samples")
      try root.write((0..<40).map { Int64($0 % 2) }, as: "labels")
      try root.write((0..<40).map { Int64(1_700_000_000_000 - $0) }, as: "times")
      try root.write([Int64(1), 2], as: "short")
      try root.write([Float](repeating: .nan, count: 40), shape: [40], as: "unknown")
    }
    let configuration = DataConfiguration.hdf5(path: path, samples: "samples", labels: "labels")
    let data = try TrainingData(
      configuration, split: SplitFractions(train: 0.5, dev: 0.25, test: 0.25, rule: .time, column: "times"),
      seed: 1)
    let parts: DataSplit? = if case .labelled(_, _, _, let split) = data.content { split } else { nil }
    let split = try #require(parts)
    #expect(split.train == (20..<40).map { Int32($0) } && split.test == (0..<10).map { Int32($0) })
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try TrainingData(configuration, split: SplitFractions(rule: .time, column: "short"), seed: 1)
      }
        == "\(path): samples: expected 40 values of the column that split.column names, one a sample, found 2. "
        + "Name a column, or an array of [samples].")
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try TrainingData(configuration, split: SplitFractions(rule: .group, column: "unknown"), seed: 1)
      }.hasPrefix(
        "\(path): samples: expected finite numbers in the column that split.column names, found nan"))
  }

  @Test func `a text among numbers has no place in their order`() {
    #expect(["1", "10", "n.d.", "2"].oddText == "n.d.")
    #expect(["1", "10", "2"].oddText == nil)
    #expect(["2024-05-31", "2023-01-02"].oddText == nil)
    #expect(["2024-05-31", "2023-01-02"].orderedValues == [1, 0])
  }
}
