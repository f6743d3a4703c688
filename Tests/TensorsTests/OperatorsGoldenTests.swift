import Foundation
import Tensors
import Testing

/// Operators and their gradients against PyTorch's: Golden/operators.py.
@Suite struct OperatorsGoldenTests {
  struct Golden: Decodable {
    var shape: [Int]
    var values: [Float]
    /// Of the sum of the squares of `values`.
    var gradient: [Float]
  }

  struct Operator: Sendable {
    var inputs: [Int]
    var apply: @Sendable (Tensor) throws -> Tensor
  }

  /// The script's `pattern`.
  static func pattern(_ shape: [Int], _ offset: Int = 0) throws -> Tensor {
    let scalars = (0..<shape.reduce(1, *)).map { Float(($0 + offset) * 7919 % 10007 - 5003) / 4096 }
    return try Tensor(scalars, shape: shape)
  }

  /// The script's `CASES`.
  static let operators: [String: Operator] = [
    "adding": Operator(inputs: [3, 4]) { try $0.adding(pattern([4], 50)) },
    "subtracting": Operator(inputs: [3, 4]) { try $0.subtracting(pattern([3, 1], 50)) },
    "multiplied": Operator(inputs: [3, 4]) { try $0.multiplied(by: pattern([4], 50)) },
    "divided": Operator(inputs: [3, 4]) { try $0.divided(by: pattern([4], 50).adding(3)) },
    "matmul": Operator(inputs: [2, 3, 4]) { try $0.matmul(pattern([4, 2], 50)) },
    "maximum": Operator(inputs: [3, 4]) { try $0.maximum(pattern([3, 4], 50)) },
    "exp": Operator(inputs: [5]) { try $0.exp() },
    "log": Operator(inputs: [5]) { try $0.adding(3).log() },
    "squareRoot": Operator(inputs: [5]) { try $0.adding(3).squareRoot() },
    "absolute": Operator(inputs: [5]) { try $0.absolute() },
    "relu": Operator(inputs: [7]) { try $0.relu() },
    "gelu": Operator(inputs: [7]) { try $0.gelu() },
    "tanh": Operator(inputs: [7]) { try $0.tanh() },
    "sigmoid": Operator(inputs: [7]) { try $0.sigmoid() },
    "silu": Operator(inputs: [7]) { try $0.silu() },
    "leakyRelu": Operator(inputs: [7]) { try $0.leakyRelu() },
    "elu": Operator(inputs: [7]) { try $0.elu() },
    "mish": Operator(inputs: [7]) { try $0.mish() },
    "sum along": Operator(inputs: [3, 4]) { try $0.sum(along: 1) },
    "mean along": Operator(inputs: [3, 4]) { try $0.mean(along: 0, keeping: true) },
    "linear": Operator(inputs: [2, 3, 4]) { try $0.linear(pattern([5, 4], 50), bias: pattern([5], 90)) },
    "convolved": Operator(inputs: [2, 2, 5, 5]) {
      try $0.convolved(pattern([3, 2, 3, 3], 50), bias: pattern([3], 90), stride: 2, padding: 1)
    },
    "batchNormalized": Operator(inputs: [4, 3, 2, 2]) {
      try $0.batchNormalized(
        weight: pattern([3], 50), bias: pattern([3], 90), runningMean: .zeros([3]),
        runningVariance: .full([3], 1),
        training: true)
    },
    "layerNormalized": Operator(inputs: [3, 6]) {
      try $0.layerNormalized(weight: pattern([6], 50), bias: pattern([6], 90))
    },
    "groupNormalized": Operator(inputs: [2, 6, 2, 2]) {
      try $0.groupNormalized(groups: 3, weight: pattern([6], 50), bias: pattern([6], 90))
    },
    "rootMeanSquareNormalized": Operator(inputs: [3, 6]) {
      try $0.rootMeanSquareNormalized(weight: pattern([6], 50))
    },
    "maxPooled": Operator(inputs: [1, 2, 4, 4]) { try $0.maxPooled(kernel: 2, stride: 2) },
    "averagePooled": Operator(inputs: [1, 2, 5, 5]) {
      try $0.averagePooled(kernel: 3, stride: 2, padding: 1)
    },
    "averagePooled to": Operator(inputs: [1, 2, 5, 4]) { try $0.averagePooled(toHeight: 2, width: 1) },
    "softmax": Operator(inputs: [3, 4]) { try $0.softmax(along: 1) },
    "logSoftmax": Operator(inputs: [3, 4]) { try $0.logSoftmax(along: -1) },
    "crossEntropy": Operator(inputs: [3, 4]) { try $0.crossEntropy(Tensor([1, 0, 3]), labelSmoothing: 0.2) },
    "meanSquaredError": Operator(inputs: [3, 4]) { try $0.meanSquaredError(pattern([3, 4], 50)) },
    "attention": Operator(inputs: [1, 2, 5, 4]) {
      try Tensor.attention(
        query: $0, key: pattern([1, 2, 5, 4], 50), value: pattern([1, 2, 5, 4], 90), causal: true)
    },
  ]

  @Test func `every case of the script has a test`() throws {
    #expect(try Set(Self.golden().keys) == Set(Self.operators.keys))
  }

  @Test(arguments: operators.keys.sorted())
  func `values and gradients are PyTorch's`(name: String) throws {
    let golden = try #require(try Self.golden()[name])
    let tested = try #require(Self.operators[name])
    let x = try Self.pattern(tested.inputs)
    try x.requireGradient()
    let y = try tested.apply(x)
    #expect(y.shape == golden.shape)
    try expect(y.detached().scalars(), golden.values)
    try y.squared().sum().backward()
    try expect(try #require(try x.gradient()).scalars(), golden.gradient)
  }

  private func expect(_ values: [Float], _ expected: [Float]) throws {
    try #require(values.count == expected.count)
    for (value, expected) in zip(values, expected) {
      #expect(abs(value - expected) <= 1e-5 * max(1, abs(expected)))
    }
  }

  private static func golden() throws -> [String: Golden] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/operators.json")
    return try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: path))
  }
}
