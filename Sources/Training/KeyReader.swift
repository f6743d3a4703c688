/// Whoever reads an experiment file, as a part of a configuration asks it for its own keys. A key that is
/// missing or wrong is the reader's to report; the answer is then a value to go on with.
public protocol KeyReader {
  func text(_ key: String, default value: String) -> String

  /// - Parameter remedy: what to write where the key is missing.
  func requiredText(_ key: String, remedy: String) -> String

  /// - Parameter count: how many there may be.
  func integers(_ key: String, atLeast low: Int, atMost count: Int, default value: [Int]) -> [Int]

  /// The value of a hyperparameter.
  func value(
    _ key: String, of kind: Hyperparameter.Kind, default value: HyperparameterValue
  ) -> HyperparameterValue

  func integer(_ key: String, in range: ClosedRange<Int>, default value: Int) -> Int
}
