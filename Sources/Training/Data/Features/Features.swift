/// What the numbers of a sample become before the model sees them, fitted to the samples that train: chosen with the
/// model, as hyperparameters.
public struct Features: TrainingOptionGroup {
  public var scaling = FeatureScaling.standard
  public var degree = 1
  public var components = 0
  /// Columns of a table by their names: false leaves one out, with all of its categories; true keeps it, as
  /// those are that are not named.
  public var columns: [String: Bool] = [:]

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      .choice("feature_scaling", \.scaling, "What each feature is shifted and scaled by.")
        .needing(needs, hasSamples),
      .integer(
        "feature_degree", low: 1, high: 3, \.degree,
        "The degree up to which products of features are features, too."
      ).needing(needs, hasSamples),
      .integer(
        "feature_components", low: 0, high: 500, \.components,
        "The principal components that take the features' place; 0 for the features themselves."
      ).needing(needs, hasSamples),
      .unusedColumns,
    ]
  }

  /// Whether samples become others by them.
  var changeSamples: Bool {
    scaling != .standard || degree != 1 || components != 0 || columns.values.contains(false)
  }

  private static let needs = "samples of features"
  private static let hasSamples: @Sendable (TrainingConfiguration) -> Bool = { $0.data.task != .language }

  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    if !columns.isEmpty, !type(of: configuration.data.format).isTable {
      return [
        .invalid(
          subject: "unused_columns", expected: Self.needsTable,
          found: "the data \(type(of: configuration.data.format).name)",
          remedy: "Take it, and use_ with the name of a column, out.")
      ]
    }
    guard self != Self(), configuration.data.task == .language else { return [] }
    return [
      .invalid(
        subject: "feature_scaling", expected: "samples of features", found: configuration.data.task.words,
        remedy: "Leave feature_scaling, feature_degree and feature_components out.")
    ]
  }
}

// Which columns of a table are features: `use_age` is a hyperparameter where the table has a column `age`.
extension Features {
  static let columnPrefix = "use_"
  fileprivate static let needsTable = "data of a table, such as csv"

  static let columnFamily = HyperparameterFamily(
    pattern: "use_COLUMN", summary: "Whether the column of that name of a table is among the features.",
    kind: .text(["false", "true"]), applicability: needsTable,
    member: { name in
      guard name.hasPrefix(columnPrefix), name.count > columnPrefix.count else { return nil }
      let column = String(name.dropFirst(columnPrefix.count))
      return TrainingHyperparameter(
        name: name, summary: "Whether the column \(column) is among the features.",
        kind: .text(["false", "true"]), isLive: false, applicability: needsTable,
        isApplicable: { type(of: $0.data.format).isTable },
        read: { .text(String($0.features.columns[column] ?? true)) },
        write: { if case .text(let text) = $1 { $0.features.columns[column] = text == "true" } })
    },
    named: { $0.features.columns.keys.sorted().map { columnPrefix + $0 } })
}

extension ConfigurationOption<Features> {
  /// The columns that a file leaves out; a search may take them in again.
  fileprivate static var unusedColumns: Self {
    Self(
      "unused_columns", row: nil,
      key: Key(
        ask: { keys, features in
          for column in keys.texts("unused_columns", absence: "every column is used") {
            features.columns[column] = false
          }
        },
        decode: {
          $1.columns = try $0.decodeIfPresent([String: Bool].self, forKey: NameKey("columns")) ?? [:]
        },
        encode: { features, container in
          if !features.columns.isEmpty { try container.encode(features.columns, forKey: NameKey("columns")) }
        }))
  }
}

/// How features are brought to one scale, by what the samples that train have.
public enum FeatureScaling: String, Codable, CaseIterable, Sendable {
  /// To mean 0 and standard deviation 1.
  case standard
  /// From 0 to 1.
  case minmax
  /// To median 0, and to 1 between the first and the third quartile.
  case robust
  /// As they are.
  case none
}
