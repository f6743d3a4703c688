import Foundation
import Testing

@testable import Training

@Suite struct DevSplitTests {
  private func split(_ data: TrainingData) throws -> DataSplit {
    guard case .labelled(_, _, _, let split) = data.content else {
      throw TrainingError.library("expected samples")
    }
    return split
  }

  @Test func `a trial's division is of the same samples, classes and sizes, and no other trial's`() throws {
    let data = try SmallModel.mlp.data
    let fixed = try split(data)
    guard case .labelled(_, _, let targets, _) = data.content else { return }
    let strata = targets.strata
    func classes(_ samples: [Int32]) -> [Int: Int] {
      Dictionary(samples.map { (strata[Int($0)], 1) }, uniquingKeysWith: +)
    }
    var seen: Set<[Int32]> = [fixed.dev]
    for trial in 0..<30 {
      let own = try data.reshuffled(for: trial, seed: 5)
      let divided = try split(own)
      #expect(divided.test == fixed.test)
      #expect((divided.train + divided.dev).sorted() == (fixed.train + fixed.dev).sorted())
      #expect(classes(divided.dev) == classes(fixed.dev))
      #expect(divided.dev == divided.dev.sorted() && divided.train == divided.train.sorted())
      #expect(own.standardization == data.standardization)
      #expect(try split(data.reshuffled(for: trial, seed: 5)) == divided)
      seen.insert(divided.dev)
    }
    #expect(seen.count == 31)
    let (one, other) = (try data.reshuffled(for: 0, seed: 6), try data.reshuffled(for: 0, seed: 5))
    #expect(try split(one) != split(other))
  }

  /// Each sample is in a trial's dev split with the probability of the fraction.
  @Test func `over trials every sample is measured alike`() throws {
    let data = try SmallModel.mlp.data
    let fixed = try split(data)
    var counts = [Int](repeating: 0, count: 1_797)
    let trials = 400
    for trial in 0..<trials {
      for sample in try split(data.reshuffled(for: trial, seed: 9)).dev { counts[Int(sample)] += 1 }
    }
    let (samples, share) = (
      fixed.train + fixed.dev, Double(fixed.dev.count) / Double(fixed.train.count + fixed.dev.count)
    )
    let deviation = (Double(trials) * share * (1 - share)).squareRoot()
    for sample in samples {
      #expect(abs(Double(counts[Int(sample)]) - Double(trials) * share) < 6 * deviation)
    }
    for sample in fixed.test { #expect(counts[Int(sample)] == 0) }
  }

  @Test func `a share of a trial's training samples has none of its dev samples`() throws {
    let own = try SmallModel.mlp.data.reshuffled(for: 3, seed: 1)
    let (part, whole) = (try split(own.reduced(to: 0.3, seed: 1)), try split(own))
    #expect(Set(part.train).isSubset(of: whole.train) && part.dev == whole.dev)
  }

  @Test func `a text, a rule and files of the dev split are refused`() throws {
    let text = try SmallModel.transformer.data
    #expect(
      trainingError { () throws(TrainingError) in _ = try text.reshuffled(for: 0, seed: 1) }
        == "search.dev_split: expected fixed, for a text, whose neighbouring parts say too much of one another, found "
        + "reshuffled. Leave it out.")
    var training = SmallModel.mlp.configuration
    #expect(training.reshufflingProblem == nil)
    training.data.dev = DigitsData()
    #expect(
      training.reshufflingProblem?.description
        == "search.dev_split: expected fixed, for a dev split with files of its own, found reshuffled. Leave it out."
    )
    training.split.rule = .group
    #expect(
      training.reshufflingProblem?.description
        == "search.dev_split: expected fixed, for samples that split.by: group divides, found reshuffled. "
        + "Leave it out.")
    #expect(SmallModel.transformer.configuration.reshufflingProblem != nil)
  }
}
