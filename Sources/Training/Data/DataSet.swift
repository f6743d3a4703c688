/// All samples of a source, in its order.
public struct DataSet: Sendable {
  enum Samples: Sendable {
    /// `values` has the shape `[n] + shape`.
    case labelled(values: SampleValues, shape: [Int], targets: TargetMemory)
    /// Indices into the vocabulary.
    case text(tokens: SampleMemory<UInt8>, vocabulary: [UInt8], contextLength: Int)
  }

  /// What a model needs to know of the samples.
  public enum Form: Codable, Equatable, Sendable {
    /// `shape` is one sample's: `[channels, height, width]` of an image, or `[features]`. `categories` are the
    /// features of each column of categories in a table, ascending.
    case samples(shape: [Int], targets: TargetForm, categories: [Range<Int>] = [])
    /// `vocabulary` is the distinct bytes of the text, ascending.
    case text(vocabulary: [UInt8], contextLength: Int)

    /// Samples of so many classes.
    public static func labelled(shape: [Int], classes: Int) -> Self {
      .samples(shape: shape, targets: .classes(classes))
    }

    /// How wide a model's output is.
    public var outputs: Int {
      switch self {
      case .samples(_, let targets, _): targets.outputs
      case .text(let vocabulary, _): vocabulary.count
      }
    }
  }

  /// What errors call it: a path, or the name of the embedded data.
  public let source: String
  fileprivate(set) var samples: Samples
  /// How a table's columns became numbers; nil for what is no table.
  var encoding: TableEncoding?
  /// The names of the classes, where a file or a folder has them beside numbers; else empty.
  var classNames: [String] = []
  /// The samples at the end that are of parts with files of their own.
  var own = OwnParts()
  /// The column that divides the samples of the main file; nil where chance does.
  var splitKeys: [Double]?
  /// The column that says groups, those of parts with files of their own last; nil where none does.
  var groupKeys: [Double]?

  public var form: Form {
    switch samples {
    case .labelled(_, let shape, let targets):
      .samples(shape: shape, targets: targets.form, categories: encoding?.categories(usedBy: [:]) ?? [])
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

  /// The labels, in the source's order; empty where there are none.
  public var labels: [Int] {
    switch samples {
    case .labelled(_, _, .classes(let labels, _)): labels.withScalars { $0.map { Int($0) } }
    case .labelled, .text: []
    }
  }

  /// Reads the source. Local.
  ///
  /// - Throws: `TrainingError.data`, naming path, expectation, finding and remedy.
  public static func load(_ configuration: DataConfiguration) throws(TrainingError) -> DataSet {
    var set = try open(configuration)
    if case .labelled(let values, let shape, let targets) = set.samples {
      set.samples = .labelled(values: try values.held, shape: shape, targets: targets)
    }
    return set
  }

  /// As above, but samples that can be read later are not read yet.
  static func open(_ configuration: DataConfiguration) throws(TrainingError) -> DataSet {
    let main = try configuration.format.load(beside: nil)
    return try main.joined(
      dev: configuration.dev?.load(beside: main), test: configuration.test?.load(beside: main))
  }
}
