internal import CTrainee
internal import Foundation

// How a plug-in is called: what it returns, and values as it reads them.

extension PluginLibrary {
  /// Calls a function of the plug-in on this rank.
  ///
  /// - Parameters:
  ///   - purpose: completes "the plug-in that was to", such as `train to 5`.
  ///   - budget: at which it diverged, if it did.
  /// - Throws: what the plug-in says of its failure, by what it returned.
  func call(
    to purpose: String, at budget: Int = 0, _ body: (UnsafeMutablePointer<CChar>, Int) -> Int32
  ) throws(TrainingError) {
    let size = 2048
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: size)
    text.initialize(repeating: 0, count: size)
    defer { text.deallocate() }
    let result = body(text, size)
    if result == Int32(TUNER_OK.rawValue) { return }
    text[size - 1] = 0
    let words = String(cString: text)
    let reason = words.isEmpty ? "it returned \(result) and no reason" : words
    switch result {
    case Int32(TUNER_DIVERGED.rawValue):
      throw .diverged(step: budget, what: words.isEmpty ? "a number" : words)
    case Int32(TUNER_INVALID.rawValue):
      throw .invalid(
        subject: path, expected: "to \(purpose)", found: "that it cannot: \(reason)",
        remedy: "Correct the values that the experiment gives it.")
    case Int32(TUNER_PLACE.rawValue):
      throw .place(
        subject: path, expected: "a host where it can \(purpose)", found: reason,
        remedy: "Give it what it lacks, or leave that host out.")
    default: throw .library("\(path), which was to \(purpose): \(reason)")
    }
  }
}

/// Hyperparameters as C reads them, in the order of their names.
final class PluginValues {
  private(set) var values: [tuner_value] = []
  private var texts: [UnsafeMutablePointer<CChar>] = []

  init(_ hyperparameters: [String: HyperparameterValue]) {
    for (name, value) in hyperparameters.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .number(let number):
        values.append(
          tuner_value(name: copy(name), kind: Int32(TUNER_NUMBER.rawValue), number: number, text: nil))
      case .text(let text):
        values.append(
          tuner_value(name: copy(name), kind: Int32(TUNER_TEXT.rawValue), number: .nan, text: copy(text)))
      }
    }
  }

  /// Names without values, for the plug-in to fill in.
  init(asking names: some Sequence<String>) {
    for name in names.sorted() {
      values.append(
        tuner_value(name: copy(name), kind: Int32(TUNER_NOTHING.rawValue), number: .nan, text: nil))
    }
  }

  deinit { for text in texts { free(text) } }

  private func copy(_ text: String) -> UnsafePointer<CChar>? {
    guard let copy = strdup(text) else { return nil }
    texts.append(copy)
    return UnsafePointer(copy)
  }

  func withPointer<Result>(_ body: (UnsafeMutablePointer<tuner_value>?, Int64) -> Result) -> Result {
    values.withUnsafeMutableBufferPointer { body($0.baseAddress, Int64($0.count)) }
  }

  /// What the plug-in has filled in.
  var answers: [String: HyperparameterValue] {
    var answers: [String: HyperparameterValue] = [:]
    for value in values {
      guard let name = value.name else { continue }
      switch value.kind {
      case Int32(TUNER_NUMBER.rawValue): answers[String(cString: name)] = .number(value.number)
      case Int32(TUNER_TEXT.rawValue):
        answers[String(cString: name)] = value.text.map { .text(String(cString: $0)) }
      default: break
      }
    }
    return answers
  }
}
