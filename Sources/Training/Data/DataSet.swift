/// All samples of a source, in its order.
public struct DataSet: Sendable {
  enum Samples: Sendable {
    /// `values` has the shape `[n] + shape`.
    case labelled(values: SampleMemory<Float>, shape: [Int], targets: TargetMemory)
    /// Indices into the vocabulary.
    case text(tokens: SampleMemory<UInt8>, vocabulary: [UInt8], contextLength: Int)
  }

  /// What a model needs to know of the samples.
  public enum Form: Codable, Equatable, Sendable {
    /// `shape` is one sample's: `[channels, height, width]` of an image, or `[features]`.
    case samples(shape: [Int], targets: TargetForm)
    /// `vocabulary` is the distinct bytes of the text, ascending.
    case text(vocabulary: [UInt8], contextLength: Int)

    /// Samples of so many classes.
    public static func labelled(shape: [Int], classes: Int) -> Self {
      .samples(shape: shape, targets: .classes(classes))
    }

    /// How wide a model's output is.
    public var outputs: Int {
      switch self {
      case .samples(_, let targets): targets.outputs
      case .text(let vocabulary, _): vocabulary.count
      }
    }
  }

  /// What errors call it: a path, or the name of the embedded data.
  public let source: String
  let samples: Samples

  public var form: Form {
    switch samples {
    case .labelled(_, let shape, let targets): .samples(shape: shape, targets: targets.form)
    case .text(_, let vocabulary, let contextLength):
      .text(vocabulary: vocabulary, contextLength: contextLength)
    }
  }

  /// The number of samples, or of characters.
  public var count: Int {
    switch samples {
    case .labelled(_, _, let targets): targets.count
    case .text(let tokens, _, _): tokens.count
    }
  }

  /// The labels, in the source's order; empty for text.
  public var labels: [Int] {
    switch samples {
    case .labelled(_, _, .classes(let labels, _)): labels.withScalars { $0.map { Int($0) } }
    case .text: []
    }
  }

  /// Reads the source. Local.
  ///
  /// - Throws: `TrainingError.data`, naming path, expectation, finding and remedy.
  public static func load(_ configuration: DataConfiguration) throws(TrainingError) -> DataSet {
    try configuration.format.load()
  }

  /// Checks what all labelled sources have in common, and makes the set.
  static func labelled(
    values: SampleMemory<Float>, shape: [Int], labels: [Int64], source: String, labelSource: String
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
    if let position = values.withScalars({ $0.firstIndex { !$0.isFinite } }) {
      let size = shape.reduce(1, *)
      throw .data(
        path: source, expected: "finite numbers",
        found: "\(values.withScalars { $0[position] }) in sample \(position / size)",
        remedy: "Remove or mend the sample.")
    }
    return DataSet(
      source: source,
      samples: .labelled(
        values: values, shape: shape,
        targets: .classes(try SampleMemory(labels), count: Int(highest) + 1)))
  }
}
