import Tensors
import Testing

@testable import Training

/// `Optimizer` on every engine, and at the edges.
@Suite struct OptimizerTests {
  /// Every part of a plan somewhere, and in every place that it can have.
  static let chains: [Chain] = [
    Chain([ScaleByRate(.constant(0.1))]),
    Chain([AddDecayedWeights(0.05), Trace(momentum: 0.9, dampening: 0.3), ScaleByRate(.constant(0.02))]),
    Chain([
      ClipByGlobalNorm(0.5), Trace(momentum: 0.7, isNesterov: true), ScaleByRate(.constant(0.05), factor: 2),
    ]),
    Chain([
      ScaleByAdam(), AddDecayedWeights(0.1), ScaleByRate(.example(.cosine, peak: 0.02) { $0.length = 20 }),
    ]),
    Chain([AddDecayedWeights(0.1), ScaleByAdam(correctsBias: false), ScaleByRate(.constant(0.01))]),
    Chain([
      ClipByGlobalNorm(1), ScaleByAdam(epsilon: 1e-6), AddDecayedWeights(0.01),
      ScaleByTrustRatio(normScale: .clipped(lower: 0.5, upper: 2), maximumRatio: 3),
      ScaleByRate(.constant(0.02)),
    ]),
    Chain([Trace(momentum: 0.9), AddDecayedWeights(0.01), ScaleByTrustRatio(), ScaleByRate(.constant(0.01))]),
    Chain([AddDecayedWeights(0.01), ScaleByTrustRatio(), ScaleByRate(.constant(0.01))]),
    // The trust ratio before the momentum; the rate before it; two rules; decay on both sides.
    Chain([
      AddDecayedWeights(0.01), ScaleByTrustRatio(maximumRatio: 0.1), Trace(momentum: 0.9),
      ScaleByRate(.constant(0.1)),
    ]),
    Chain([
      ClipByGlobalNorm(2), ScaleByLayerwiseRate(coefficient: 0.01, weightDecay: 0.1),
      ScaleByRate(.constant(1)), Trace(momentum: 0.9),
    ]),
    Chain([
      AddDecayedWeights(0.02), ScaleByAdam(), AddDecayedWeights(0.05), ScaleByTrustRatio(),
      ScaleByRate(.constant(0.01)), AddDecayedWeights(0.001), Trace(momentum: 0.5), ScaleByTrustRatio(),
    ]),
    Chain([
      Routed(
        isMatching: { segment, _ in segment.shape.count == 2 },
        matching: [Trace(momentum: 0.9), ScaleByTrustRatio()],
        others: [ScaleByAdam()]), AddDecayedWeights(0.01), ScaleByRate(.constant(0.01)),
    ]),
  ]

  @Test(arguments: chains.indices)
  func `every instruction set gives the same bits`(index: Int) throws {
    var results: [[Float]] = []
    for loops in FusedLoops.available {
      var problem = try OptimizerProblem(alignment: 1)
      var optimizer = try Optimizer(Self.chains[index], layout: problem.layout, engine: .loops(loops))
      for step in 0..<20 { try optimizer.update(&problem.parameters, problem.gradients(at: step)) }
      results.append(problem.parameters)
    }
    #expect(results.count == FusedLoops.available.count)
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test(arguments: chains.indices)
  func `libtorch's operators mean what the loops mean`(index: Int) throws {
    var problem = try OptimizerProblem()
    var optimizer = try Optimizer(Self.chains[index], layout: problem.layout)
    let plain = try OptimizerProblem()
    let parameters = try Tensor(plain.parameters)
    let gradients = try Tensor.zeros([plain.layout.elements])
    var onTensors = try Optimizer(Self.chains[index], layout: plain.layout, engine: .tensors(.cpu))
    for step in 0..<30 {
      var moved = plain
      moved.parameters = try parameters.scalars()
      try gradients.copyInPlace(from: moved.gradients(at: step))
      let norm = try onTensors.update(parameters: parameters, gradients: gradients, gradientScale: 0.25)
      #expect(try gradients.scalars(Float.self).allSatisfy { $0 == 0 })
      #expect(norm.gradientNorm.isFinite)
      try optimizer.update(&problem.parameters, problem.gradients(at: step), gradientScale: 0.25)
    }
    #expect(relativeDistance(try parameters.scalars(Float.self), problem.parameters) < 1e-5)
    let states = (try onTensors.state(), try optimizer.state())
    #expect(states.0.step == 30)
    #expect(states.0.blocks.keys == states.1.blocks.keys)
    for (name, block) in states.0.blocks {
      #expect(relativeDistance(block, try #require(states.1.blocks[name])) < 1e-5)
    }
  }

  @Test func `libtorch's operators refuse what is not finite`() throws {
    let problem = try OptimizerProblem()
    let parameters = try Tensor(problem.parameters)
    var values = problem.gradients(at: 0)
    values[34] = .nan
    let gradients = try Tensor(values)
    var optimizer = try Optimizer(Self.chains[5], layout: problem.layout, engine: .tensors(.cpu))
    #expect(throws: TrainingError.diverged(step: 0, what: "the gradient's norm")) {
      try optimizer.update(parameters: parameters, gradients: gradients)
    }
    #expect(try parameters.scalars() == problem.parameters)
  }

  @Test func `padding between tensors is left alone`() throws {
    var problem = try OptimizerProblem()
    let inside = Set(problem.layout.segments.flatMap { $0.offset..<$0.offset + $0.count })
    let padding = problem.parameters.indices.filter { !inside.contains($0) }
    for i in padding { problem.parameters[i] = 12345 }
    var optimizer = try Optimizer(Self.chains[5], layout: problem.layout)
    try optimizer.update(&problem.parameters, problem.gradients(at: 0))
    #expect(!padding.isEmpty)
    #expect(padding.allSatisfy { problem.parameters[$0] == 12345 })
  }

  @Test func `gradients are zero after a step, ready to accumulate`() throws {
    for chain in Self.chains {
      var problem = try OptimizerProblem(alignment: 1)
      var optimizer = try Optimizer(chain, layout: problem.layout)
      let left = try optimizer.update(&problem.parameters, problem.gradients(at: 0))
      #expect(left.allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [0, 34, 45, 170])
  func `one gradient that is not finite stops the step before anything moves`(value: Float, index: Int) throws
  {
    for chain in Self.chains {
      var problem = try OptimizerProblem(alignment: 1)
      var optimizer = try Optimizer(chain, layout: problem.layout)
      try optimizer.update(&problem.parameters, problem.gradients(at: 0))
      let before = (problem.parameters, try optimizer.state())
      var gradients = problem.gradients(at: 1)
      gradients[index] = value
      var found: TrainingError?
      do throws(TrainingError) { try optimizer.update(&problem.parameters, gradients) } catch {
        found = error
      }
      #expect(found == .diverged(step: 1, what: "the gradient's norm"))
      #expect(found?.description == "diverged at step 1: the gradient's norm is not finite")
      let state = try optimizer.state()
      #expect(problem.parameters == before.0 && state == before.1)
    }
  }

  @Test func `gradients too large to square in 32 bits are finite all the same`() throws {
    var problem = try OptimizerProblem()
    var gradients = problem.gradients(at: 0)
    gradients[0] = 1e30
    var optimizer = try Optimizer(
      Chain([ClipByGlobalNorm(1), ScaleByRate(.constant(1))]), layout: problem.layout)
    let start = problem.parameters[0]
    try optimizer.update(&problem.parameters, gradients)
    #expect(abs(problem.parameters[0] - (start - 1)) < 1e-6)
  }

  @Test func `clipping shortens the gradient to the norm and no shorter gradient`() throws {
    let layout = try ParameterLayout(
      segments: [
        .init(name: "a", offset: 0, shape: [1], isExempt: false),
        .init(name: "b", offset: 1, shape: [1], isExempt: true),
      ], elements: 2)
    var optimizer = try Optimizer(Chain([ClipByGlobalNorm(1), ScaleByRate(.constant(1))]), layout: layout)
    var parameters: [Float] = [0, 0]
    try optimizer.update(&parameters, [3, 4])
    #expect(abs(parameters[0] + 0.6) < 1e-6 && abs(parameters[1] + 0.8) < 1e-6)
    parameters = [0, 0]
    try optimizer.update(&parameters, [0.3, 0.4])
    #expect(parameters == [-0.3, -0.4])
  }

  /// You et al., ICLR 2020, Algorithm 2, worked by hand: w = (3, 4), u = (0, 2), so ‖w‖ / ‖u‖ = 5 / 2.
  @Test func `the trust ratio is the norm of the weights over the norm of the update`() throws {
    func moved(_ w: [Float], _ g: [Float], _ ratio: ScaleByTrustRatio, isExempt: Bool = false) throws
      -> [Float]
    {
      let layout = try ParameterLayout(
        segments: [.init(name: "w", offset: 0, shape: [2], isExempt: isExempt)], elements: 2)
      var optimizer = try Optimizer(Chain([ratio, ScaleByRate(.constant(0.5))]), layout: layout)
      var parameters = w
      try optimizer.update(&parameters, g)
      return parameters
    }
    #expect(try moved([3, 4], [0, 2], ScaleByTrustRatio()) == [3, 1.5])
    #expect(try moved([3, 4], [0, 2], ScaleByTrustRatio(maximumRatio: 2)) == [3, 2])
    #expect(
      try moved([3, 4], [0, 2], ScaleByTrustRatio(normScale: .clipped(lower: 0, upper: 3))) == [3, 2.5])
    #expect(try moved([3, 4], [0, 2], ScaleByTrustRatio(), isExempt: true) == [3, 3])
    #expect(try moved([0, 0], [0, 2], ScaleByTrustRatio()) == [0, -1])
    #expect(
      try moved([0, 0], [0, 2], ScaleByTrustRatio(normScale: .clipped(lower: 4, upper: 8))) == [0, -2])
    #expect(try moved([3, 4], [0, 0], ScaleByTrustRatio()) == [3, 4])
  }
}
