public import JSON
import Training

/// The JSON Schema (draft 2020-12) of experiment files, made by asking the reader itself. It allows what the reader
/// takes, and more: what two keys say of each other is `check`'s business.
public enum ExperimentSchema {
  public static var document: JSONValue {
    var members = KeyTree(ExperimentReading.all).schema
    members["$schema"] = .text("https://json-schema.org/draft/2020-12/schema")
    members["title"] = .text("tuner-mpi experiment")
    members["description"] = .text("What to train, what to search and how: an experiment file of tuner-mpi.")
    members["allOf"] = .array([knownNames])
    return .object(members).adding(
      parameters, at: ["properties", "search", "properties", "space", "properties"])
  }

  /// What editors complete in a search space.
  private static var parameters: [String: JSONValue] {
    let entry = JSONValue.text("#/properties/search/properties/space/additionalProperties")
    let description = TrainingConfiguration.description
    return Dictionary(
      uniqueKeysWithValues: description.hyperparameters.map { hyperparameter in
        let words = "\(hyperparameter.summary) It takes \(hyperparameter.kind)."
        return (hyperparameter.name, .object(["$ref": entry, "description": .text(words)]))
      })
  }

  /// Where the file describes a built-in model, its search space has the names of that.
  private static var knownNames: JSONValue {
    let description = TrainingConfiguration.description
    let names = JSONValue.array(description.hyperparameters.map { .text($0.name) })
    let families = description.hyperparameterFamilies.map { family in
      JSONValue.object(["pattern": .text("^\(family.pattern.prefix { !$0.isUppercase }).")])
    }
    let named = JSONValue.object([
      "propertyNames": .object(["anyOf": .array([.object(["enum": names])] + families)])
    ])
    return .object([
      "if": .object([
        "anyOf": .array(["data", "model", "training"].map(requiring)), "not": requiring("trainee"),
      ]),
      "then": properties("search", properties("space", named)),
    ])
  }

  private static func requiring(_ key: String) -> JSONValue { .object(["required": .array([.text(key)])]) }

  private static func properties(_ name: String, _ schema: JSONValue) -> JSONValue {
    .object(["properties": .object([name: schema])])
  }
}

extension JSONValue {
  /// With these members in the object at `path`.
  fileprivate func adding(_ members: [String: JSONValue], at path: ArraySlice<String>) -> JSONValue {
    guard case .object(var own) = self else { return self }
    guard let key = path.first else { return .object(own.merging(members) { $1 }) }
    own[key] = (own[key] ?? .object([:])).adding(members, at: path.dropFirst())
    return .object(own)
  }
}
