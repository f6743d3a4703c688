/// All samples of a source, in its order.
public struct DataSet: Sendable {
  enum Samples: Sendable {
    /// `values` has the shape `[n] + shape`, `labels` the shape `[n]` and values in 0..<`classes`.
    case labelled(values: SampleMemory<Float>, shape: [Int], labels: SampleMemory<Int64>, classes: Int)
    /// Indices into the vocabulary.
    case text(tokens: SampleMemory<UInt8>, vocabulary: [UInt8], contextLength: Int)
  }

  /// What a model needs to know of the samples.
  public enum Form: Codable, Equatable, Sendable {
    /// `shape` is one sample's: `[channels, height, width]` of an image, or `[features]`.
    case labelled(shape: [Int], classes: Int)
    /// `vocabulary` is the distinct bytes of the text, ascending.
    case text(vocabulary: [UInt8], contextLength: Int)
  }

  /// What errors call it: a path, or the name of the embedded data.
  public let source: String
  let samples: Samples

  public var form: Form {
    switch samples {
    case .labelled(_, let shape, _, let classes): .labelled(shape: shape, classes: classes)
    case .text(_, let vocabulary, let contextLength):
      .text(vocabulary: vocabulary, contextLength: contextLength)
    }
  }

  /// The number of samples, or of characters.
  public var count: Int {
    switch samples {
    case .labelled(_, _, let labels, _): labels.count
    case .text(let tokens, _, _): tokens.count
    }
  }

  /// The labels, in the source's order; empty for text.
  public var labels: [Int] {
    switch samples {
    case .labelled(_, _, let labels, _): labels.withScalars { $0.map { Int($0) } }
    case .text: []
    }
  }

  /// Reads the source. Local.
  ///
  /// - Throws: `TrainingError.data`, naming path, expectation, finding and remedy.
  public static func load(_ configuration: DataConfiguration) throws(TrainingError) -> DataSet {
    switch configuration {
    case .digits: try digits()
    case .idx(let images, let labels): try idx(images: images, labels: labels)
    case .hdf5(let path, let samples, let labels): try hdf5(path: path, samples: samples, labels: labels)
    case .text(let path, let contextLength): try text(path: path, contextLength: contextLength)
    }
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
        values: values, shape: shape, labels: try SampleMemory(labels), classes: Int(highest) + 1))
  }
}
