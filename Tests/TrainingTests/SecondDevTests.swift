import Foundation
import Testing

@testable import Training

@Suite struct SecondDevTests {
  private static let fractions = SplitFractions(train: 0.7, dev: 0.1, test: 0.1, secondDev: 0.1)

  /// Of 6,000 characters, in windows of 12.
  private static func text(_ fractions: SplitFractions) throws(TrainingError) -> TrainingData {
    do {
      let folder = try TemporaryFolder()
      let path = try folder.write((0..<6_000).map { UInt8(97 + $0 * $0 % 23) }, to: "text.txt")
      return try TrainingData(.text(path: path, contextLength: 12), split: fractions, seed: 3)
    } catch let error as TrainingError { throw error } catch {
      throw .library("\(error)")
    }
  }

  private func split(_ data: TrainingData) throws -> DataSplit {
    guard case .labelled(_, _, _, let split) = data.content else {
      throw TrainingError.library("expected samples")
    }
    return split
  }

  @Test func `it is cut from what else would train or test, each class alike`() throws {
    let plain = try split(
      TrainingData(.digits, split: SplitFractions(train: 0.7, dev: 0.1, test: 0.2), seed: 3))
    let cut = try split(TrainingData(.digits, split: Self.fractions, seed: 3))
    #expect(plain.secondDev.isEmpty)
    #expect(cut.train == plain.train && cut.dev == plain.dev)
    #expect((cut.secondDev + cut.test).sorted() == plain.test)
    #expect(abs(cut.secondDev.count - 180) <= 1)
    let labels = try DataSet.load(.digits).labels
    let counts = Dictionary(cut.secondDev.map { (labels[Int($0)], 1) }, uniquingKeysWith: +)
    #expect(counts.count == 10 && counts.values.allSatisfy { (16...20).contains($0) })
  }

  @Test func `groups, times and a text are cut, too`() throws {
    let keys = (0..<400).map { Double($0 / 4) }
    let groups = DataSplit(by: .group, keys, fractions: Self.fractions, seed: 2)
    #expect(abs(groups.secondDev.count - 40) <= 4)
    let all = [groups.train, groups.dev, groups.secondDev, groups.test]
    #expect(all.flatMap(\.self).sorted() == (0..<400).map { Int32($0) })
    let ofParts: [Set<Double>] = all.map { part in Set(part.map { keys[Int($0)] }) }
    #expect(ofParts.map(\.count).reduce(0, +) == 100)
    let times = DataSplit(by: .time, keys, fractions: Self.fractions, seed: 2)
    #expect(times.dev == (280..<320).map { Int32($0) } && times.secondDev == (320..<360).map { Int32($0) })
    #expect(times.test == (360..<400).map { Int32($0) })
    let last = DataSplit(
      by: .time, keys, fractions: SplitFractions(train: 0.8, dev: 0.1, test: 0, secondDev: 0.1), seed: 2)
    #expect(last.dev.count == 40 && last.secondDev.count == 40 && last.test.isEmpty)
    #expect(
      TrainingData.ranges(of: 1_000, Self.fractions)
        == [.train: 0..<700, .dev: 700..<800, .secondDev: 800..<900, .test: 900..<1_000])
  }

  @Test func `folds and reshuffled dev splits leave it alone`() throws {
    let data = try TrainingData(.digits, split: Self.fractions, seed: 3)
    let second = try split(data).secondDev
    #expect(try split(data.fold(1, of: 3, seed: 3)).secondDev == second)
    let own = try split(data.reshuffled(for: 7, seed: 3))
    #expect(own.secondDev == second && Set(own.train + own.dev).isDisjoint(with: second))
  }

  @Test(arguments: [SmallModel.mlp, .transformer])
  func `the objectives alone are measured on it, by the same model`(model: SmallModel) throws {
    var configuration = model.configuration
    if model == .mlp { configuration.taskMetrics = ["dev_log_loss", "dev_f1_macro"] }
    let data =
      model == .mlp
      ? try TrainingData(.digits, split: Self.fractions, seed: 3)
      : try Self.text(Self.fractions)
    var plain = try Trainer(configuration, data: data, seed: 1, trial: 0)
    configuration.split = Self.fractions
    configuration.secondDevMetrics = model == .mlp ? ["dev_accuracy", "dev_f1_macro"] : ["dev_loss"]
    var trainer = try Trainer(configuration, data: data, seed: 1, trial: 0)
    for _ in 0..<2 {
      let target = trainer.progress.budget + 10
      _ = try plain.train(to: target)
      _ = try trainer.train(to: target)
      let (without, with) = (try plain.measure().metrics, try trainer.measure().metrics)
      #expect(
        Set(with.keys).subtracting(without.keys)
          == Set((configuration.secondDevMetrics ?? []).map { "second_\($0)" }))
      // Training, and what the dev split says, are the same to the bit.
      for (name, value) in without { #expect(with[name] == value, "\(name)") }
      let whole = try plain.evaluate(on: .secondDev)
      for name in configuration.secondDevMetrics ?? [] {
        #expect(with["second_\(name)"] == whole["second_\(name)"])
      }
    }
  }

  @Test func `what it cannot be is refused`() throws {
    func problems(_ change: (inout TrainingConfiguration) -> Void) -> [String] {
      var configuration = SmallModel.mlp.configuration
      configuration.split = Self.fractions
      configuration.secondDevMetrics = ["dev_accuracy"]
      change(&configuration)
      return configuration.validate().map(\.description)
    }
    #expect(problems { _ in }.isEmpty)
    #expect(
      problems { $0.split.test = 0.2 } == [
        "split: expected fractions that sum to 1, found a sum of 1.1. Write, for example, train: 0.8, dev: 0.1, test: 0.1."
      ])
    #expect(
      problems { $0.data.dev = DigitsData() } == [
        "split.second_dev: expected 0 beside a dev split with files of its own, which nothing is cut from, found 0.1. "
          + "Leave it out."
      ])
    #expect(
      problems { $0.secondDevMetrics = [] } == [
        "split.second_dev: expected 0, where no objective is measured on the dev split, found 0.1. Leave it out."
      ])
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try Self.text(SplitFractions(train: 0.7, dev: 0.199, test: 0.1, secondDev: 0.001))
      }.contains("characters in the second_dev split"))
  }

  @Test func `it is written only where there is one`() throws {
    let plain = String(decoding: try JSONEncoder().encode(TrainingConfiguration()), as: UTF8.self)
    #expect(!plain.contains("second"))
    let coded = try JSONDecoder().decode(SplitFractions.self, from: JSONEncoder().encode(Self.fractions))
    #expect(coded == Self.fractions && coded[.secondDev] == 0.1)
  }
}
