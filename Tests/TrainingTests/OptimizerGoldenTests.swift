import Foundation
import Tensors
import Testing
import Training

/// Optimizers against PyTorch's and their authors': Golden/optimizers.py.
@Suite struct OptimizerGoldenTests {
  struct Golden: Decodable {
    /// Case, step, tensor, elements.
    var cases: [String: [String: [String: [Float]]]]
  }

  /// A case of the script: what the optimizer of its first word is given beside its defaults.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var options: [String: HyperparameterValue]
    var clip = 0.0
    var isScheduled = false
    var isEvaluated = false

    var testDescription: String { name }

    init(_ name: String, _ options: [String: HyperparameterValue], clip: Double = 0) {
      self.name = name
      self.options = options
      self.clip = clip
      isScheduled = name.hasSuffix(" scheduled")
      isEvaluated = name.hasSuffix(" evaluated")
    }

    func chain() throws -> Chain {
      let kind = try #require(OptimizerConfiguration.Kind(rawValue: String(name.prefix { $0 != " " })))
      var configuration = OptimizerConfiguration(kind)
      for (option, value) in options { configuration.set(option, to: value) }
      let peak = configuration.learningRate
      let schedule = Schedule.example(.cosine, peak: peak) { schedule in
        (schedule.warmup, schedule.length) = (10, 50)
        schedule[.finalFraction] = 0.1
      }
      return configuration.transform(rate: isScheduled ? schedule : .constant(peak), gradientClip: clip)
    }
  }

  static let cases = OptimizerGoldenCases.all

  static func golden() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: goldenFile("optimizers.json"))
  }

  @Test func `every case of the golden file is followed, and every optimizer has one`() throws {
    let optimizers = Set(Self.cases.map { $0.name.prefix { $0 != " " } }.map(String.init))
    #expect(optimizers == Set(OptimizerDescription.all.map(\.name)))
    #expect(try Set(Self.golden().cases.keys) == Set(Self.cases.map(\.name)))
  }

  @Test(arguments: cases)
  func `parameters follow the reference implementation for 50 steps within 1e-5`(test: Case) throws {
    let expected = try #require(try Self.golden().cases[test.name])
    var problem = try OptimizerProblem()
    var optimizer = try Optimizer(test.chain(), layout: problem.layout)
    var checked = 0
    for step in 0..<50 {
      try optimizer.update(&problem.parameters, problem.gradients(at: step))
      guard let tensors = expected["\(step + 1)"] else { continue }
      let found = test.isEvaluated ? try optimizer.found(problem.parameters) : problem.parameters
      for segment in problem.layout.segments {
        let reference = try #require(tensors[segment.name])
        #expect(reference.count == segment.count)
        let values = found[segment.offset..<segment.offset + segment.count]
        #expect(relativeDistance(values, reference) < 1e-5, "\(segment.name) after \(step + 1) steps")
        checked += 1
      }
    }
    #expect(checked == 5 * OptimizerProblem.shapes.count)
  }
}

extension Optimizer {
  /// What an evaluation would see, and that training does not see it.
  fileprivate func found(_ parameters: [Float]) throws -> [Float] {
    let (trained, spare) = (try Tensor(parameters), try Tensor.zeros([parameters.count]))
    try showFound(in: trained, keepingTrainedIn: spare)
    let found = try trained.scalars(Float.self)
    try showTrained(in: trained, from: spare)
    #expect(try trained.scalars(Float.self) == parameters)
    #expect(try spare.scalars(Float.self).allSatisfy { $0 == 0 })
    return found
  }
}
