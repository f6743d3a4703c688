import Testing
import Training

@Suite struct DataShareTests {
  @Test func `a smaller share is a part of a larger one, with every class`() throws {
    let whole = try SmallModel.mlp.data
    let shares = try [0.01, 0.1, 0.35, 0.8].map { Set(try samples(of: whole.reduced(to: $0, seed: 3))) }
    for (smaller, larger) in zip(shares, shares.dropFirst()) { #expect(smaller.isStrictSubset(of: larger)) }
    let count = Double(whole.count(of: .train))
    for (share, kept) in zip([0.01, 0.1, 0.35, 0.8], shares) {
      // Rounded up in each of ten classes.
      #expect(Double(kept.count) >= count * share - 1e-6)
      #expect(Double(kept.count) < count * share + 10)
    }
    #expect(try labels(of: whole.reduced(to: 0.01, seed: 3)) == Set(0...9))
  }

  @Test func `only the train split shrinks, and by the seed alone`() throws {
    let whole = try SmallModel.mlp.data
    let half = try whole.reduced(to: 0.5, seed: 3)
    #expect(half.count(of: .dev) == whole.count(of: .dev))
    #expect(half.count(of: .test) == whole.count(of: .test))
    #expect(try samples(of: half) == samples(of: whole.reduced(to: 0.5, seed: 3)))
    #expect(try samples(of: half) != samples(of: whole.reduced(to: 0.5, seed: 4)))
    #expect(try samples(of: whole.reduced(to: 1, seed: 3)) == samples(of: whole))
  }

  @Test func `a text keeps its beginning, and one window at least`() throws {
    let whole = try SmallModel.transformer.data
    let half = try whole.reduced(to: 0.5, seed: 3)
    #expect(abs(half.count(of: .train) * 2 - whole.count(of: .train)) <= 2)
    #expect(half.count(of: .dev) == whole.count(of: .dev))
    let message = trainingError { () throws(TrainingError) in
      _ = try TrainingData(of: .transformer).reduced(to: 1e-4, seed: 3)
    }
    #expect(message.hasPrefix("data_share: expected at least 13 characters of the train split's "))
  }

  @Test func `a trial trains on its share, and says so`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.budgetUnit = .epochs
    configuration = try configuration.setting("data_share", to: .number(0.1))
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 3, trial: 0)
    #expect(try trainer.effectiveHyperparameters()["data_share"] == .number(0.1))
    _ = try trainer.train(to: 1)
    let samples = try SmallModel.mlp.data.reduced(to: 0.1, seed: 3).count(of: .train)
    #expect(trainer.progress.step == samples / 32)
    // All of the dev split is measured, whatever trained.
    #expect(try trainer.measure().metrics["dev_accuracy"] != nil)
  }

  /// The train split, as rows of features.
  private func samples(of data: TrainingData) throws -> [[Float]] {
    let count = data.count(of: .train)
    let buffer = try BatchBuffer(data, capacity: count)
    try buffer.fill(0..<count, of: .train)
    guard case .features(let features) = buffer.inputs else { return [] }
    let size = features.count / count
    return (0..<count).map { Array(features[$0 * size..<($0 + 1) * size]) }
  }

  private func labels(of data: TrainingData) throws -> Set<Int64> {
    let buffer = try BatchBuffer(data, capacity: data.count(of: .train))
    try buffer.fill(0..<data.count(of: .train), of: .train)
    return Set(buffer.labels)
  }
}

extension TrainingData {
  /// As `SmallModel.data`, with typed errors.
  fileprivate init(of model: SmallModel) throws(TrainingError) {
    do {
      self = try model.data
    } catch {
      throw .library("\(error)")
    }
  }
}
