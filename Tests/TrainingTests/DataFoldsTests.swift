import Testing
import Training

@Suite struct DataFoldsTests {
  private static func data(_ model: SmallModel = .mlp) throws -> TrainingData { try model.data }

  private static func folds(_ count: Int, seed: UInt64 = 3) throws -> [TrainingData] {
    try (0..<count).map { try data().fold($0, of: count, seed: seed) }
  }

  @Test(arguments: [2, 5, 7])
  func `every sample but those of the test split is measured once`(count: Int) throws {
    let (whole, folds) = (try Self.data(), try Self.folds(count))
    let all = try rows(of: whole, .train) + rows(of: whole, .dev)
    let measured = try folds.flatMap { try rows(of: $0, .dev) }
    #expect(measured.sorted() == all.sorted())
    for fold in folds {
      let (train, dev) = (try rows(of: fold, .train), try rows(of: fold, .dev))
      #expect((train + dev).sorted() == all.sorted())
      #expect(try rows(of: fold, .test) == rows(of: whole, .test))
      #expect(abs(dev.count * count - all.count) < count)
    }
  }

  @Test func `every class is divided evenly`() throws {
    let counts = try Self.folds(5).map { fold in
      Dictionary(try rows(of: fold, .dev).map { ($0.label, 1) }, uniquingKeysWith: +)
    }
    for label in Int64(0)...9 {
      let sizes = counts.map { $0[label, default: 0] }
      #expect(sizes.max()! - sizes.min()! <= 1)
    }
  }

  @Test func `the seed alone decides`() throws {
    let dev = try Self.folds(4).map { try rows(of: $0, .dev) }
    #expect(try dev == Self.folds(4).map { try rows(of: $0, .dev) })
    #expect(try dev != Self.folds(4, seed: 4).map { try rows(of: $0, .dev) })
  }

  @Test func `a text and too many folds are refused`() throws {
    let text = try Self.data(.transformer)
    #expect(
      trainingError { () throws(TrainingError) in _ = try text.fold(0, of: 2, seed: 1) } == """
        search.cross_validation: expected samples with labels, which can be divided, found a text. \
        Leave it out: the replicates then differ in their seeds.
        """)
    let digits = try Self.data()
    let most = digits.count(of: .train) + digits.count(of: .dev)
    #expect(
      trainingError { () throws(TrainingError) in _ = try digits.fold(0, of: most + 1, seed: 1) } == """
        search.replicates: expected at most \(most) folds, one for each sample, found \(most + 1). \
        Lower search.replicates, or give more data.
        """)
  }

  private struct Row: Comparable {
    var features: [Float]
    var label: Int64

    static func < (left: Self, right: Self) -> Bool {
      left.label != right.label
        ? left.label < right.label : left.features.lexicographicallyPrecedes(right.features)
    }
  }

  private func rows(of data: TrainingData, _ part: DataPart) throws -> [Row] {
    let count = data.count(of: part)
    let buffer = try BatchBuffer(data, capacity: count)
    try buffer.fill(0..<count, of: part)
    guard case .features(let features) = buffer.inputs else { return [] }
    let size = features.count / count
    let labels = buffer.labels
    return (0..<count).map {
      Row(features: Array(features[$0 * size..<($0 + 1) * size]), label: labels[$0])
    }
  }
}
