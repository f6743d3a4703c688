/// The trials observed at one rung of a study with several objectives, and which of them may be promoted: of
/// n trials the first ⌊n / η⌋, front by front, and of the front that does not fit the members that lie
/// farthest apart.
///
/// MO-ASHA with the ε-net (Schmucker, Donini, Zafar, Salinas and Archambeau, "Multi-objective asynchronous
/// successive halving", 2021, arXiv 2106.12639). O(n log n) an observation with two objectives.
struct VectorRung: Codable, Equatable, Sendable {
  private let reduction: Int
  /// All trials observed, failed ones included.
  private(set) var count: Int
  private var trials: [TrialID] = []
  private var vectors: [CostVector] = []
  private var promoted: Set<TrialID> = []
  /// The trial to promote; nil when there is none before another observation.
  private(set) var next: TrialID?

  /// - Parameter failed: how many trials have failed here before the first one that did not.
  init(reduction: Int, failed: Int) {
    self.reduction = reduction
    count = failed
  }

  /// Takes a trial's costs; nil when it failed.
  mutating func insert(_ trial: TrialID, _ vector: CostVector?) {
    count += 1
    if let vector {
      trials.append(trial)
      vectors.append(vector)
    }
    findNext()
  }

  /// Takes out the best trial that may be promoted.
  mutating func promote() -> TrialID? {
    guard let trial = next else { return nil }
    promoted.insert(trial)
    findNext()
    return trial
  }

  private mutating func findNext() {
    next = Self.leaders(vectors, count: count / reduction).lazy.map { [trials] in trials[$0] }
      .first { [promoted] in !promoted.contains($0) }
  }

  /// The indices of the best `count` vectors, the best first; all, if there are no more.
  static func leaders(_ vectors: [CostVector], count: Int) -> [Int] {
    guard count > 0 else { return [] }
    let ranks = NondominatedSorting.ranks(of: vectors)
    let fronts = Dictionary(grouping: vectors.indices) { ranks[$0] }
    var leaders: [Int] = []
    for (_, front) in fronts.sorted(by: { $0.key < $1.key }) where leaders.count < count {
      let net = Crowding.net(of: front.map { vectors[$0] }, count: count - leaders.count)
      leaders += net.map { front[$0] }
    }
    return leaders
  }
}
