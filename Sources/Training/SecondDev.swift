/// A second dev split, which no decision sees: it tells how far a search has come to suit the first one.
public enum SecondDev {
  private static let prefix = "\(DataPart.secondDev.rawValue)_"

  /// What a metric of the dev split is called there: of `dev_accuracy` `second_dev_accuracy`.
  public static func name(of metric: String) -> String {
    prefix + metric.dropFirst(DataPart.dev.rawValue.count + 1)
  }

  /// Whether a metric is one of the dev split, so that the second one has it, too.
  static func measures(_ metric: String) -> Bool { metric.hasPrefix("\(DataPart.dev.rawValue)_") }

  /// The metric of the dev split that one of the second split belongs to; nil for any other.
  public static func metric(named name: String) -> String? {
    name.hasPrefix(prefix) ? "\(DataPart.dev.rawValue)_\(name.dropFirst(prefix.count))" : nil
  }
}

extension Trainer {
  /// The objectives on the second dev split, of the model as the dev split measured it; empty where there is
  /// none, and without what is no number there: a trial does not fail by what nothing decides. Collective.
  mutating func measureSecondDev() throws(TrainingError) -> [String: Double] {
    guard let names = configuration.secondDevMetrics, data.count(of: .secondDev) > 0 else { return [:] }
    var tallies = tallies(of: configuration.taskMetrics.map { $0.filter(names.contains) } ?? [])
    do throws(TrainingError) {
      let found = try evaluate(on: .secondDev, into: &tallies)
      let wanted = Set(names.map(SecondDev.name))
      return found.filter { wanted.contains($0.key) }
    } catch {
      switch error {
      // The same on all ranks, since it is of the sums over them.
      case .diverged, .invalid: return [:]
      default: throw error
      }
    }
  }
}

extension TrainingConfiguration {
  /// What is wrong with a second dev split.
  var secondDevProblems: [TrainingError] {
    guard let secondDev = split.secondDev, secondDev > 0 else { return [] }
    let reason =
      if data.dev != nil {
        "0 beside a dev split with files of its own, which nothing is cut from"
      } else if secondDevMetrics?.isEmpty ?? true {
        "0, where no objective is measured on the dev split"
      } else { String?.none }
    guard let reason else { return [] }
    return [
      .invalid(
        subject: "split.second_dev", expected: reason, found: "\(HyperparameterValue.number(secondDev))",
        remedy: "Leave it out.")
    ]
  }
}
