internal import HDF5

extension HDF5Group {
  /// The group `record`: texts, numbers and arrays under the names of docs/checkpoint-format.md.
  func write(_ record: ModelRecord) throws(HDF5Error) {
    let group = try makeGroup("record")
    let hyperparameters = try group.makeGroup("hyperparameters")
    for (name, value) in record.hyperparameters.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .number(let number): try hyperparameters.setAttribute(name, to: number)
      case .text(let text): try hyperparameters.setAttribute(name, to: text)
      }
    }
    try group.write(record.training, as: "training")
    try group.write(record.sampleShape, as: "sample_shape")
    if let standardization = record.standardization {
      try group.write(standardization.means, as: "input_mean")
      try group.write(standardization.deviations, as: "input_deviation")
    }
    if let scaling = record.targetScaling {
      try group.write(scaling.means, as: "target_mean")
      try group.write(scaling.deviations, as: "target_deviation")
    }
    if !record.vocabulary.isEmpty { try group.write(record.vocabulary, as: "vocabulary") }
    if let columns = record.columns { try group.write(columns, as: "columns") }
    if !record.targets.isEmpty { try group.write(record.targets, as: "targets") }
    if !record.classes.isEmpty { try group.write(record.classes, as: "classes") }
    if !record.fills.isEmpty { try group.write(record.fills, as: "input_fill") }
    if let features = record.features { try group.write(features) }
  }

  /// The group `features`.
  private func write(_ features: FeatureRecord) throws(HDF5Error) {
    let group = try makeGroup("features")
    try group.write(features.inputs, as: "inputs")
    try group.write(features.shift, as: "shift")
    try group.write(features.scale, as: "scale")
    if let degree = features.products.map(\.count).max() {
      // Shorter products are filled up.
      let factors = features.products.flatMap { $0 + Array(repeating: -1, count: degree - $0.count) }
      try group.write(factors, shape: [features.products.count, degree], as: "products")
      try group.write(features.productShift, as: "product_shift")
      try group.write(features.productScale, as: "product_scale")
    }
    if !features.components.isEmpty {
      let shape = [features.components.count / features.center.count, features.center.count]
      try group.write(features.center, as: "center")
      try group.write(features.components, shape: shape, as: "components")
    }
  }
}
