import Tensors
import Testing

/// Two who share a batch, each with the same half: the whole is the half twice.
@Suite struct SharedBatchNormalizationTests {
  private static func pattern(_ shape: [Int], _ offset: Int) throws -> Tensor {
    let count = shape.reduce(1, *)
    return try Tensor((0..<count).map { Float(($0 + offset) * 7919 % 10007 - 5003) / 4096 + 3 }, shape: shape)
  }

  private struct Layer {
    let x, weight, bias, mean, variance: Tensor

    init(_ shape: [Int]) throws {
      x = try pattern(shape, 0)
      (weight, bias) = (try pattern([shape[1]], 50), try pattern([shape[1]], 90))
      for leaf in [x, weight, bias] { try leaf.requireGradient() }
      (mean, variance) = (try pattern([shape[1]], 20), try pattern([shape[1]], 30))
    }
  }

  @Test(arguments: [[5, 3], [2, 3, 4, 5]])
  func `outputs, gradients and running statistics are those of the joined batch`(shape: [Int]) throws {
    let factors = try Self.pattern(shape, 500)
    let whole = try Layer(shape)
    let joined = try Tensor.concatenated([whole.x, whole.x], along: 0).batchNormalized(
      weight: whole.weight, bias: whole.bias, runningMean: whole.mean, runningVariance: whole.variance,
      training: true)
    try joined.multiplied(by: .concatenated([factors, factors], along: 0)).squared().sum().backward()

    let half = try Layer(shape)
    let outputs = try half.x.batchNormalized(
      weight: half.weight, bias: half.bias, runningMean: half.mean, runningVariance: half.variance
    ) { values in
      for index in values.indices { values[index] *= 2 }
      return true
    }
    try outputs.multiplied(by: factors).squared().sum().backward()

    func expectEqual(_ one: Tensor, _ other: Tensor, times factor: Float = 1) throws {
      let pairs = zip(try one.detached().scalars(Float.self), try other.detached().scalars(Float.self))
      #expect(pairs.allSatisfy { abs(factor * $0 - $1) < 1e-4 * (1 + abs($1)) * 10 })
    }
    try expectEqual(outputs, joined.narrowed(0..<shape[0], along: 0))
    try expectEqual(half.mean, whole.mean)
    try expectEqual(half.variance, whole.variance)
    // Each half has its own part of the sums over the samples; the joined input is the half twice.
    for (one, other) in [(half.x, whole.x), (half.weight, whole.weight), (half.bias, whole.bias)] {
      try expectEqual(try #require(try one.gradient()), try #require(try other.gradient()), times: 2)
    }
  }

  @Test func `a sum that fails is an error, forward and backward`() throws {
    let layer = try Layer([5, 3])
    var answers = [true, false, false]
    func normalized() throws -> Tensor {
      try layer.x.batchNormalized(
        weight: layer.weight, bias: layer.bias, runningMean: layer.mean, runningVariance: layer.variance
      ) { _ in answers.removeFirst() }
    }
    let outputs = try normalized()
    #expect(throws: TensorError.self) { try outputs.sum().backward() }
    #expect(throws: TensorError.self) { try normalized() }
  }
}
