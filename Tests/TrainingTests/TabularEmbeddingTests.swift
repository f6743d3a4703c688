import Foundation
import Testing

@testable import Training

/// Columns of categories that become learned numbers.
@Suite struct TabularEmbeddingTests {
  let folder: TemporaryFolder
  let configuration: TrainingConfiguration
  let data: TrainingData

  init() throws {
    folder = try TemporaryFolder()
    // The class is the parity of the town's number, which no column of numbers tells.
    let rows = (0..<120).map { row in
      "\(row * 5 % 11),\(["red", "blue"][row / 3 % 2]),town\(row * 7 % 13),\(row % 4),\(row * 7 % 13 % 2)"
    }
    let path = try folder.write("age,colour,town,size,y\n" + rows.joined(separator: "\n"), to: "table.csv")
    var configuration = TrainingConfiguration()
    configuration.data = DataConfiguration(CSVData(path: path))
    configuration.model = .tabular(Self.shape(embeddingWidth: 3))
    configuration.batchSize = 16
    self.configuration = configuration
    data = try TrainingData(configuration.data, split: configuration.split, seed: 3)
  }

  private static func shape(embeddingWidth: Int) -> TabularConfiguration {
    var shape = TabularConfiguration()
    (shape.width, shape.blocks, shape.embeddingWidth) = (8, 1, embeddingWidth)
    return shape
  }

  /// The shapes of the parameters before the blocks, by name.
  private func shapes(_ change: (inout TrainingConfiguration) -> Void) throws -> [String: [Int]] {
    var changed = configuration
    change(&changed)
    let form = try data.prepared(for: changed, seed: 3).form
    let parameters = try changed.model.shape.declarations(for: form).parameters
      .filter { $0.name.hasPrefix("embeddings") || $0.name == "first.weight" }
    return Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.shape) })
  }

  @Test func `a column becomes so many numbers, or as many as it has categories`() throws {
    #expect(data.form == .samples(shape: [17], targets: .classes(2), categories: [1..<3, 3..<16]))
    #expect(
      try shapes { _ in } == [
        "embeddings.0.weight": [2, 2], "embeddings.1.weight": [3, 13], "first.weight": [8, 7],
      ])
    #expect(
      try shapes { $0.model = .tabular(Self.shape(embeddingWidth: 0)) } == ["first.weight": [8, 17]])
  }

  @Test func `a column that is left out has no embedding, products are not embedded`() throws {
    #expect(
      try shapes { $0.features.columns = ["age": false, "colour": false] } == [
        "embeddings.0.weight": [3, 13], "first.weight": [8, 4],
      ])
    let products = try shapes { $0.features.degree = 2 }
    #expect(products["embeddings.1.weight"] == [3, 13])
    #expect(products["first.weight"]?[1] == 7 + 17 * 18 / 2)
    #expect(try shapes { $0.features.components = 5 } == ["first.weight": [8, 5]])
  }

  @Test func `what only the categories tell is learned through their embeddings`() throws {
    var trainer = try Trainer(configuration, data: data, seed: 3, trial: 0)
    _ = try trainer.train(to: 300)
    let metrics = try trainer.evaluate(on: .dev)
    #expect(metrics["dev_accuracy"] ?? 0 > 0.95, "\(metrics)")
    let values = try trainer.effectiveHyperparameters()
    #expect(values["embedding_width"] == .number(3))
  }

  @Test func `data without categories are refused`() throws {
    let path = try folder.write(
      "a,y\n" + (0..<60).map { "\($0),\($0 % 2)" }.joined(separator: "\n"), to: "numbers.csv")
    var changed = configuration
    changed.data = DataConfiguration(CSVData(path: path))
    let numbers = try TrainingData(changed.data, split: changed.split, seed: 3)
    #expect(
      changed.validate(with: numbers).map(\.description) == [
        "embedding_width: expected a table with a column of categories, found none. Leave embedding_width out, or "
          + "name columns of numbers that are categories in data.categories."
      ])
  }
}
