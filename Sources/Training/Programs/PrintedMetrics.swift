internal import Foundation
internal import JSON
internal import Synchronization

/// A regular expression that finds a number in a line.
struct MetricPattern: Sendable {
  private let expression: NSRegularExpression

  /// Nil for a text that is no regular expression.
  init?(_ pattern: String) {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return nil }
    self.expression = expression
  }

  var groups: Int { expression.numberOfCaptureGroups }

  /// What the first group of the line's last match says; nil without a match.
  func text(in line: String) -> String? {
    let whole = NSRange(line.startIndex..., in: line)
    guard let match = expression.matches(in: line, range: whole).last,
      let range = Range(match.range(at: 1), in: line)
    else { return nil }
    return String(line[range])
  }
}

/// The newest numbers in what a plain command prints: by patterns, or from lines of JSON.
final class PrintedMetrics: Sendable {
  private let patterns: [(name: String, pattern: MetricPattern)]
  private let names: Set<String>
  /// The newest of each: a number, or a text that is none.
  private let found = Mutex<[String: Found]>([:])

  private enum Found: Equatable {
    case number(Double)
    case text(String)
  }

  init(_ metrics: [PrintedMetric]) {
    patterns = metrics.compactMap { metric in
      metric.pattern.flatMap(MetricPattern.init).map { (metric.name, $0) }
    }
    names = Set(metrics.filter { $0.pattern == nil }.map(\.name))
  }

  var values: [String: Double] {
    found.withLock { $0.compactMapValues { if case .number(let number) = $0 { number } else { nil } } }
  }

  /// What a pattern has found that is no number.
  var complaint: String? {
    let texts = found.withLock { $0.compactMapValues { if case .text(let text) = $0 { text } else { nil } } }
    return texts.min { $0.key < $1.key }.map { name, text in
      "\(name): expected a number, found \(text). Make the pattern's group as long as the number, such as (\\S+)."
    }
  }

  func take(_ line: String) {
    for (name, pattern) in patterns {
      guard let text = pattern.text(in: line) else { continue }
      let value = Self.number(text).map(Found.number) ?? .text(text)
      found.withLock { $0[name] = value }
    }
    if !names.isEmpty, line.first == "{" { takeObject(line) }
  }

  /// A line of JSON, with NaN and Infinity as Python writes them.
  private func takeObject(_ line: String) {
    let strict = line.replacing(/-?\b(NaN|Infinity)\b/) { "\"\($0.output.0)\"" }
    guard
      case .object(let members)? = try? JSONDocumentDecoder().decode(JSONValue.self, from: Array(strict.utf8))
    else { return }
    for (name, value) in members where names.contains(name) {
      let value = DialogueMessage.number(value).map(Found.number) ?? .text(DialogueMessage.text(of: value))
      found.withLock { $0[name] = value }
    }
  }

  /// A number as programs print it, NaN and infinities too.
  private static func number(_ text: String) -> Double? {
    // As at the end of a sentence.
    Double(text.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: ",;:)]}")).trimmingSuffix("."))
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
