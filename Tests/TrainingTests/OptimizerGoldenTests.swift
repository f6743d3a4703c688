import Foundation
import Testing
import Training

/// Optimizers against PyTorch's SGD and AdamW and timm's LAMB: Golden/optimizers.py.
@Suite struct OptimizerGoldenTests {
  struct Golden: Decodable {
    /// Case, step, tensor, elements.
    var cases: [String: [String: [String: [Float]]]]
  }

  static let warmUpThenCosine = Schedule.example(.cosine, peak: 0.03) { schedule in
    (schedule.warmup, schedule.length) = (10, 50)
    schedule[.finalFraction] = 0.1
  }

  /// The chain of each case of the script.
  static func transform(of name: String) throws -> Chain {
    var configuration = OptimizerConfiguration()
    configuration.kind = try #require(
      OptimizerConfiguration.Kind(rawValue: String(name.prefix { $0 != " " })))
    configuration.momentum = 0
    var clip = configuration.kind == .lamb ? 1.0 : 0
    var rate: Schedule?
    switch name {
    case "sgd": (configuration.learningRate, configuration.weightDecay) = (0.05, 0)
    case "sgd momentum decay":
      (configuration.learningRate, configuration.weightDecay, configuration.momentum) = (0.02, 0.05, 0.9)
    case "sgd nesterov":
      (configuration.learningRate, configuration.momentum) = (0.02, 0.8)
      configuration.set("nesterov", to: .text("true"))
    case "adamw": (configuration.learningRate, configuration.epsilon) = (0.01, 1e-8)
    case "adamw betas":
      (configuration.learningRate, configuration.weightDecay) = (0.02, 0.1)
      (configuration.beta1, configuration.beta2) = (0.8, 0.95)
    case "lamb": configuration.learningRate = 0.01
    case "lamb unclipped":
      (configuration.learningRate, configuration.weightDecay, clip) = (0.02, 0.1, 0)
      (configuration.beta1, configuration.beta2) = (0.8, 0.99)
    case "lamb without bias correction":
      configuration.learningRate = 0.01
      configuration.set("bias_correction", to: .text("false"))
    case "lamb trust clip":
      configuration.learningRate = 0.02
      configuration.set("trust_ratio_clip", to: .number(1))
    case "lamb scheduled": rate = warmUpThenCosine
    default: Issue.record("no chain for the case \(name)")
    }
    return configuration.transform(rate: rate ?? .constant(configuration.learningRate), gradientClip: clip)
  }

  static let names = [
    "sgd", "sgd momentum decay", "sgd nesterov", "adamw", "adamw betas", "lamb", "lamb unclipped",
    "lamb without bias correction", "lamb trust clip", "lamb scheduled",
  ]

  static func golden() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: goldenFile("optimizers.json"))
  }

  @Test func `every case of the golden file is followed`() throws {
    #expect(try Set(Self.golden().cases.keys) == Set(Self.names))
  }

  @Test(arguments: names)
  func `parameters follow the reference implementation for 50 steps within 1e-5`(name: String) throws {
    let expected = try #require(try Self.golden().cases[name])
    var problem = try OptimizerProblem()
    var optimizer = try Optimizer(Self.transform(of: name), layout: problem.layout)
    var checked = 0
    for step in 0..<50 {
      try optimizer.update(&problem.parameters, problem.gradients(at: step))
      guard let tensors = expected["\(step + 1)"] else { continue }
      for segment in problem.layout.segments {
        let reference = try #require(tensors[segment.name])
        #expect(reference.count == segment.count)
        let distance = relativeDistance(problem.values(of: segment), reference)
        #expect(distance < 1e-5, "\(segment.name) after \(step + 1) steps")
        checked += 1
      }
    }
    #expect(checked == 5 * OptimizerProblem.shapes.count)
  }
}
