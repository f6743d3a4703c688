import Foundation
import Tensors
import Testing

@testable import Training

/// What holds of every optimizer in the list.
@Suite struct EveryOptimizerTests {
  static let kinds = OptimizerConfiguration.Kind.allCases

  /// Every chain that an optimizer can be by its choices.
  static func chains(of kind: OptimizerConfiguration.Kind) -> [Chain] {
    var configurations = [OptimizerConfiguration(kind)]
    for option in configurations[0].optimizer.options {
      guard case .text(let choices) = option.kind else { continue }
      for choice in choices {
        var configuration = OptimizerConfiguration(kind)
        configuration.set(option.name, to: .text(choice))
        configurations.append(configuration)
      }
    }
    return configurations.map { configuration in
      var configuration = configuration
      configuration.weightDecay = 0.03
      configuration.learningRate = 0.01
      return configuration.transform(rate: .constant(0.01), gradientClip: 2)
    }
  }

  @Test(arguments: kinds)
  func `what it was given is read back from the links, and nothing else`(
    kind: OptimizerConfiguration.Kind
  ) throws {
    var configuration = OptimizerConfiguration(kind)
    for option in configuration.optimizer.options where option.isLive {
      switch option.kind {
      case .text(let choices):
        let other = try #require(choices.first { .text($0) != option.defaultValue })
        configuration.set(option.name, to: .text(other))
      case .integer(let low, _): configuration.set(option.name, to: .number(Double(low + 1)))
      case .number, .any: configuration.set(option.name, to: .number(0.0123))
      }
    }
    let layout = try OptimizerProblem().layout
    let chain = configuration.transform(rate: .constant(configuration.learningRate))
    let effective = try Optimizer(chain, layout: layout).effectiveHyperparameters
    for option in configuration.optimizer.options {
      #expect(effective[option.name] == configuration.value(of: option.name), "\(option.name)")
    }
    let names = Set(configuration.optimizer.options.map(\.name))
    #expect(effective["optimizer"] == .text(kind.rawValue))
    // A link may say more than its optimizer lets one choose.
    #expect(names.subtracting(effective.keys) == [])
  }

  @Test(arguments: kinds)
  func `live options change what is computed, and never what is remembered`(
    kind: OptimizerConfiguration.Kind
  ) throws {
    let problem = try OptimizerProblem()
    let own = OptimizerConfiguration(kind)
    for option in own.optimizer.options where option.isLive && option.name != "learning_rate" {
      var configuration = own
      switch option.kind {
      case .text(let choices):
        configuration.set(
          option.name, to: .text(try #require(choices.first { .text($0) != option.defaultValue })))
      case .integer(let low, _): configuration.set(option.name, to: .number(Double(low)))
      case .number(let range):
        let tries = [0.3, 0.5, 2].filter { range.contains($0) && .number($0) != option.defaultValue }
        configuration.set(option.name, to: .number(try #require(tries.first)))
      case .any: continue
      }
      // Decay decides only what decays.
      if option.name == "decoupled_decay" { configuration.weightDecay = 0.1 }
      let chains = [own, configuration].map { $0.transform(rate: .constant(0.05)) }
      #expect(
        chains[0].memory == chains[1].memory && chains[0].scalars == chains[1].scalars, "\(option.name)")
      var results: [[Float]] = []
      for chain in chains {
        var copy = problem
        var optimizer = try Optimizer(chain, layout: problem.layout)
        for step in 0..<12 { try optimizer.update(&copy.parameters, copy.gradients(at: step)) }
        results.append(copy.parameters)
      }
      #expect(results[0] != results[1], "\(option.name)")
    }
  }

  @Test(arguments: kinds)
  func `every instruction set gives the same bits`(kind: OptimizerConfiguration.Kind) throws {
    for chain in Self.chains(of: kind) {
      var results: [[Float]] = []
      for loops in FusedLoops.available {
        var problem = try OptimizerProblem(alignment: 1)
        var optimizer = try Optimizer(chain, layout: problem.layout, engine: .loops(loops))
        for step in 0..<20 { try optimizer.update(&problem.parameters, problem.gradients(at: step)) }
        results.append(problem.parameters)
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  @Test(arguments: kinds)
  func `libtorch's operators mean what the loops mean`(kind: OptimizerConfiguration.Kind) throws {
    for chain in Self.chains(of: kind) {
      var problem = try OptimizerProblem()
      let layout = problem.layout
      var optimizer = try Optimizer(chain, layout: layout)
      var onTensors = try Optimizer(chain, layout: layout, engine: .tensors(.cpu))
      let parameters = try Tensor(problem.parameters)
      let gradients = try Tensor.zeros([layout.elements])
      for step in 0..<30 {
        var moved = problem
        moved.parameters = try parameters.scalars()
        try gradients.copyInPlace(from: moved.gradients(at: step))
        try onTensors.update(parameters: parameters, gradients: gradients, gradientScale: 0.25)
        #expect(try gradients.scalars(Float.self).allSatisfy { $0 == 0 })
        try optimizer.update(&problem.parameters, problem.gradients(at: step), gradientScale: 0.25)
      }
      #expect(relativeDistance(try parameters.scalars(Float.self), problem.parameters) < 1e-5)
      let states = (try onTensors.state(), try optimizer.state())
      #expect(states.0.scalars == states.1.scalars)
      #expect(states.0.blocks.keys == states.1.blocks.keys)
      for (name, block) in states.0.blocks {
        #expect(relativeDistance(block, try #require(states.1.blocks[name])) < 1e-5, "\(name)")
      }
    }
  }

  @Test(arguments: kinds)
  func `a saved state goes on bit for bit`(kind: OptimizerConfiguration.Kind) throws {
    for chain in Self.chains(of: kind) {
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
  }

  @Test(arguments: kinds)
  func `padding is left alone, and gradients are zero after a step`(kind: OptimizerConfiguration.Kind) throws
  {
    for chain in Self.chains(of: kind) {
      var problem = try OptimizerProblem()
      let inside = Set(problem.layout.segments.flatMap { $0.offset..<$0.offset + $0.count })
      let padding = problem.parameters.indices.filter { !inside.contains($0) }
      for index in padding { problem.parameters[index] = 12345 }
      var optimizer = try Optimizer(chain, layout: problem.layout)
      let left = try optimizer.update(&problem.parameters, problem.gradients(at: 0))
      #expect(padding.allSatisfy { problem.parameters[$0] == 12345 })
      #expect(left.allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: kinds)
  func `a trial lowers the loss on the dev split`(kind: OptimizerConfiguration.Kind) throws {
    var configuration = SmallModel.mlp.configuration
    configuration.optimizer.kind = kind
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 3, trial: 1)
    let first = try trainer.measure().metrics["dev_loss"]
    _ = try trainer.train(to: 100)
    let last = try trainer.measure().metrics["dev_loss"]
    #expect(try #require(last) < #require(first))
  }

  @Test(arguments: kinds)
  func `a snapshot says all, and measuring changes nothing of it`(kind: OptimizerConfiguration.Kind) throws {
    var configuration = SmallModel.mlp.configuration
    configuration.optimizer.kind = kind
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 3, trial: 1)
    _ = try trainer.train(to: 5)
    _ = try trainer.measure()
    let taken = try trainer.snapshot()
    let before = try #require(taken)
    let measured = try trainer.measure()
    let after = try trainer.snapshot()
    #expect(after == before)
    let estimate = try configuration.memoryEstimate(for: SmallModel.mlp.data.form)
    let blocks = before.blocks.filter { $0.key.hasPrefix("optimizer.") }
    #expect(estimate.optimizer == blocks.values.reduce(0) { $0 + $1.memory.byteCount })

    var clone = try Trainer(configuration, data: SmallModel.mlp.data, seed: 3, trial: 2)
    _ = try clone.train(to: 2)
    try clone.restore(before)
    let (cloned, cloneMeasured) = (try clone.snapshot(), try clone.measure())
    #expect(cloned == before)
    #expect(cloneMeasured.metrics["dev_loss"] == measured.metrics["dev_loss"])
  }

  @Test func `a value that the file gives reaches the optimizer that a search chooses`() throws {
    var configuration = OptimizerConfiguration(.adamw)
    configuration.set("momentum", to: .number(0.9))
    let decoded = try JSONDecoder().decode(
      OptimizerConfiguration.self, from: JSONEncoder().encode(configuration))
    #expect(decoded == configuration)
    for var chosen in [configuration, decoded] {
      chosen.kind = try #require(OptimizerConfiguration.Kind(rawValue: "rmsprop"))
      #expect(chosen.value(of: "momentum") == .number(0.9))
    }
  }

  @Test(arguments: kinds)
  func `a configuration survives being encoded`(kind: OptimizerConfiguration.Kind) throws {
    var configuration = OptimizerConfiguration(kind)
    for option in OptimizerOption.all {
      switch option.kind {
      case .text(let choices): configuration.set(option.name, to: .text(choices[1]))
      case .integer, .number, .any: configuration.set(option.name, to: .number(0.125))
      }
    }
    for configuration in [OptimizerConfiguration(kind), configuration] {
      let data = try JSONEncoder().encode(configuration)
      #expect(try JSONDecoder().decode(OptimizerConfiguration.self, from: data) == configuration)
    }
  }

  /// As the journals of earlier versions have it.
  @Test(arguments: [
    #"{"beta1":0.9,"beta2":0.999,"biasCorrection":true,"epsilon":1e-06,"kind":"adamw","learningRate":0.001,"#
      + #""momentum":0.9,"nesterov":false,"weightDecay":0.01}"#,
    #"{"beta1":0.8,"beta2":0.99,"biasCorrection":false,"epsilon":1e-08,"kind":"sgd","learningRate":0.1,"#
      + #""momentum":0.5,"nesterov":true,"weightDecay":0}"#,
    #"{"beta1":0.9,"beta2":0.999,"biasCorrection":true,"epsilon":1e-06,"kind":"lamb","learningRate":0.01,"#
      + #""momentum":0.9,"nesterov":false,"trustRatioClip":3,"weightDecay":0.05}"#,
  ])
  func `the first three are written as they always were`(text: String) throws {
    let configuration = try JSONDecoder().decode(OptimizerConfiguration.self, from: Data(text.utf8))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(configuration), as: UTF8.self) == text)
    #expect(configuration.value(of: "beta1") == .number(text.contains("0.8") ? 0.8 : 0.9))
  }

  @Test func `a search that chooses another optimizer takes its defaults for what was not given`() throws {
    var training = TrainingConfiguration()
    training.optimizer.set("weight_decay", to: .number(0.05))
    training.optimizer.set("beta1", to: .number(0.9))
    let data = try JSONEncoder().encode(training)
    for read in [training, try JSONDecoder().decode(TrainingConfiguration.self, from: data)] {
      let lion = try read.setting(["optimizer": .text("lion")]).hyperparameters
      #expect(lion["weight_decay"] == .number(0.05))
      #expect(lion["beta2"] == .number(0.99))
      #expect(lion["learning_rate"] == .number(1e-4))
      #expect(lion["momentum"] == nil)
    }
  }
}
