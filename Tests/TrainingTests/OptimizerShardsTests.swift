import Tensors
import Testing

@testable import Training

@Suite struct OptimizerShardsTests {
  static func layout(_ counts: [Int]) throws -> ParameterLayout {
    var end = 0
    let segments = counts.enumerated().map { number, count in
      defer { end += (count + 15) / 16 * 16 }
      return ParameterLayout.Segment(name: "\(number)", offset: end, shape: [count], isExempt: false)
    }
    return try ParameterLayout(segments: segments, elements: end)
  }

  @Test(arguments: [
    [100], [7, 7, 7, 7, 7], [1000, 1, 1, 1], [1, 1, 1, 1000], [300, 40, 500, 6, 70, 800, 9], [],
  ])
  func `every tensor is one rank's, and no rank has more than its share and the largest tensor`(
    counts: [Int]
  ) throws {
    let layout = try Self.layout(counts)
    for ranks in 1...6 {
      let shards = OptimizerShards(layout, ranks: ranks).shards
      #expect(shards.count == ranks)
      #expect(shards.flatMap { Array($0.tensors) } == Array(layout.segments.indices))
      #expect(shards.flatMap { Array($0.elements) } == Array(0..<layout.elements))
      for shard in shards {
        #expect(shard.elements.count <= layout.elements / ranks + (counts.max() ?? 0) + 16)
        #expect(shard.tensors.isEmpty == shard.elements.isEmpty)
        let part = layout.part(shard)
        #expect(part.segments.map(\.name) == layout.segments[shard.tensors].map(\.name))
      }
    }
  }

  /// Shares of one problem, each an optimizer of its own, beside one for all of it.
  @Test(arguments: OptimizerConfiguration.Kind.allCases)
  func `shards together move the parameters as one optimizer does, bit for bit`(
    kind: OptimizerConfiguration.Kind
  ) throws {
    for (ranks, engine) in [(2, OptimizerEngine.loops(.fastest)), (4, .tensors(.cpu))] {
      let chain = OptimizerConfiguration(kind).transform(rate: .constant(0.01), gradientClip: 1)
      var (whole, shared) = (try OptimizerProblem(), try OptimizerProblem())
      var one = try Optimizer(chain, layout: whole.layout, engine: engine)
      let shards = OptimizerShards(whole.layout, ranks: ranks).shards
      var states = [OptimizerState?](repeating: nil, count: ranks)
      for step in 0..<4 {
        try one.update(whole: &whole.parameters, whole.gradients(at: step))
        let gradients = shared.gradients(at: step)
        var moved = shared.parameters
        for (rank, shard) in shards.enumerated() {
          var optimizer = try Optimizer(chain, layout: whole.layout, engine: engine, shard: shard)
          if let state = states[rank] { try optimizer.restore(state) }
          var parameters = shared.parameters
          try optimizer.update(whole: &parameters, gradients)
          for place in parameters.indices where !shard.elements.contains(place) {
            #expect(parameters[place] == shared.parameters[place])
          }
          moved.replaceSubrange(shard.elements, with: parameters[shard.elements])
          states[rank] = try optimizer.state()
        }
        shared.parameters = moved
        #expect(shared.parameters == whole.parameters)
      }
    }
  }

  @Test func `an estimate counts the memory of the rank that keeps most`() throws {
    var configuration = SmallModel.mlp.configuration
    let form = try SmallModel.mlp.data.form
    let whole = try configuration.memoryEstimate(for: form, ranksPerTrial: 2)
    configuration.sharding.isOn = true
    #expect(
      try configuration.memoryEstimate(for: form, ranksPerTrial: 1) == configuration.memoryEstimate(for: form)
    )
    let shared = try configuration.memoryEstimate(for: form, ranksPerTrial: 2)
    #expect(shared.optimizer < whole.optimizer)
    #expect(shared.optimizer >= whole.optimizer / 2)
    #expect(shared.snapshot == whole.snapshot)
  }

  @Test func `an optimizer whose evaluation needs all of its memory is refused`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.optimizer.kind = try #require(OptimizerConfiguration.Kind(rawValue: "schedule_free_adamw"))
    configuration.sharding.isOn = true
    #expect(
      configuration.validate().map(\.description) == [
        """
        shard_optimizer: expected false for the optimizer schedule_free_adamw, found true. Take it out: an evaluation \
        needs all of that optimizer's memory on every rank.
        """
      ])
  }
}

extension Optimizer {
  /// A step on arrays, by either engine; the gradients are 0 afterwards, of a shard too.
  fileprivate mutating func update(whole parameters: inout [Float], _ gradients: [Float]) throws {
    let flat = try Tensor(parameters, shape: [parameters.count])
    let flatGradients = try Tensor(gradients, shape: [gradients.count])
    try update(parameters: flat, gradients: flatGradients)
    parameters = try flat.scalars()
    let left: [Float] = try flatGradients.scalars()
    #expect(left.allSatisfy { $0 == 0 })
  }
}
