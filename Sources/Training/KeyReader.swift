/// Whoever reads an experiment file, as a part of a configuration asks it for its own keys. A key that is
/// missing or wrong is the reader's to report; the answer is then a value to go on with.
public protocol KeyReader {
  /// A text that is not empty.
  func text(_ key: String, default value: String) -> String

  /// A text that is not empty; nil where the key is missing, which `absence` explains.
  func optionalText(_ key: String, absence: String) -> String?

  /// A text that is not empty.
  ///
  /// - Parameter remedy: what to write where the key is missing.
  func requiredText(_ key: String, remedy: String) -> String

  /// - Parameter count: how many there may be.
  func integers(_ key: String, atLeast low: Int, atMost count: Int, default value: [Int]) -> [Int]

  /// The value of a hyperparameter.
  func value(
    _ key: String, of kind: Hyperparameter.Kind, default value: HyperparameterValue
  ) -> HyperparameterValue

  /// A text, or a list of texts.
  ///
  /// - Parameter remedy: what to write where the key is missing.
  func requiredTexts(_ key: String, remedy: String) -> [String]

  /// A text, or a list of texts; empty where the key is missing, which `absence` explains.
  func texts(_ key: String, absence: String) -> [String]

  /// A whole number of this range.
  func integer(_ key: String, in range: ClosedRange<Int>, default value: Int) -> Int

  /// True or false.
  func truth(_ key: String, default value: Bool) -> Bool

  /// One of the cases of an enum, by its raw value.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, default value: Choice) -> Choice

  /// What `body` reads of the keys of each part of a list; empty where the key is missing.
  ///
  /// - Parameter expected: completes "expected", such as `a list of patterns`.
  func parts<Part>(_ key: String, expected: String, _ body: (any KeyReader) -> Part) -> [Part]

  /// What `body` reads of the keys under `key`; nil where the key is missing.
  func within<Part>(_ key: String, _ body: (Self) -> Part) -> Part?
}
