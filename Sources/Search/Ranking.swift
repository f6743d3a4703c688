/// A state of a trial that has been measured, as one of those that a study chooses between.
public protocol Rankable: Sendable {
  /// Whose newest state it is; of replicates, the trial that they are of.
  var ranked: TrialID { get }
  /// Of equal states the one of the first job is ahead.
  var job: JobID { get }
  /// Cumulative, in the study's unit.
  var budget: Int { get }
  /// Of replicates the mean.
  var costs: CostVector { get }
  /// What decides between equal costs: lower is better; nil comes last.
  var devLoss: Double? { get }
}

/// What decides between states of equal costs, where the trainee measures it; lower is better.
public enum TieBreaker {
  public static let metric = "dev_loss"
}

extension Rankable {
  /// Limits come first, then the first objective, then the dev loss. A total order.
  public func isAhead(of other: Self) -> Bool {
    (costs.violation, costs.costs[0], devLoss ?? .infinity, job)
      < (other.costs.violation, other.costs.costs[0], other.devLoss ?? .infinity, other.job)
  }

  /// Whether nothing but the dev loss, or the order in time, tells them apart.
  func ties(with other: Self) -> Bool {
    (costs.violation, costs.costs[0]) == (other.costs.violation, other.costs.costs[0])
  }
}

/// Who wins a study: the one rule of headline, tables, kept weights, `test` and exports.
///
/// Compared are the trials that have come as far as three of them have (as all have, while there are fewer), each by
/// its newest reading and not by its luckiest; of replicates by their mean. A trial that went farther than the others
/// is among them, with what it reached there.
///
/// A reading costs O(1), but where the budget at which trials are compared moves, or one of the first three falls
/// behind: then O(trials).
public struct Ranking<State: Rankable>: Sendable {
  /// How many trials must have reached a budget for trials to be compared there.
  private static var enough: Int { 3 }
  /// How many places are told: those whose weights are kept.
  private static var placeCount: Int { 3 }

  private var newest: [TrialID: State] = [:]
  /// The newest states of the trials that went farthest, the largest budget first; at most `enough`.
  private var farthest: [State] = []
  /// The first three, the winner first.
  public private(set) var places: [State] = []

  public init() {}

  public var winner: State? { places.first }

  /// The budget that a trial must have reached to be compared; nil while there is none.
  public var budget: Int? { farthest.last?.budget }

  /// The first three and those that went farther than trials are compared at: whatever is measured next, the winner is
  /// then one of these or the new one. At most five.
  public var contenders: [State] {
    places
      + farthest.filter { ahead in
        ahead.budget > budget ?? 0 && !places.contains { $0.ranked == ahead.ranked }
      }
  }

  /// How many states share the winner's costs, itself among them. O(trials).
  public var tied: Int {
    guard let winner else { return 0 }
    return compared.count { $0.ties(with: winner) }
  }

  /// All trials, the winner first; those that are not compared yet follow, the farthest first. O(n log n).
  public var ordered: [State] {
    let least = budget ?? 0
    return newest.values.sorted { first, second in
      let (far, near) = (min(first.budget, least), min(second.budget, least))
      return far == near ? first.isAhead(of: second) : far > near
    }
  }

  /// Takes a trial's newest reading.
  public mutating func take(_ state: State) {
    let (least, before) = (budget, newest.updateValue(state, forKey: state.ranked))
    noteBudget(of: state, before)
    let place = places.firstIndex { $0.ranked == state.ranked }
    if let place, state.budget >= budget ?? 0, !places[place].isAhead(of: state), budget == least {
      places.remove(at: place)
    } else if place != nil || budget != least {
      places = []
      for state in compared { insert(state) }
      return
    }
    if state.budget >= budget ?? 0 { insert(state) }
  }

  private var compared: some Sequence<State> {
    newest.values.lazy.filter { [least = budget ?? 0] in $0.budget >= least }
  }

  private mutating func insert(_ state: State) {
    places.insert(state, at: places.firstIndex { state.isAhead(of: $0) } ?? places.count)
    if places.count > Self.placeCount { places.removeLast() }
  }

  private mutating func noteBudget(of state: State, _ before: State?) {
    let place = farthest.firstIndex { $0.ranked == state.ranked }
    if place != nil, let before, state.budget < before.budget {
      // Another trial may have gone farther: rare, as states seldom go back.
      farthest = Array(
        newest.values.sorted { ($1.budget, $0.ranked) < ($0.budget, $1.ranked) }.prefix(Self.enough))
      return
    }
    if let place { farthest.remove(at: place) }
    farthest.insert(state, at: farthest.firstIndex { $0.budget < state.budget } ?? farthest.count)
    if farthest.count > Self.enough { farthest.removeLast() }
  }
}
