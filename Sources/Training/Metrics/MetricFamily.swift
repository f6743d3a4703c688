/// Metrics that a number in their name tells apart, such as `top_7_accuracy`.
struct MetricFamily: Sendable {
  /// With a capital letter for the number, `top_K_accuracy`.
  let pattern: String
  /// One of them, for its task and goal.
  let example: any TaskMetric
  /// A sentence for people.
  let summary: String
  /// Nil for another name, and for a number that there is no metric of.
  let member: @Sendable (_ name: String) -> (any TaskMetric)?
}

extension TaskMetrics {
  static let families: [MetricFamily] = [
    MetricFamily(
      pattern: "top_K_accuracy", example: TopAccuracy(2),
      summary: "The same for any K from 1."
    ) { name in
      guard let number = Int(number(in: name, after: "top_", before: "_accuracy")), number >= 1 else {
        return nil
      }
      return name == "top_\(number)_accuracy" ? TopAccuracy(number) : nil
    },
    MetricFamily(
      pattern: "pinball_Q", example: Pinball(percent: 50),
      summary: "The same for any quantile Q between 0 and 1, such as 0.975, or any percentage from 1 to 99."
    ) { name in
      let text = number(in: name, after: "pinball_", before: "")
      if let percent = Int(text) {
        return (1...99).contains(percent) && name == "pinball_\(percent)" ? Pinball(percent: percent) : nil
      }
      guard text.hasPrefix("0."), text.dropFirst(2).allSatisfy(\.isNumber), let quantile = Double(text),
        quantile > 0, quantile < 1
      else { return nil }
      return Pinball(quantile: quantile, name: name)
    },
  ]

  private static func number(in name: String, after prefix: String, before suffix: String) -> String {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else {
      return ""
    }
    return String(name.dropFirst(prefix.count).dropLast(suffix.count))
  }
}
