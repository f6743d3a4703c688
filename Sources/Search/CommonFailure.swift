extension History {
  /// The reason that most failed jobs give, and how many do; of equals the first one. Nil when none failed.
  public var commonFailure: (reason: String, jobs: Int)? {
    var counts: [(reason: String, jobs: Int)] = []
    for case .failed(let reason) in trials.flatMap(\.segments).map(\.outcome) {
      if let place = counts.firstIndex(where: { $0.reason == reason }) {
        counts[place].jobs += 1
      } else {
        counts.append((reason, 1))
      }
    }
    return counts.reduce(nil) { most, next in next.jobs > most?.jobs ?? 0 ? next : most }
  }
}
