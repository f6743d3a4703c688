import Tensors
import Training

/// The perceptron 784-1024-1024-10 and one batch of 256 samples.
struct BenchmarkModel {
  let model: MLP
  private let inputs: Tensor
  private let targets: Tensor

  init() throws {
    var configuration = MLPConfiguration()
    configuration.hidden = [1024, 1024]
    model = try MLP(configuration, inputs: 784, outputs: 10, seed: 1, device: .cpu)
    inputs = try Tensor((0..<256 * 784).map { Float($0 % 97) / 97 }, shape: [256, 784])
    targets = try Tensor((0..<256).map { $0 % 10 }, shape: [256])
  }

  var layout: ParameterLayout { model.store.layout }
  var parameters: UnsafeMutableBufferPointer<Float> { model.store.parameters.elements() }
  var gradients: UnsafeMutableBufferPointer<Float> { model.store.gradients.elements() }

  /// Forward and backward.
  func differentiate() throws {
    try model.trainingLoss(inputs, targets, SampleStream(seed: 0, first: 0), for: Classification()).backward()
  }
}
