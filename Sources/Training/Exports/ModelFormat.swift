public import JSON

/// A kind of file that holds a trained model for other programs.
public protocol ModelFormat: Sendable {
  /// As a user writes it.
  static var name: String { get }
  /// What is in it, in a line.
  static var summary: String { get }
  /// The file's name, where nobody gives another.
  static var output: String { get }

  /// Replaces the file at `path`.
  ///
  /// - Parameter origin: where the model comes from, which the file tells beside the record.
  static func write(
    _ model: EvaluatedModel, origin: [String: JSONValue], to path: String
  ) throws(TrainingError)
}

public enum ModelFormats {
  public static let all: [any ModelFormat.Type] = [SafetensorsFormat.self, TorchScriptFormat.self]
}
