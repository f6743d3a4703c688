/// Metrics that a part of their name tells apart, such as the number in `top_7_accuracy`.
struct MetricFamily: Sendable {
  /// With a capital letter for the number, `top_K_accuracy`, or a word for another metric.
  let pattern: String
  let tasks: Set<TaskKind>
  /// Of all of them; nil where members differ.
  let goal: Metric.Goal?
  /// A sentence for people.
  let summary: String
  /// Nil for another name, and for a number that there is no metric of.
  let member: @Sendable (_ name: String) -> (any TaskMetric)?
}

extension TaskMetrics {
  static let families: [MetricFamily] = [
    MetricFamily(
      pattern: "top_K_accuracy", tasks: TopAccuracy(2).tasks, goal: .maximize,
      summary: "The same for any K from 1."
    ) { name in
      guard let number = Int(number(in: name, after: "top_", before: "_accuracy")), number >= 1 else {
        return nil
      }
      return name == "top_\(number)_accuracy" ? TopAccuracy(number) : nil
    },
    MetricFamily(
      pattern: "pinball_Q", tasks: Pinball(percent: 50).tasks, goal: .minimize,
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
    MetricFamily(
      pattern: "\(WorstGroup.prefix)METRIC", tasks: WorstGroup.possibleTasks, goal: nil,
      summary:
        "The worst of `accuracy`, or of another metric of this table, over the groups of `data.group_column`."
    ) { name in
      guard name.hasPrefix(WorstGroup.prefix) else { return nil }
      let metric = String(name.dropFirst(WorstGroup.prefix.count))
      if metric == Accuracy().name { return WorstGroup(Accuracy()) }
      return named(metric).flatMap { WorstGroup($0) }
    },
  ]

  private static func number(in name: String, after prefix: String, before suffix: String) -> String {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else {
      return ""
    }
    return String(name.dropFirst(prefix.count).dropLast(suffix.count))
  }
}
