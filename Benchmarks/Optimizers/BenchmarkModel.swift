import Tensors
import Training

/// A model and one batch for it.
struct BenchmarkModel {
  let name: String
  let model: any Model
  private let inputs: Tensor
  private let targets: Tensor
  private let task: Classification

  /// The perceptron 784-1024-1024-10 and 256 samples.
  static func mlp() throws -> Self {
    var shape = MLPConfiguration()
    shape.hidden = [1024, 1024]
    return try Self("MLP", .mlp(shape), samples: [784], batch: 256)
  }

  /// ResNet-20 and 128 images of 3 x 32 x 32.
  static func resnet() throws -> Self {
    try Self("ResNet-20", .resnet(ResNetConfiguration()), samples: [3, 32, 32], batch: 128)
  }

  /// Four layers, 128 wide, and 32 windows of 128 characters.
  static func transformer() throws -> Self {
    let form = DataSet.Form.text(vocabulary: Array(0..<65), contextLength: 128)
    let tokens = try Tensor((0..<32 * 128).map { Int64($0 * 37 % 65) }, shape: [32, 128])
    return try Self(
      "transformer", .transformer(TransformerConfiguration()), form, tokens, tokens, Classification(.language)
    )
  }

  private init(_ name: String, _ model: ModelConfiguration, samples shape: [Int], batch: Int) throws {
    let count = shape.reduce(batch, *)
    try self.init(
      name, model, .labelled(shape: shape, classes: 10),
      Tensor((0..<count).map { Float($0 % 97) / 97 }, shape: [batch] + shape),
      Tensor((0..<batch).map { Int64($0 % 10) }, shape: [batch]), Classification())
  }

  private init(
    _ name: String, _ model: ModelConfiguration, _ form: DataSet.Form, _ inputs: Tensor, _ targets: Tensor,
    _ task: Classification
  ) throws {
    self.name = name
    self.model = try model.makeModel(for: form, seed: 1, device: .cpu)
    (self.inputs, self.targets, self.task) = (inputs, targets, task)
  }

  var layout: ParameterLayout { model.store.layout }
  var parameters: UnsafeMutableBufferPointer<Float> { model.store.parameters.elements() }
  var gradients: UnsafeMutableBufferPointer<Float> { model.store.gradients.elements() }

  /// Forward and backward.
  func differentiate() throws {
    try model.trainingLoss(inputs, targets, SampleStream(seed: 0, first: 0), for: task).backward()
  }
}
