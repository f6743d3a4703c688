import Testing
import Training

@Suite struct DataSplitTests {
  static let labels = (0..<1_003).map { $0 * $0 % 7 }
  static let fractions = SplitFractions(train: 0.7, dev: 0.2, test: 0.1)

  @Test(arguments: 0..<20)
  func `a split is disjoint and exhaustive`(seed: UInt64) {
    let split = DataSplit(labels: Self.labels, fractions: Self.fractions, seed: seed)
    #expect((split.train + split.dev + split.test).sorted() == (0..<1_003).map { Int32($0) })
  }

  @Test(arguments: 0..<20)
  func `each class is divided in the same proportions, to within one sample`(seed: UInt64) {
    let split = DataSplit(labels: Self.labels, fractions: Self.fractions, seed: seed)
    for label in Set(Self.labels) {
      let total = Double(Self.labels.count { $0 == label })
      for (part, fraction) in [(split.train, 0.7), (split.dev, 0.2), (split.test, 0.1)] {
        let count = Double(part.count { Self.labels[Int($0)] == label })
        #expect(abs(count - total * fraction) <= 1)
      }
    }
    #expect(abs(split.train.count - 702) <= 1)
    #expect(abs(split.dev.count - 201) <= 1)
  }

  @Test func `equal seeds split equally, others otherwise`() {
    let splits = [3, 3, 4].map { DataSplit(labels: Self.labels, fractions: Self.fractions, seed: $0) }
    #expect(splits[0] == splits[1])
    #expect(splits[0] != splits[2])
  }

  @Test func `nothing is left for the test split when its fraction is 0`() {
    let fractions = SplitFractions(train: 0.9, dev: 0.1, test: 0)
    for seed in 0..<20 {
      #expect(DataSplit(labels: Self.labels, fractions: fractions, seed: UInt64(seed)).test == [])
    }
  }

  @Test func `the training samples have mean 0 and deviation 1 in each channel`() throws {
    let data = try TrainingData(.digits, split: SplitFractions(), seed: 5)
    let count = data.count(of: .train)
    let buffer = try BatchBuffer(data, capacity: count)
    try buffer.fill(0..<count, of: .train)
    guard case .features(let features) = buffer.inputs else {
      Issue.record("expected features")
      return
    }
    let mean = features.reduce(0) { $0 + Double($1) } / Double(features.count)
    let variance = features.reduce(0) { $0 + Double($1) * Double($1) } / Double(features.count)
    #expect(abs(mean) < 1e-6)
    #expect(abs(variance - 1) < 1e-5)
    #expect(data.standardization?.means.count == 1)
  }

  @Test func `a feature that doesn't vary stays finite`() throws {
    let folder = try TemporaryFolder()
    let samples = try folder.write(
      idxBytes([20, 2], (0..<40).map { $0 % 2 == 0 ? 7 : UInt8($0) }), to: "samples")
    let labels = try folder.write(idxBytes([20], (0..<20).map { $0 % 2 }), to: "labels")
    let data = try TrainingData(.idx(images: samples, labels: labels), split: SplitFractions(), seed: 0)
    #expect(data.standardization?.means.first == 7)
    #expect(data.standardization?.deviations.first == 1)
  }
}

@Suite struct DataOrderTests {
  @Test(arguments: [1, 2, 17, 1_437])
  func `an epoch's order is a permutation`(count: Int) {
    var order = SampleOrder(count: count, seed: 11)
    for epoch in 0..<5 {
      #expect(order.permutation(ofEpoch: epoch).sorted() == (0..<Int32(count)).map { $0 })
    }
  }

  @Test func `the order depends on seed and epoch, and on nothing that was asked before`() {
    var first = SampleOrder(count: 100, seed: 1)
    var second = SampleOrder(count: 100, seed: 1)
    let epochs = (0..<4).map { first.permutation(ofEpoch: $0) }
    for epoch in [3, 0, 2, 1] { #expect(second.permutation(ofEpoch: epoch) == epochs[epoch]) }
    #expect(Set(epochs).count == 4)
    var other = SampleOrder(count: 100, seed: 2)
    #expect(other.permutation(ofEpoch: 0) != epochs[0])
  }

  /// Each of the 24 orders of 4 elements has probability 1/24; the bound is the 0.999 quantile of chi-squared
  /// with 23 degrees of freedom.
  @Test func `all permutations are equally likely`() {
    var counts: [[Int32]: Int] = [:]
    for seed in 0..<4_800 {
      var order = SampleOrder(count: 4, seed: UInt64(seed))
      counts[order.permutation(ofEpoch: 0), default: 0] += 1
    }
    let chiSquared = counts.values.reduce(0.0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
    #expect(counts.count == 24)
    #expect(chiSquared < 49.73)
  }

  @Test func `an epoch has as many steps as whole batches fit`() {
    var cursor = DataCursor(count: 100)
    var starts: [Int] = []
    for _ in 0..<7 {
      starts.append(cursor.samples)
      cursor.advance(by: 30)
    }
    #expect(starts == [0, 30, 60, 100, 130, 160, 200])
    #expect(cursor.steps(of: 30) == 7)
  }

  @Test func `a batch size that grows in mid-epoch never crosses its end`() {
    var cursor = DataCursor(samples: 60, count: 100)
    cursor.align(to: 50)
    #expect(cursor == DataCursor(samples: 100, count: 100))
    cursor.align(to: 100)
    #expect(cursor.samples == 100)
  }

  @Test func `windows of text lie in the train split and hold the next character as target`() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "abcdefgh", count: 40)
    let path = try folder.write(text, to: "text.txt")
    let data = try TrainingData(.text(path: path, contextLength: 5), split: SplitFractions(), seed: 0)
    #expect(data.count(of: .train) == 51)
    let buffer = try BatchBuffer(data, capacity: 50)
    var order = SampleOrder(count: data.count(of: .train), seed: 9)
    buffer.fill(positions: Array(0..<50), in: &order)
    guard case .tokens(let inputs) = buffer.inputs else {
      Issue.record("expected tokens")
      return
    }
    let targets = buffer.labels
    for (input, target) in zip(inputs, targets) { #expect(target == (input + 1) % 8) }
    // The second half again: windows are a function of their positions alone.
    let half = try BatchBuffer(data, capacity: 25)
    half.fill(positions: Array(25..<50), in: &order)
    #expect(half.labels == Array(targets[125...]))
  }

  @Test func `a batch is the same whichever ranks gather it`() throws {
    let data = try TrainingData(.digits, split: SplitFractions(), seed: 1)
    var order = SampleOrder(count: data.count(of: .train), seed: 2)
    let whole = try BatchBuffer(data, capacity: 63)
    let start = 1_437
    whole.fill(positions: Array(start + 64..<start + 127), in: &order)
    for rank in 0..<4 {
      let share = BatchDivision(globalBatch: 63, ranks: 4).range(rank: rank)
      let part = try BatchBuffer(data, capacity: share.count)
      part.fill(
        positions: Array(start + 64 + share.lowerBound..<start + 64 + share.upperBound), in: &order)
      #expect(part.labels == Array(whole.labels[share]))
    }
  }
}
