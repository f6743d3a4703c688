import Foundation

/// What it takes to use a model elsewhere than here, besides its tensors: what it is, and how samples become its
/// inputs and its outputs become answers. Written beside a state; whoever goes on from the state needs none of it.
public struct ModelRecord: Equatable, Sendable {
  /// Every hyperparameter in force, searched or not.
  public var hyperparameters: [String: HyperparameterValue]
  /// The whole configuration, one JSON object.
  public var training: String
  /// The shape of a sample as the model sees it; of text the characters of a window.
  public var sampleShape: [Int]
  /// How samples were standardized; nil for text.
  public var standardization: Standardization?
  /// How targets that are numbers were standardized; nil for classes and text.
  public var targetScaling: TargetScaling?
  /// The bytes of a text that the tokens stand for; empty for samples.
  public var vocabulary: [UInt8] = []
  /// How the columns of a table become inputs, one JSON array of objects; nil for what is no table.
  public var columns: String?
  /// The columns of a table that are to be learned.
  public var targets: [String] = []
  /// What a missing value of each input becomes, in the file's unit; empty where none may be missing.
  public var fills: [Float] = []
  /// What standardized inputs become before the model sees them; nil where they stay as they are.
  public var features: FeatureRecord?
  /// What the classes of a table or of folders are called, in the order of the outputs.
  public var classes: [String] = []
}

extension Trainer {
  /// Local.
  public func record() throws(TrainingError) -> ModelRecord? {
    var record = ModelRecord(
      hyperparameters: try effectiveHyperparameters(), training: try Self.json(configuration),
      sampleShape: [],
      standardization: data.standardization, targetScaling: data.targetScaling)
    switch data.form {
    case .samples(let shape, _, _): record.sampleShape = shape
    case .text(let vocabulary, let contextLength):
      (record.vocabulary, record.sampleShape) = (vocabulary, [contextLength])
    }
    if let encoding = data.encoding {
      record.columns = try Self.json(encoding.features.map(RecordedColumn.init))
      (record.targets, record.classes) = (encoding.targets, encoding.classes)
      record.fills = encoding.recordedFills(data.preparation)
    }
    if record.classes.isEmpty { record.classes = data.classNames }
    record.features = data.features?.record
    return record
  }

  private static func json(_ value: some Encodable) throws(TrainingError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
      throw .library("\(error)")
    }
  }
}

/// A column of a table as a record has it.
private struct RecordedColumn: Encodable {
  var name: String
  /// Each an input that is 1 where it stands, else 0; nil for a column of numbers, which is an input itself.
  var categories: [String]?

  init(_ feature: TableEncoding.Feature) {
    name = feature.name
    if case .categories(let values) = feature.column { categories = values }
  }
}

/// What a feature map was fitted to, as a record has it.
public struct FeatureRecord: Equatable, Sendable {
  /// The inputs that are used, numbered from 0, ascending.
  public var inputs: [Int]
  /// Of each of them, what is subtracted, and what the rest is multiplied with.
  public var (shift, scale): ([Float], [Float])
  /// The factors of each product, by their number among the used inputs.
  public var products: [[Int]]
  /// As above, of each product.
  public var (productShift, productScale): ([Float], [Float])
  /// What is subtracted from inputs and products before they are turned, and the components, `[components,
  /// features]`, one after the other; empty where they are not turned.
  public var (center, components): ([Float], [Float])
}

extension FeatureMap {
  fileprivate var record: FeatureRecord {
    FeatureRecord(
      inputs: places.map { Int($0) }, shift: shifts, scale: scales,
      products: products.map { $0.map { Int($0) } }, productShift: productShifts,
      productScale: productScales, center: center, components: components)
  }
}

extension TableEncoding {
  fileprivate func recordedFills(_ preparation: Preparation?) -> [Float] {
    switch filling {
    case .refuse: []
    case .mean: preparation?.standardization.means ?? []
    case .median, .mostFrequent: preparation?.fills ?? []
    }
  }
}
