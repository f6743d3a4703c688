import Foundation
import Tensors
import Testing

@testable import Training

/// What acts in every step beside the optimizer, against PyTorch's and timm's: Golden/hooks.py.
@Suite struct StepHookTests {
  struct Golden: Decodable {
    /// Case, step, tensor, elements.
    var cases: [String: [String: [String: [Float]]]]
  }

  /// SGD at a rate of 0.1, without momentum, decay or clipping by the norm.
  static func configuration(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.budgetUnit = .steps
    configuration.optimizer.kind = .sgd
    configuration.optimizer.learningRate = 0.1
    (configuration.optimizer.momentum, configuration.optimizer.weightDecay) = (0, 0)
    configuration.gradientClip = 0
    change(&configuration)
    return configuration
  }

  static let cases: [String: TrainingConfiguration] = [
    "clip_value": configuration { $0.clipping.value = 0.5 },
    "adaptive_clip": configuration { $0.clipping.adaptive = 0.3 },
    "l1": configuration { $0.regularization.l1 = 0.3 },
    "max_norm": configuration { $0.regularization.maxNorm = 1.5 },
    "group_lasso": configuration { $0.regularization.groupLasso = 0.45 },
    "ema": configuration { ($0.averaging.kind, $0.averaging.decay) = (.ema, 0.8) },
    "swa": configuration { $0.averaging.kind = .swa },
  ]

  /// The parameters after each step, or the mean that is evaluated.
  static func run(
    _ configuration: TrainingConfiguration, steps: Int, engine: OptimizerEngine = .loops(.fastest),
    seed: UInt64 = 0
  ) throws -> [[Float]] {
    var problem = try OptimizerProblem()
    let chain = try configuration.optimizerTransform(stepsPerUnit: 1, seed: seed)
    var optimizer = try Optimizer(chain, layout: problem.layout, engine: engine)
    var hooks = try StepHooks(configuration, layout: problem.layout, engine: engine)
    var passed: [[Float]] = []
    for number in 0..<steps {
      let parameters = try Tensor(problem.parameters, shape: [problem.layout.elements])
      let gradients = try Tensor(problem.gradients(at: number), shape: [problem.layout.elements])
      let step = hooks.step(
        parameters, gradients, at: StepPlace(step: number, rate: 0.1), budgetBefore: number,
        budget: number + 1)
      try hooks.changeGradients(step)
      try optimizer.update(parameters: parameters, gradients: gradients)
      try hooks.changeParameters(step)
      problem.parameters = try parameters.scalars()
      passed.append(try (hooks.found ?? parameters).scalars())
    }
    return passed
  }

  @Test(arguments: cases.keys.sorted())
  func `parameters and means follow the reference implementations within 1e-5`(name: String) throws {
    let golden = try JSONDecoder().decode(Golden.self, from: goldenFile("hooks.json"))
    #expect(Set(golden.cases.keys) == Set(Self.cases.keys))
    let expected = try #require(golden.cases[name])
    let layout = try OptimizerProblem().layout
    for engine in [OptimizerEngine.loops(.fastest), .tensors(.cpu)] {
      let passed = try Self.run(#require(Self.cases[name]), steps: 12, engine: engine)
      for (step, tensors) in expected {
        let found = try passed[#require(Int(step)) - 1]
        for segment in layout.segments {
          let values = found[segment.offset..<segment.offset + segment.count]
          #expect(
            try relativeDistance(values, #require(tensors[segment.name])) < 1e-5,
            "\(segment.name) after \(step) steps")
        }
      }
    }
  }

  @Test func `shrunk groups are exactly 0, and limited rows no longer than the limit`() throws {
    let problem = try OptimizerProblem()
    func rows(_ values: [Float]) -> [[Float]] {
      problem.layout.segments.filter { !$0.isExempt }.flatMap { segment in
        let size = segment.count / segment.shape[0]
        return (0..<segment.shape[0]).map { row in
          Array(values[segment.offset + row * size..<segment.offset + (row + 1) * size])
        }
      }
    }
    let shrunk = try #require(
      Self.run(Self.configuration { $0.regularization.groupLasso = 0.45 }, steps: 12).last)
    #expect(rows(shrunk).count { row in row.allSatisfy { $0 == 0 } } == 3)
    let limited = try #require(
      Self.run(Self.configuration { $0.regularization.maxNorm = 0.7 }, steps: 3).last)
    for row in rows(limited) {
      #expect(row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() <= 0.7 * (1 + 1e-6))
    }
  }

  @Test func `decay of the moving average warms up from 1 of 11`() throws {
    let plain = try Self.run(Self.configuration { _ in }, steps: 3)
    let averaged = try Self.run(
      Self.configuration {
        ($0.averaging.kind, $0.averaging.decay, $0.averaging.warmsUp) = (.ema, 0.9, true)
      },
      steps: 3)
    #expect(averaged[0] == plain[0])
    for place in plain[0].indices {
      let first = Float(2.0 / 11) * plain[0][place] + Float(9.0 / 11) * plain[1][place]
      let second = Float(3.0 / 12) * first + Float(9.0 / 12) * plain[2][place]
      #expect(abs(averaged[2][place] - second) < 1e-6)
    }
  }

  @Test func `weights are averaged from the start that is asked for`() throws {
    let plain = try Self.run(Self.configuration { _ in }, steps: 6)
    let averaged = try Self.run(
      Self.configuration { ($0.averaging.kind, $0.averaging.start) = (.swa, 3) }, steps: 6)
    #expect(Array(averaged[..<4]) == Array(plain[..<4]))
    for place in plain[0].indices {
      let mean = (plain[3][place] + plain[4][place] + plain[5][place]) / 3
      #expect(abs(averaged[5][place] - mean) < 1e-6)
    }
  }

  /// The mean of n draws deviates by σ/√n, their variance by σ²√(2/n), each five times at most.
  @Test func `the gradient's noise has its variance, falls with the steps, and repeats itself`() throws {
    let layout = try ParameterLayout(
      segments: [.init(name: "w", offset: 0, shape: [100, 200], isExempt: false)], elements: 20_016)
    func noise(step: Int, seed: UInt64) throws -> [Float] {
      let gradients = try Tensor.full([20_016], 2)
      try gradients.narrowed(20_000..<20_016, along: 0).fillInPlace(0)
      try AddNoise(variance: 0.3, decay: 0.55, seed: seed)
        .add(to: gradients, scaledBy: 0.5, layout, step: step)
      return try gradients.scalars()
    }
    for step in [0, 9] {
      let found = try noise(step: step, seed: 4)
      #expect(found[20_000...].allSatisfy { $0 == 0 })
      let draws = found[..<20_000].map { Double($0) - 1 }
      let (mean, count) = (draws.reduce(0, +) / 20_000, 20_000.0)
      let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      let expected = 0.3 / pow(1 + Double(step), 0.55)
      #expect(abs(mean) < 5 * (expected / count).squareRoot())
      #expect(abs(variance - expected) < 5 * expected * (2 / count).squareRoot())
      #expect(try noise(step: step, seed: 4) == found)
      #expect(try noise(step: step, seed: 5) != found)
    }
    #expect(try noise(step: 0, seed: 4) != noise(step: 1, seed: 4))
  }
}

/// Hooks in a trial.
@Suite struct HookedTrainerTests {
  static func configuration(_ model: SmallModel) -> TrainingConfiguration {
    var configuration = model.configuration
    configuration.optimizer.learningRate = 0.01
    (configuration.clipping.value, configuration.clipping.adaptive) = (0.5, 0.1)
    (configuration.regularization.l1, configuration.regularization.groupLasso) = (1e-4, 1e-3)
    (configuration.regularization.maxNorm, configuration.regularization.gradientNoise) = (2, 1e-4)
    (configuration.averaging.kind, configuration.averaging.start) = (.ema, 2)
    configuration.averaging.warmsUp = true
    (configuration.layerRates.layerDecay, configuration.layerRates.rules) = (
      0.8, [.init(match: "*bias", rate: 2)]
    )
    return configuration
  }

  @Test(arguments: SmallModel.allCases)
  func `a restored trial goes on as if it had never stopped, bit for bit`(model: SmallModel) throws {
    var uninterrupted = try Trainer(Self.configuration(model), data: model.data, seed: 11, trial: 5)
    _ = try uninterrupted.train(to: 9)
    let end = try uninterrupted.snapshot()
    let expected = try #require(end)
    #expect(expected.blocks.keys.contains("hook.averaged_weights"))
    #expect(expected.scalars["hook.averaged_count"] == .number(7))

    for stop in [1, 5] {
      var first = try Trainer(Self.configuration(model), data: model.data, seed: 11, trial: 5)
      _ = try first.train(to: stop)
      // Measuring changes nothing.
      _ = try first.measure()
      var second = try Trainer(Self.configuration(model), data: model.data, seed: 11, trial: 5)
      try second.restore(first.snapshot())
      _ = try second.train(to: 9)
      let reached = try second.snapshot()
      let found = try #require(reached)
      #expect(found.blocks == expected.blocks)
      #expect(found.scalars["hook.averaged_count"] == expected.scalars["hook.averaged_count"])
      #expect(try second.measure().metrics["dev_loss"] == uninterrupted.measure().metrics["dev_loss"])
    }
  }

  /// A mean of one weight is that weight: only what batch normalization remembers is other.
  @Test func `the mean is evaluated in the place of the weights, with statistics of its own`() throws {
    var configuration = SmallModel.resnet.configuration
    configuration.optimizer.learningRate = 0.01
    let data = try SmallModel.resnet.data
    var plain = try Trainer(configuration, data: data, seed: 3, trial: 1)
    _ = try plain.train(to: 4)
    (configuration.averaging.kind, configuration.averaging.start) = (.swa, 3)
    var averaged = try Trainer(configuration, data: data, seed: 3, trial: 1)
    _ = try averaged.train(to: 4)
    #expect(try averaged.snapshot()?.blocks["buffers"] == plain.snapshot()?.blocks["buffers"])
    let expected = try #require(plain.snapshot()?.blocks["parameters"])
    #expect(try averaged.snapshot()?.blocks["hook.averaged_weights"]?.values == expected.values)
    #expect(try averaged.measure().metrics["dev_loss"] != plain.measure().metrics["dev_loss"])
    // What is trained is as it was.
    #expect(try averaged.snapshot()?.blocks["parameters"] == expected)
    #expect(try averaged.snapshot()?.blocks["buffers"] == plain.snapshot()?.blocks["buffers"])
    _ = try averaged.train(to: 6)
    _ = try plain.train(to: 6)
    #expect(try averaged.snapshot()?.blocks["parameters"] == plain.snapshot()?.blocks["parameters"])
  }

  @Test func `the share of groups that are 0 is measured where a study asks for it`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.resourceMetrics = [.zeroedGroups]
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 3, trial: 1)
    _ = try trainer.train(to: 1)
    #expect(try trainer.measure().metrics["zeroed_groups"] == 0)
    configuration.regularization.groupLasso = 1e6
    try trainer.adopt(configuration)
    _ = try trainer.train(to: 2)
    #expect(try trainer.measure().metrics["zeroed_groups"] == 1)
  }

  @Test func `averaging what averages itself is refused`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.optimizer.kind = try #require(OptimizerConfiguration.Kind(rawValue: "schedule_free_adamw"))
    configuration.averaging.kind = .ema
    #expect(
      configuration.validate().map(\.description) == [
        """
        averaging: expected none for the optimizer schedule_free_adamw, which averages itself, found ema. Take \
        averaging out, or choose another optimizer.
        """
      ])
  }
}
