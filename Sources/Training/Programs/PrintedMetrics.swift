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
  private let found = Mutex<[String: Double]>([:])
  private let unreadable = Mutex<(name: String, text: String)?>(nil)

  init(_ metrics: [PrintedMetric]) {
    patterns = metrics.compactMap { metric in
      metric.pattern.flatMap(MetricPattern.init).map { (metric.name, $0) }
    }
    names = Set(metrics.filter { $0.pattern == nil }.map(\.name))
  }

  var values: [String: Double] { found.withLock { $0 } }

  /// What a pattern has found that is no number.
  var complaint: String? {
    unreadable.withLock { $0.map { "\($0.name): expected a number, found \($0.text)" } }
  }

  func take(_ line: String) {
    for (name, pattern) in patterns {
      guard let text = pattern.text(in: line) else { continue }
      if let number = Self.number(text) {
        found.withLock { $0[name] = number }
      } else {
        unreadable.withLock { $0 = $0 ?? (name, text) }
      }
    }
    guard !names.isEmpty, line.first == "{",
      case .object(let members)? = try? JSONDocumentDecoder().decode(JSONValue.self, from: Array(line.utf8))
    else { return }
    for (name, value) in members where names.contains(name) {
      if let number = DialogueMessage.number(value) { found.withLock { $0[name] = number } }
    }
  }

  /// A number as programs print it, NaN and infinities too.
  private static func number(_ text: String) -> Double? { Double(text.lowercased()) }
}
