import Tensors
import Testing

@testable import Training

/// Models take their parameters from the pass.
@Suite struct GivenParametersTests {
  private static func problem(
    _ model: SmallModel
  ) throws -> (model: any Model, inputs: Tensor, targets: Tensor) {
    let form = try model.data.form
    let made = try model.configuration.model.makeModel(for: form, seed: 5, device: .cpu)
    let (inputs, targets) = try ModelsTests.batch(form, count: 4)
    return (made, inputs, targets)
  }

  private static func loss(
    _ problem: (model: any Model, inputs: Tensor, targets: Tensor), _ pass: ForwardPass
  ) throws -> Tensor {
    try Classification().trainingLoss(problem.model.outputs(problem.inputs, pass), problem.targets)
  }

  @Test(arguments: SmallModel.allCases)
  func `given a copy of its own parameters, a model computes the same, and the copy gets the gradients`(
    kind: SmallModel
  ) throws {
    let problem = try Self.problem(kind)
    let store = problem.model.store
    let pass = ForwardPass.training(SampleStream(seed: 1, first: 0))
    let own = try Self.loss(problem, pass)
    try own.backward()
    let expected: [Float] = try store.gradients.scalars()

    try store.gradients.fillInPlace(7)
    let flat = try Tensor(store.parameters.scalars(Float.self))
    try flat.requireGradient()
    let given = try Self.loss(problem, pass.with(Parameters(viewing: flat, as: store)))
    try given.backward()
    #expect(try abs(given.item() - own.item()) < 1e-6)
    let gradient: [Float] = try #require(try flat.gradient()).scalars()
    for (one, other) in zip(gradient, expected) { #expect(abs(one - other) < 1e-5 + 1e-4 * abs(other)) }
    #expect(try store.gradients.scalars().allSatisfy { $0 == Float(7) }, "the flat buffer had a part in it")
  }

  /// d loss(s · w) / ds = w · gradient: parameters may be a function of something else.
  @Test func `parameters that were computed hand their gradients on`() throws {
    let problem = try Self.problem(.resnet)
    let store = problem.model.store
    let pass = ForwardPass.training(SampleStream(seed: 1, first: 0))
    try Self.loss(problem, pass).backward()
    let expected = try store.parameters.multiplied(by: store.gradients).sum().item()
    let scale = try Tensor([Float(1)])
    try scale.requireGradient()
    let scaled = try store.parameters.multiplied(by: scale)
    try Self.loss(problem, pass.with(Parameters(viewing: scaled, as: store))).backward()
    let found = try #require(try scale.gradient()).item()
    #expect(abs(found - expected) < 1e-4 + 1e-3 * abs(expected))
  }
}
