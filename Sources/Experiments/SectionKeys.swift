import Training

// What a part of a training configuration asks for by itself.
extension Section: KeyReader {
  func text(_ key: String, default value: String) -> String { self.value(key, .text, default: value) }

  func requiredText(_ key: String, remedy: String) -> String { required(key, .text, remedy: remedy) }

  func integers(_ key: String, atLeast low: Int, atMost count: Int, default value: [Int]) -> [Int] {
    self.value(key, .list(of: .integer(atLeast: low), atLeast: 0, atMost: count), default: value)
  }

  func value(
    _ key: String, of kind: Hyperparameter.Kind, default value: HyperparameterValue
  ) -> HyperparameterValue {
    self.value(key, .value(of: kind), default: value)
  }

  func integer(_ key: String, in range: ClosedRange<Int>, default value: Int) -> Int {
    self.value(key, .integer(atLeast: range.lowerBound, atMost: range.upperBound), default: value)
  }
}
