import Foundation
import Testing

@testable import Training

@Suite struct FeaturesTests {
  private struct Golden: Decodable {
    var standard: [Float]
    var rows: [Float]
    var means: [Float]
    var deviations: [Float]
    /// By scaling, degree and components: the first four rows.
    var cases: [String: [Double]]
  }

  private static func golden() throws -> Golden {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/features.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: path))
  }

  private static func map(_ golden: Golden, _ wanted: Features) throws -> [[Float]] {
    try golden.standard.withUnsafeBufferPointer { values in
      let map = try FeatureMap(
        wanted, of: values, size: 3, Standardization(means: golden.means, deviations: golden.deviations),
        area: 1, indices: (0..<40).map { Int32($0) })
      return (0..<4).map { row in
        [Float](unsafeUninitializedCapacity: map.width) { buffer, count in
          map.apply(to: values.baseAddress! + 3 * row, into: buffer.baseAddress!)
          count = map.width
        }
      }
    }
  }

  @Test func `features are scikit-learn's`() throws {
    let golden = try Self.golden()
    #expect(golden.cases.count == 18)
    for (name, expected) in golden.cases {
      let words = name.split(separator: " ")
      var wanted = Features()
      wanted.scaling = try #require(FeatureScaling(rawValue: String(words[0])))
      (wanted.degree, wanted.components) = (try #require(Int(words[1])), try #require(Int(words[2])))
      let found = try Self.map(golden, wanted).flatMap { $0 }
      #expect(found.count == expected.count, "\(name)")
      for (one, other) in zip(found, expected) { #expect(abs(Double(one) - other) < 2e-4, "\(name)") }
    }
  }

  @Test func `without scaling features are the file's`() throws {
    let golden = try Self.golden()
    var wanted = Features()
    wanted.scaling = .none
    let found = try Self.map(golden, wanted).flatMap { $0 }
    for (one, other) in zip(found, golden.rows) { #expect(abs(one - other) < 1e-4) }
  }

  @Test func `a model is as wide as its features, and too many are refused`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration = try configuration.setting([
      "feature_degree": .number(2), "feature_components": .number(7),
    ])
    #expect(
      configuration.validate(with: try SmallModel.mlp.data).map(\.description) == [
        "feature_components: expected at most 500, of at most 500 features, found 7 of 2144. "
          + "Lower feature_components, feature_degree, or the number of features."
      ])
    configuration = try configuration.setting("feature_degree", to: .number(1))
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 3, trial: 0)
    _ = try trainer.train(to: 60)
    #expect(try #require(trainer.measure().metrics["dev_accuracy"]) > 0.15)
    let entries = try #require(try trainer.snapshot()?.blocks["parameters"]?.layout)
    #expect(entries[0].shape == [24, 7])
  }

  @Test(arguments: [(CSVData.Missing.median, Float(3)), (.mostFrequent, 2)])
  func `what is missing is filled in by the samples that train`(filling: CSVData.Missing, number: Float)
    throws
  {
    var encoding = TableEncoding(
      features: [
        .init(name: "x", column: .numbers), .init(name: "c", column: .categories(["a", "b", "d"])),
      ], targets: [], classes: [])
    (encoding.missing, encoding.filling) = (2, filling)
    var rows: [[Float]] = [[2, 0, 1, 0], [2, 1, 0, 0], [4, 0, 1, 0], [9, 0, 0, 1]]
    rows += [[.nan, .nan, .nan, .nan], [7, 1, 0, 0], [7, 1, 0, 0], [7, 1, 0, 0]]
    let filled = try SampleMemory(rows.flatMap { $0 })
    let fills = try filled.change { values throws(TrainingError) in
      try encoding.fill(values, by: [0, 1, 2, 3, 4])
    }
    #expect(fills == [number, 0, 1, 0])
    #expect(filled.withScalars { Array($0[16..<20]) } == [number, 0, 1, 0])
    #expect(filled.withScalars { Array($0[..<16]) } == rows[..<4].flatMap { $0 })
    // What is missing in rows to come is filled in, too, though none is missing here.
    encoding.missing = 0
    #expect(
      try filled.change { values throws(TrainingError) in try encoding.fill(values, by: [0, 1, 2, 3, 4]) }
        == fills)
  }
}
