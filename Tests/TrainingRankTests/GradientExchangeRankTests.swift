import MPI
import Randomness
import RankTesting
import Testing
import Training

@Suite(.serialized) struct GradientExchangeRankTests {
  /// One bucket, a bucket for each parameter, and sizes between.
  static let sizes: [BucketPlan.Sizes] = [
    .init(), .init(first: 1, others: 1), .init(first: 600, others: 4000), .init(first: 1 << 20, others: 1),
  ]

  @Test(arguments: sizes.indices, [1, 2, 3])
  func `k ranks' averaged gradient is one rank's on the joined batch`(index: Int, microBatches: Int) throws {
    try withRanks { ranks in
      // 84 divides by all rank counts that the tests run with, 61 by none but 1.
      for globalBatch in [84, 61] {
        let division = BatchDivision(globalBatch: globalBatch, ranks: ranks.size, microBatches: microBatches)
        let model = try SmallModel(seed: 3)
        let exchange = try GradientExchange(on: ranks, layout: model.layout, sizes: Self.sizes[index])
        let report = try exchange.run(model, division, rank: ranks.rank.rawValue)
        let averaged = Array(model.gradients)

        let joined = try model.gradients(of: 0..<globalBatch)
        #expect(joined.contains { $0 != 0 })
        #expect(relativeDistance(averaged, joined) < 1e-5)
        for segment in model.layout.segments {
          let range = segment.offset..<segment.offset + segment.count
          #expect(relativeDistance(averaged[range], joined[range]) < 1e-5, "\(segment.name)")
        }
        let loss = try model.loss(of: 0..<globalBatch).item()
        #expect(report.samples == globalBatch)
        #expect(abs(report.lossSum / Double(globalBatch) - loss) < 1e-6 * loss)
        #expect(!report.isInterrupted)
      }
    }
  }

  @Test func `every rank may finish its gradients in an order of its own`() throws {
    try withRanks { ranks in
      let model = try SmallModel(seed: 1)
      let count = model.layout.segments.count
      let size = ranks.size
      for seed in 0..<10 {
        let exchange = try GradientExchange(
          on: ranks, layout: model.layout, sizes: .init(first: 64, others: 200))
        var generator = CounterGenerator(seed: UInt64(seed), purpose: .shuffle, index: ranks.rank.rawValue)
        // Small integers, whose sums are exact.
        for index in model.gradients.indices {
          model.gradients[index] = Float(index % 50 + ranks.rank.rawValue)
        }
        exchange.begin(model.gradients)
        // The last of them is never reported, as for a parameter that a model does not use.
        for parameter in (0..<count).shuffled(using: &generator).dropLast() { exchange.complete(parameter) }
        _ = try exchange.finish(.init(lossSum: 0, samples: 1, isInterrupted: false))
        let others = size * (size - 1) / 2
        #expect(
          model.gradients.enumerated().allSatisfy { $1 == Float($0 % 50 * size + others) }, "seed \(seed)")
      }
    }
  }

  @Test func `an interrupt on any rank stops all after the same step`() throws {
    try withRanks { ranks in
      let model = try SmallModel(seed: 2)
      let division = BatchDivision(globalBatch: 84, ranks: ranks.size)
      let exchange = try GradientExchange(on: ranks, layout: model.layout)
      for raiser in 0..<ranks.size {
        var steps = 0
        var isInterrupted = false
        while !isInterrupted, steps < 10 {
          let raises = ranks.rank.rawValue == raiser && steps == 3
          isInterrupted = try exchange.run(
            model, division, rank: ranks.rank.rawValue, from: steps, isInterrupted: raises
          ).isInterrupted
          steps += 1
        }
        let all = try ranks.allGather([Int32(steps)]).flatMap { $0 }
        #expect(all == [Int32](repeating: 4, count: ranks.size))
      }
    }
  }

  /// The parameters' bits after six steps. A method, not a closure in its test: the compiler crashes on that.
  static func trained(_ kind: OptimizerConfiguration.Kind, on ranks: borrowing Communicator) throws -> [Int32]
  {
    let model = try SmallModel(seed: 5)
    let division = BatchDivision(globalBatch: 84, ranks: ranks.size, microBatches: 2)
    let exchange = try GradientExchange(
      on: ranks, layout: model.layout, sizes: .init(first: 600, others: 4000))
    var configuration = OptimizerConfiguration()
    configuration.kind = kind
    var optimizer = try Optimizer(
      configuration.transform(rate: .constant(0.01), gradientClip: 0.5), layout: model.layout)
    for step in 0..<6 {
      _ = try exchange.run(model, division, rank: ranks.rank.rawValue, from: 84 * step)
      try optimizer.update(parameters: model.parameters, gradients: model.gradients)
    }
    return model.parameters.map { Int32(bitPattern: $0.bitPattern) }
  }

  @Test(arguments: OptimizerConfiguration.Kind.allCases)
  func `the same run twice is the same bits, on every rank`(kind: OptimizerConfiguration.Kind) throws {
    try withRanks { ranks in
      let first = try Self.trained(kind, on: ranks)
      let second = try Self.trained(kind, on: ranks)
      #expect(first == second)
      let everywhere = try ranks.allGather(first)
      #expect(everywhere.allSatisfy { $0 == first })
    }
  }

  @Test func `training on k ranks follows training on one`() throws {
    try withRanks { ranks in
      let layout = try SmallModel(seed: 7).layout
      var configuration = OptimizerConfiguration()
      configuration.kind = .lamb
      let chain = configuration.transform(rate: .constant(0.01), gradientClip: 1)
      let exchange = try GradientExchange(on: ranks, layout: layout)

      let model = try SmallModel(seed: 7)
      var optimizer = try Optimizer(chain, layout: layout)
      let alone = try SmallModel(seed: 7)
      var optimizerAlone = try Optimizer(chain, layout: layout)
      for step in 0..<10 {
        let division = BatchDivision(globalBatch: 84, ranks: ranks.size)
        _ = try exchange.run(model, division, rank: ranks.rank.rawValue, from: 84 * step)
        try optimizer.update(parameters: model.parameters, gradients: model.gradients)
        _ = try alone.gradients(of: 84 * step..<84 * (step + 1))
        try optimizerAlone.update(parameters: alone.parameters, gradients: alone.gradients)
      }
      // Roundings of the sums differ, and Adam's first steps divide by the gradient's own size.
      #expect(relativeDistance(Array(model.parameters), Array(alone.parameters)) < 1e-4)
    }
  }

  @Test func `a group that measures its noise trains as one that does not, bit for bit`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration()
      var plain = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      configuration.resourceMetrics = [.gradientNoiseScale]
      var measuring = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      _ = try plain.train(to: 12) { false }
      _ = try measuring.train(to: 12) { false }
      let scale = try measuring.measure().metrics["gradient_noise_scale"] ?? -1
      #expect(try group.allReduce(scale, .sum) == scale * Double(group.size))
      #expect(scale > 5 && scale < 5_000)
      // A rank alone computes its batch in two parts.
      if group.size > 1 {
        #expect(try plain.snapshot()?.blocks == measuring.snapshot()?.blocks)
      }
    }
  }

  @Test func `a group of one exchanges nothing`() throws {
    try withRanks { ranks in
      let own = try ranks.makeGroup(of: [ranks.rank], tag: Tag(7), named: "alone")
      let model = try SmallModel(seed: 4)
      let exchange = try GradientExchange(on: own, layout: model.layout)
      #expect(!exchange.isNeeded)
      let before = try model.gradients(of: 0..<10)
      exchange.begin(model.gradients)
      exchange.complete(0)
      let mine = GradientExchange.Report(lossSum: 3.5, samples: 10, isInterrupted: true)
      let report = try exchange.finish(mine)
      #expect(report == mine)
      #expect(Array(model.gradients) == before)
    }
  }

  @Test func `a rank that does not come is named`() throws {
    try withRanks { ranks in
      guard ranks.size > 1 else { return }
      // MPI may still write there when the wait is over: never freed.
      let gradients = UnsafeMutableBufferPointer<Float>.allocate(capacity: 64)
      gradients.initialize(repeating: 1)
      let layout = try ParameterLayout(
        segments: [.init(name: "w", offset: 0, shape: [64], isExempt: false)], elements: 64)
      let exchange = try GradientExchange(on: ranks, layout: layout, patience: 0.2)
      var message = ""
      if ranks.rank.rawValue < ranks.size - 1 {
        exchange.begin(gradients)
        do throws(TrainingError) {
          _ = try exchange.finish(.init(lossSum: 0, samples: 1, isInterrupted: false))
        } catch { message = error.description }
        #expect(message.contains("expected it within 0.2 s"), "\(message)")
        #expect(message.contains("rank \(ranks.size - 1) on \(ranks.hosts[ranks.size - 1])"), "\(message)")
      }
      try ranks.barrier()
    }
  }
}
