import RealModule

/// How lonely the members of one front are: which of equally good vectors to keep so that the front stays
/// wide.
public enum Crowding {
  /// The crowding distance of each vector among the others of its front (Deb et al., 2002, section III-B): in
  /// each objective the distance between its two neighbours, as a share of the front's range, summed.
  /// Infinite for the extremes.
  public static func distances(of front: [CostVector]) -> [Double] {
    var distances = Array(repeating: 0.0, count: front.count)
    guard let first = front.first else { return [] }
    for objective in first.costs.indices {
      let order = front.indices.sorted {
        (front[$0].costs[objective], $0) < (front[$1].costs[objective], $1)
      }
      guard let least = order.first, let most = order.last else { continue }
      let range = front[most].costs[objective] - front[least].costs[objective]
      distances[least] = .infinity
      distances[most] = .infinity
      guard range > 0, range.isFinite else { continue }
      for (place, index) in order.enumerated().dropFirst().dropLast() {
        let gap = front[order[place + 1]].costs[objective] - front[order[place - 1]].costs[objective]
        distances[index] += gap / range
      }
    }
    return distances
  }

  /// The first `count` of a front's indices when each next one is the farthest from all before it, in costs
  /// scaled to the front's range; the first is the best of the first objective. All, if there are no more.
  ///
  /// The ε-net of Schmucker, Donini, Zafar, Salinas and Archambeau, "Multi-objective asynchronous successive
  /// halving" (2021, arXiv 2106.12639, section 3). O(count · n).
  public static func net(of front: [CostVector], count: Int) -> [Int] {
    guard let first = front.indices.min(by: { (front[$0].costs[0], $0) < (front[$1].costs[0], $1) }),
      count > 0
    else { return [] }
    let lows = front[first].costs.indices.map { j in front.reduce(Double.infinity) { min($0, $1.costs[j]) } }
    let highs = lows.indices.map { j in front.reduce(-Double.infinity) { max($0, $1.costs[j]) } }
    let points = front.map { vector in
      // Halved before the difference, which would overflow for costs of opposite sign near the largest
      // number.
      lows.indices.map { j in
        let range = highs[j] / 2 - lows[j] / 2
        return range > 0 ? (vector.costs[j] / 2 - lows[j] / 2) / range : 0
      }
    }
    var chosen = [first]
    var nearest = points.map { squaredDistance($0, points[first]) }
    nearest[first] = -1
    while chosen.count < min(count, front.count) {
      // The farthest; of equally far ones the first.
      guard let next = nearest.indices.max(by: { (nearest[$0], -$0) < (nearest[$1], -$1) }) else { break }
      chosen.append(next)
      for index in nearest.indices where nearest[index] >= 0 {
        nearest[index] = min(nearest[index], squaredDistance(points[index], points[next]))
      }
      nearest[next] = -1
    }
    return chosen
  }

  private static func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
