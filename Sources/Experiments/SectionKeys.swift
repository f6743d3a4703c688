import Training

// What a part of a training configuration asks for by itself.
extension Section: KeyReader {
  func text(_ key: String, default value: String) -> String { self.value(key, .text, default: value) }

  func optionalText(_ key: String, absence: String) -> String? { optional(key, .text, absence: absence) }

  func requiredText(_ key: String, remedy: String) -> String { required(key, .text, remedy: remedy) }

  func integers(_ key: String, atLeast low: Int, atMost count: Int, default value: [Int]) -> [Int] {
    self.value(key, .list(of: .integer(atLeast: low), atLeast: 0, atMost: count), default: value)
  }

  func value(
    _ key: String, of kind: Hyperparameter.Kind, default value: HyperparameterValue
  ) -> HyperparameterValue {
    self.value(key, .value(of: kind), default: value)
  }

  func requiredTexts(_ key: String, remedy: String) -> [String] {
    required(key, .oneOrMore(.text), remedy: remedy)
  }

  func texts(_ key: String, absence: String) -> [String] {
    optional(key, .oneOrMore(.text), absence: absence) ?? []
  }

  func integer(_ key: String, in range: ClosedRange<Int>, default value: Int) -> Int {
    self.value(key, .integer(atLeast: range.lowerBound, atMost: range.upperBound), default: value)
  }

  func truth(_ key: String, default value: Bool) -> Bool { self.value(key, .truth, default: value) }

  func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, default value: Choice
  ) -> Choice {
    self.value(key, .choice(), default: value)
  }

  func parts<Part>(_ key: String, expected: String, _ body: (any KeyReader) -> Part) -> [Part] {
    // Asked all the same, so that the reference has its keys.
    if !contains(key) { _ = body(absentSection(key)) }
    return sections(key, expected: expected).map { part in
      defer { part.finish() }
      return body(part)
    }
  }

  func within<Part>(_ key: String, _ body: (Section) -> Part) -> Part? {
    guard contains(key) else {
      // Asked all the same, so that the reference has its keys.
      _ = body(absentSection(key))
      return nil
    }
    let part = section(key)
    defer { part.finish() }
    return body(part)
  }
}
