import Search
import Tuner

extension RunOutcome {
  /// Whose best value lies at an edge of its range, and that a wider one may hold a better one.
  func edges(of configuration: Configuration) -> [String] {
    study.space.edges(of: configuration).map { edge in
      "\(edge.name) \(edge.value.rounded) is at the \(edge.isUpper ? "upper" : "lower") end of \(edge.domain); "
        + "a wider range may do better"
    }
  }

  /// What is indented below the first word of a line.
  private static let indent = 13

  /// A line that is wider than a log may be, in several; commands and paths stay whole, so that they can be pasted.
  static func folded(_ line: String) -> [String] {
    let name = line.dropFirst(2).prefix { $0 != " " }
    guard line.hasPrefix("  "),
      ["best", "ties", "limits", "schedule", "edge", "front", "failures"].contains(name)
    else { return [line] }
    let lines = LogText.broken(String(line.dropFirst(indent)), columns: LogText.widest - indent)
    return lines.enumerated().map { place, text in
      (place == 0 ? String(line.prefix(indent)) : String(repeating: " ", count: indent)) + text
    }
  }
}

extension ParameterValue {
  /// With four significant digits.
  fileprivate var rounded: String {
    switch self {
    case .number(let number): shortText(number, digits: 4)
    case .text(let text): text
    }
  }
}
