import Testing

@testable import Training

/// What population based training does to optimizers: copy the memory, change the hyperparameters, read them
/// back.
@Suite struct OptimizerStateTests {
  static func configuration(_ kind: OptimizerConfiguration.Kind) -> OptimizerConfiguration {
    var configuration = OptimizerConfiguration()
    configuration.kind = kind
    return configuration
  }

  @Test(arguments: OptimizerConfiguration.Kind.allCases)
  func `a copy of parameters and state goes on bit for bit`(kind: OptimizerConfiguration.Kind) throws {
    let chain = Self.configuration(kind).transform(rate: .constant(0.01), gradientClip: 1)
    var problem = try OptimizerProblem()
    var original = try Optimizer(chain, layout: problem.layout)
    for step in 0..<7 { try original.update(&problem.parameters, problem.gradients(at: step)) }

    var copy = problem
    var clone = try Optimizer(chain, layout: copy.layout)
    try clone.restore(original.state())
    for step in 7..<20 {
      try original.update(&problem.parameters, problem.gradients(at: step))
      try clone.update(&copy.parameters, copy.gradients(at: step))
    }
    #expect(copy.parameters == problem.parameters)
    let states = (try clone.state(), try original.state())
    #expect(states.0 == states.1)
  }

  @Test func `memory blocks have the names of checkpoints`() throws {
    let layout = try OptimizerProblem().layout
    func names(_ kind: OptimizerConfiguration.Kind) throws -> [String] {
      try Optimizer(Self.configuration(kind).transform(rate: .constant(1)), layout: layout).memoryNames
    }
    #expect(try names(.sgd) == ["momentum"])
    #expect(try names(.adamw) == ["first_moment", "second_moment"])
    #expect(try names(.lamb) == ["first_moment", "second_moment"])
  }

  @Test func `memory written in place is what the next step uses`() throws {
    let chain = Self.configuration(.lamb).transform(rate: .constant(0.01))
    var problem = try OptimizerProblem()
    var source = try Optimizer(chain, layout: problem.layout)
    for step in 0..<3 { try source.update(&problem.parameters, problem.gradients(at: step)) }
    var copy = problem
    var clone = try Optimizer(chain, layout: problem.layout)
    for name in source.memoryNames {
      let (from, to) = (source.memoryBlock(name), clone.memoryBlock(name))
      _ = try #require(to).update(from: #require(from))
    }
    try clone.goOn(from: source.step, scalars: source.scalars)
    try source.update(&problem.parameters, problem.gradients(at: 3))
    try clone.update(&copy.parameters, copy.gradients(at: 3))
    #expect(copy.parameters == problem.parameters)
  }

  @Test func `new hyperparameters take effect and the memory stays`() throws {
    var configuration = Self.configuration(.adamw)
    var problem = try OptimizerProblem()
    var optimizer = try Optimizer(configuration.transform(rate: .constant(0.01)), layout: problem.layout)
    for step in 0..<5 { try optimizer.update(&problem.parameters, problem.gradients(at: step)) }
    let before = try optimizer.state()
    configuration.weightDecay = 0.3
    configuration.beta1 = 0.5
    try optimizer.replaceTransform(configuration.transform(rate: .constant(0.08), gradientClip: 2))
    let after = try optimizer.state()
    #expect(before == after)

    var other = problem
    var fresh = try Optimizer(
      configuration.transform(rate: .constant(0.08), gradientClip: 2), layout: problem.layout)
    try fresh.restore(before)
    try optimizer.update(&problem.parameters, problem.gradients(at: 5))
    try fresh.update(&other.parameters, other.gradients(at: 5))
    #expect(problem.parameters == other.parameters)
  }

  @Test func `effective hyperparameters are read from the running transforms, to the last bit`() throws {
    var configuration = TrainingConfiguration()
    configuration.optimizer.kind = .lamb
    configuration.optimizer.learningRate = 0.0123456789
    configuration.optimizer.weightDecay = 0.1 / 3
    configuration.optimizer.beta1 = 0.87
    configuration.optimizer.beta2 = 0.987
    configuration.optimizer.epsilon = 3e-7
    configuration.gradientClip = 0.7
    configuration.batchSize = 192
    configuration.scalingRule = .squareRoot
    configuration.schedule.decay = .cosine
    configuration.schedule.warmup = 2
    configuration.schedule.length = 10
    configuration.schedule[.finalFraction] = 0.25
    let layout = try OptimizerProblem().layout
    let optimizer = try Optimizer(configuration.optimizerTransform(stepsPerUnit: 11), layout: layout)
    let effective = optimizer.effectiveHyperparameters
    #expect(effective["optimizer"] == .text("lamb"))
    #expect(effective["learning_rate"] == .number(0.0123456789))
    #expect(effective["weight_decay"] == .number(0.1 / 3))
    #expect(effective["beta1"] == .number(0.87))
    #expect(effective["beta2"] == .number(0.987))
    #expect(effective["epsilon"] == .number(3e-7))
    #expect(effective["gradient_clip"] == .number(0.7))
    let (rate, next) = (optimizer.rate, optimizer.nextRate)
    #expect(rate?.configuration == configuration.schedule)
    let first = try #require(next)
    #expect(abs(first / (0.0123456789 * 3.0.squareRoot() / 23) - 1) < 1e-12)
  }

  @Test func `a chain without clipping reads back as clipping at 0`() throws {
    let layout = try OptimizerProblem().layout
    let optimizer = try Optimizer(Self.configuration(.sgd).transform(rate: .constant(0.5)), layout: layout)
    let effective = optimizer.effectiveHyperparameters
    #expect(effective["gradient_clip"] == .number(0))
    #expect(effective["momentum"] == .number(0.9))
    #expect(effective["optimizer"] == .text("sgd"))
  }

  @Test func `another algorithm's memory is refused`() throws {
    let layout = try OptimizerProblem().layout
    var optimizer = try Optimizer(Self.configuration(.sgd).transform(rate: .constant(1)), layout: layout)
    let stranger = try Optimizer(Self.configuration(.lamb).transform(rate: .constant(1)), layout: layout)
      .state()
    var messages: [String] = []
    do throws(TrainingError) { try optimizer.restore(stranger) } catch { messages.append(error.description) }
    do throws(TrainingError) {
      try optimizer.restore(OptimizerState(step: 1, blocks: ["momentum": [1, 2]]))
    } catch { messages.append(error.description) }
    do throws(TrainingError) {
      try optimizer.replaceTransform(Self.configuration(.adamw).transform(rate: .constant(1)))
    } catch { messages.append(error.description) }
    let remedy = "The algorithm of a trial can't change while it trains: start a new trial."
    #expect(
      messages == [
        "optimizer: expected the state to remember momentum, found first_moment, second_moment. \(remedy)",
        "optimizer memory momentum: expected \(layout.elements) elements, found 2. Restore a state of the same model.",
        "optimizer: expected the new transform to remember momentum, found first_moment, second_moment. \(remedy)",
      ])
  }
}
