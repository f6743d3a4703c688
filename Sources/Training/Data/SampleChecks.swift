// What all sources of samples have in common.
extension DataSet {
  /// Samples with the numbers of their classes, checked; samples that stay in their file when they are read.
  static func labelled(
    values: SampleValues, shape: [Int], labels: [Int64], source: String, labelSource: String
  ) throws(TrainingError) -> DataSet {
    guard let lowest = labels.min(), let highest = labels.max() else {
      throw .data(
        path: labelSource, expected: "at least one label", found: "none",
        remedy: "Give a file with samples in it.")
    }
    guard lowest >= 0, highest < 1_000_000 else {
      throw .data(
        path: labelSource, expected: "labels from 0 to 999,999, which number the classes",
        found: "\(lowest < 0 ? lowest : highest)", remedy: "Number the classes from 0.")
    }
    if case .memory(let values) = values {
      try requireFinite(values, of: shape.reduce(1, *), in: source, "sample")
    }
    return DataSet(
      source: source,
      samples: .labelled(
        values: values, shape: shape,
        targets: .classes(try SampleMemory(labels), count: Int(highest) + 1)))
  }

  /// Samples with the numbers that are to be learned of them, checked.
  ///
  /// - Parameters:
  ///   - targets: shape `targetShape`, `[n]` or `[n, outputs]`.
  static func measured(
    values: SampleValues, shape: [Int], targets: SampleMemory<Float>, targetShape: [Int],
    source: String, targetSource: String
  ) throws(TrainingError) -> DataSet {
    let samples = values.samples(of: shape.reduce(1, *))
    guard (1...2).contains(targetShape.count), targetShape[0] == samples, !targetShape.contains(0) else {
      throw .data(
        path: targetSource,
        expected: "\(samples) targets, as many as there are samples, or a row of them each",
        found: targetShape.isEmpty ? "a single value" : targetShape.map(String.init).joined(separator: " x "),
        remedy: "Give an array of [samples], or [samples, targets].")
    }
    let outputs = targetShape.count == 2 ? targetShape[1] : 1
    if case .memory(let values) = values {
      try requireFinite(values, of: shape.reduce(1, *), in: source, "sample")
    }
    try requireFinite(targets, of: outputs, in: targetSource, "the target of sample")
    return DataSet(
      source: source,
      samples: .labelled(values: values, shape: shape, targets: .numbers(targets, outputs: outputs)))
  }

  private static func requireFinite(
    _ values: SampleMemory<Float>, of size: Int, in source: String, _ place: String
  ) throws(TrainingError) {
    guard let position = values.withScalars({ $0.firstIndex { !$0.isFinite } }) else { return }
    throw .data(
      path: source, expected: "finite numbers",
      found: "\(values.withScalars { $0[position] }) in \(place) \(position / size)",
      remedy: "Remove or mend the sample.")
  }
}
