import Tensors

/// What becomes of samples before a model sees them, in tensors: docs/checkpoint-format.md, "The record".
struct InputPreparation {
  /// Under the names of the record, ordered by them.
  let tensors: [(name: String, tensor: Tensor)]
  /// Of a sample as the data has it.
  let sampleShape: [Int]
  private let products: Bool
  /// Factors of a product.
  private let degree: Int

  /// - Parameter area: how many numbers of a sample share a mean, where features are made of them.
  init(_ record: ModelRecord, area: Int, on device: Device) throws(TensorError) {
    var tensors = Named(device: device)
    let isImage = record.features == nil ? record.sampleShape.count == 3 : area > 1
    if let standardization = record.standardization {
      let count = standardization.means.count
      let shape = isImage ? [count, 1, 1] : [count]
      try tensors.add("input_mean", standardization.means, shape)
      try tensors.add("input_deviation", standardization.deviations, shape)
      // Features forget how a sample's numbers lay.
      let raw = isImage ? [count, area, 1] : [count]
      sampleShape = record.features == nil ? record.sampleShape : raw
    } else {
      sampleShape = record.sampleShape
    }
    if !record.fills.isEmpty { try tensors.add("input_fill", record.fills, [record.fills.count]) }
    if let scaling = record.targetScaling {
      try tensors.add("target_mean", scaling.means.map { Float($0) }, [scaling.means.count])
      try tensors.add("target_deviation", scaling.deviations.map { Float($0) }, [scaling.means.count])
    }
    if !record.vocabulary.isEmpty { try tensors.add("tokens", Self.tokens(record.vocabulary), [256]) }
    degree = record.features?.products.map(\.count).max() ?? 0
    products = degree > 0
    if let features = record.features { try Self.add(features, degree: degree, to: &tensors) }
    self.tensors = tensors.all.sorted { $0.name < $1.name }
  }

  subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// The token of each byte; -1, which no embedding has, where it has none.
  private static func tokens(_ vocabulary: [UInt8]) -> [Int64] {
    var tokens = [Int64](repeating: -1, count: 256)
    for (token, byte) in vocabulary.enumerated() { tokens[Int(byte)] = Int64(token) }
    return tokens
  }

  private static func add(
    _ features: FeatureRecord, degree: Int, to tensors: inout Named
  ) throws(TensorError) {
    let used = features.inputs.count
    try tensors.add("feature_inputs", features.inputs.map { Int64($0) }, [used])
    try tensors.add("feature_shift", features.shift, [used])
    try tensors.add("feature_scale", features.scale, [used])
    if degree > 0 {
      // Shorter products are filled up by a feature that is 1.
      let factors = features.products.flatMap { factors in
        factors.map { Int64($0) } + Array(repeating: Int64(used), count: degree - factors.count)
      }
      try tensors.add("feature_products", factors, [factors.count])
      try tensors.add("product_shift", features.productShift, [features.products.count])
      try tensors.add("product_scale", features.productScale, [features.products.count])
    }
    if !features.components.isEmpty {
      let all = features.center.count
      try tensors.add("feature_center", features.center, [all])
      try tensors.add("feature_components", features.components, [features.components.count / all, all])
    }
  }

  /// `[batch] + sampleShape` → what the model takes.
  func callAsFunction(_ samples: Tensor) throws(TensorError) -> Tensor {
    if let tokens = self["tokens"] {
      return try tokens.rows(samples.flattened(), along: 0).reshaped([-1, sampleShape[0]])
    }
    var x = samples
    if let fill = self["input_fill"] {
      let missing = try NamedOperator("aten::isnan", overload: "")([.value(0)], of: [x])
      x = try NamedOperator("aten::where", overload: "self")(
        [.value(0), .value(1), .value(2)], of: [missing, fill, x])
    }
    if let mean = self["input_mean"], let deviation = self["input_deviation"] {
      x = try x.subtracting(mean).divided(by: deviation)
    }
    guard let inputs = self["feature_inputs"], let shift = self["feature_shift"],
      let scale = self["feature_scale"]
    else { return x }
    x = try x.flattened(from: 1).rows(inputs, along: 1).subtracting(shift).multiplied(by: scale)
    if products { x = try withProducts(x) }
    guard let center = self["feature_center"], let components = self["feature_components"] else { return x }
    return try x.subtracting(center).linear(components)
  }

  private func withProducts(_ x: Tensor) throws(TensorError) -> Tensor {
    guard let factors = self["feature_products"], let shift = self["product_shift"],
      let scale = self["product_scale"]
    else { return x }
    let one = try x.narrowed(0..<1, along: 1).multiplied(by: 0).adding(1)
    let chosen = try Tensor.concatenated([x, one], along: 1).rows(factors, along: 1)
    let products = try NamedOperator("aten::prod", overload: "dim_int")(
      [.value(0), .scalar(.integer(2)), .scalar(.boolean(false)), .nothing],
      of: [chosen.reshaped([-1, factors.count / degree, degree])])
    return try Tensor.concatenated(
      [x, products.subtracting(shift).multiplied(by: scale)], along: 1)
  }
}

/// Tensors under names, as they come.
private struct Named {
  let device: Device
  var all: [(name: String, tensor: Tensor)] = []

  init(device: Device) { self.device = device }

  mutating func add<Scalar: TensorScalar>(
    _ name: String, _ values: [Scalar], _ shape: [Int]
  ) throws(TensorError) {
    all.append((name, try Tensor(values, shape: shape).to(device)))
  }
}

extension Tensor {
  /// Those of a dimension's slices that `indices`, `[count]`, name.
  fileprivate func rows(_ indices: Tensor, along dimension: Int) throws(TensorError) -> Tensor {
    try NamedOperator("aten::index_select", overload: "")(
      [.value(0), .scalar(.integer(dimension)), .value(1)], of: [self, indices])
  }
}
