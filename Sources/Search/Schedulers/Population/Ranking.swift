import Randomness

/// A complete generation, the best member first.
struct Ranking {
  /// Members that did not fail, by cost, equal costs by age.
  let reached: [TrialID]
  /// By member.
  private let places: [Int]
  private let size: Int

  init(_ population: Generation) {
    reached = population.members.compactMap { member in
      member.cost.map { Ranked(cost: $0, trial: member.trial) }
    }.sorted().map(\.trial)
    size = population.members.count
    var places = Array(repeating: size, count: size)
    for (place, trial) in reached.enumerated() { places[trial.rawValue] = place }
    self.places = places
  }

  /// True for the last `count` places of the whole population, of which failed members hold the very last.
  func isAmongWorst(_ count: Int, _ member: TrialID) -> Bool { places[member.rawValue] >= size - count }

  /// One of the best `count` members that did not fail, each as likely as the other; there is at least one.
  func drawBest(_ count: Int, using random: inout CounterGenerator) -> TrialID {
    reached[random.nextIndex(below: min(count, reached.count))]
  }
}

extension CounterGenerator {
  /// Uniform in 0 ..< `count`, by one draw.
  mutating func nextIndex(below count: Int) -> Int { Int(nextUniform() * Double(count)) }
}

extension SearchSpace {
  /// Checks that explore has something to change, and that it can neither take away nor bring in a parameter
  /// that must not change.
  func validate(mutable: Set<String>) throws(SearchError) {
    let names = parameters.map(\.name)
    guard names.contains(where: mutable.contains) else {
      throw SearchError(
        subject: "search space", expected: "a hyperparameter that may change while a trial trains",
        found: "only \(names.joined(separator: ", "))",
        remedy: "Add one, such as learning_rate, or choose another scheduler.")
    }
    for parameter in parameters where !mutable.contains(parameter.name) {
      guard let condition = parameter.condition, mutable.contains(condition.parameter) else { continue }
      throw SearchError(
        subject: "parameter \(parameter.name)",
        expected:
          "a condition on a hyperparameter that stays as it is while a trial trains, as this one must",
        found: condition.parameter, remedy: "Remove the condition, or choose another scheduler.")
    }
  }
}
