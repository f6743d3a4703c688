import Testing

@testable import Training

/// Every number has a greatest value, and everything up to it can be computed with.
@Suite struct GreatestValueTests {
  private static let numbers = TrainingConfiguration.description.hyperparameters.filter {
    switch $0.kind {
    case .number, .integer: true
    case .text, .any: false
    }
  }

  private static func bounds(of hyperparameter: Hyperparameter) -> (low: Double, high: Double) {
    switch hyperparameter.kind {
    case .number(let range): (range.low, range.high)
    case .integer(let low, let high): (Double(low), Double(high))
    case .text, .any: (0, 0)
    }
  }

  @Test(arguments: numbers.map(\.name))
  func `a number's range is finite, and numbers beyond it are refused`(name: String) throws {
    let hyperparameter = try #require(TrainingConfiguration.description.hyperparameter(named: name))
    let (low, high) = Self.bounds(of: hyperparameter)
    #expect(low.isFinite && high.isFinite)
    for beyond in [high.nextUp, high * 2 + 1, 1e300, .greatestFiniteMagnitude, .infinity, .nan, low - 1] {
      #expect(!hyperparameter.kind.accepts(.number(beyond)), "\(beyond)")
    }
  }

  @Test(arguments: numbers.map(\.name))
  func `what is computed from the ends of a range is a number`(name: String) throws {
    let hyperparameter = try #require(TrainingConfiguration.description.hyperparameter(named: name))
    let base = HyperparameterTests.configuration(for: hyperparameter)
    let (low, high) = Self.bounds(of: hyperparameter)
    for end in [low, low.nextUp, high.nextDown, high] where hyperparameter.kind.accepts(.number(end)) {
      var configuration = try base.setting(name, to: .number(end))
      configuration.schedule.length = 1e9
      _ = configuration.validate(ranksPerTrial: 1_000)
      _ = try? configuration.memoryEstimate(for: .labelled(shape: [3, 4_000, 4_000], classes: 1_000_000))
      _ = try? configuration.memoryEstimate(for: .text(vocabulary: Array(0...255), contextLength: 1_000_000))
      // As many steps to an epoch as samples can be numbered.
      let chain = try configuration.optimizerTransform(stepsPerUnit: Int(Int32.max))
      let rate = try #require(chain.first(ScaleByRate.self))
      for step in [0, 1, 1 << 40, Int.max] { #expect(Float(rate.value(at: step)).isFinite) }
    }
  }

  @Test(arguments: [0, -1, Int.min, 1_000_000_001, Int(Int32.max), Int.max])
  func `numbers that are no hyperparameters are checked as strictly`(number: Int) {
    var configuration = TrainingConfiguration()
    configuration.accumulation = number
    configuration.threads = number
    configuration.evaluationBatchSize = number
    configuration.referenceBatchSize = number
    configuration.data = .text(path: "text.txt", contextLength: number)
    configuration.model = .transformer(TransformerConfiguration())
    configuration.schedule.decay = .cosine
    configuration.schedule.length = Double(number)
    let named = [
      "accumulation", "threads", "evaluation_batch_size", "reference_batch_size", "context_length",
      "schedule.length",
    ]
    for ranks in [1, 3, Int.max] {
      let problems = configuration.validate(ranksPerTrial: ranks).map(\.description)
      for name in named { #expect(problems.contains { $0.hasPrefix("\(name): ") }, "\(name)") }
    }
  }

  @Test(arguments: [
    [4_000_000_000, 4_000_000_000], Array(repeating: 8, count: 1_001), [1, 1, 1, 1, 1, 1, 1_000_000_001],
  ])
  func `layers are bounded in number and width`(hidden: [Int]) {
    var mlp = MLPConfiguration()
    mlp.hidden = hidden
    var configuration = TrainingConfiguration()
    configuration.model = .mlp(mlp)
    #expect(!configuration.validate().isEmpty)
  }

  @Test(arguments: [Int.max, 7_919_000_000_003]) func `heads and widths beyond all measure take no time`(
    width: Int
  ) {
    var transformer = TransformerConfiguration()
    (transformer.width, transformer.heads) = (width, width - 1)
    var configuration = TrainingConfiguration()
    configuration.model = .transformer(transformer)
    configuration.data = .text(path: "text.txt", contextLength: 8)
    #expect(configuration.validate().count >= 2)
  }
}
