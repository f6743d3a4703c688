import Randomness

/// A member among others at equal progress.
struct Standing: Codable, Equatable, Sendable {
  var trial: TrialID
  /// Nil when it failed.
  var costs: CostVector?
  /// The first costs of its lineage, one a generation, the newest last.
  var recent: [Double] = []
  /// Whom it copied before this generation.
  var parent: TrialID?
}

/// Members that are compared: in the order in which they came, and the best first.
struct Standings: Codable, Equatable, Sendable {
  private var members: [Standing] = []
  /// Where each is among `members`.
  private var places: [TrialID: Int] = [:]
  /// Those that did not fail, the best first, equal costs by age.
  private var ranked: [Ranked] = []

  init() {}

  /// All at once. O(n log n).
  init(_ members: [Standing]) {
    self.members = members
    places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.trial, $0) })
    ranked = members.compactMap(\.rank).sorted()
  }

  var count: Int { members.count }
  var isAnyReached: Bool { !ranked.isEmpty }

  subscript(trial: TrialID) -> Standing? { places[trial].map { members[$0] } }

  /// One more; a member that was here before is another one now.
  mutating func insert(_ member: Standing) {
    if let place = places[member.trial] {
      if let rank = members[place].rank { ranked.remove(at: position(of: rank)) }
      members[place] = member
    } else {
      places[member.trial] = members.count
      members.append(member)
    }
    if let rank = member.rank { ranked.insert(rank, at: position(of: rank)) }
  }

  /// True for the last `count` places, of which failed members hold the very last.
  func isAmongWorst(_ count: Int, _ member: Standing) -> Bool {
    (member.rank.map(position) ?? members.count) >= members.count - count
  }

  /// One of the best `count` members that did not fail, each as likely as the other; there is at least one.
  func drawBest(_ count: Int, using random: inout CounterGenerator) -> TrialID {
    ranked[random.nextIndex(below: min(count, ranked.count))].trial
  }

  /// Another one, each as likely as the other; nil when there is none.
  func drawRival(of trial: TrialID, using random: inout CounterGenerator) -> Standing? {
    guard members.count > 1, let place = places[trial] else { return nil }
    let drawn = random.nextIndex(below: members.count - 1)
    return members[drawn < place ? drawn : drawn + 1]
  }

  private func position(of rank: Ranked) -> Int {
    ranked.place { $0 < rank }
  }
}

extension Standing {
  /// Members compare by the first cost, and those that break limits come after those that keep them.
  var cost: Double? { costs?.rankingCost }

  fileprivate var rank: Ranked? { cost.map { Ranked(cost: $0, trial: trial) } }
}

extension Array {
  /// Where the elements end of which `precedes` is true, which are the first ones. O(log n).
  func place(where precedes: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if precedes(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
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
      guard let parent = parameter.condition?.all.first(where: { mutable.contains($0.parameter) }) else {
        continue
      }
      throw SearchError(
        subject: "parameter \(parameter.name)",
        expected:
          "a condition on a hyperparameter that stays as it is while a trial trains, as this one must",
        found: parent.parameter, remedy: "Remove the condition, or choose another scheduler.")
    }
  }
}
