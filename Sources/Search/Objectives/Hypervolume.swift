/// The volume that a set of cost vectors dominates below a reference point: how good the set is, in one
/// number that grows with every vector that nothing in the set dominates.
///
/// Exact for any number of objectives: with two, a sweep over the sorted front, O(n log n); with three, a
/// sweep along the third with the first two's staircase kept (after Beume, Fonseca, López-Ibáñez, Paquete and
/// Vahrenhold, "On the complexity of computing the hypervolume indicator", IEEE Transactions on Evolutionary
/// Computation 13(5), 2009), here with the staircase in an array: O(n²) at worst; with more, by exclusive
/// volumes (While, Bradstreet and Barone, "A fast way of calculating exact hypervolumes", IEEE Transactions
/// on Evolutionary Computation 16(1), 2012, WFG).
public enum Hypervolume {
  /// - Parameters:
  ///   - points: costs, lower is better; those not below the reference in every objective add nothing.
  ///   - reference: as many costs as each point has, at least one.
  public static func volume(of points: [[Double]], below reference: [Double]) -> Double {
    let inside = points.filter { point in zip(point, reference).allSatisfy { $0 < $1 } }
    guard !inside.isEmpty else { return 0 }
    switch reference.count {
    case 1: return reference[0] - inside.reduce(Double.infinity) { min($0, $1[0]) }
    case 2: return area(of: inside, below: reference)
    case 3: return sweep(inside, below: reference)
    default: return exclusiveVolumes(nondominated(inside), below: reference)
    }
  }

  /// What `point` dominates below the reference and nothing of `front` does: by how much it enlarges their volume.
  /// Of what it shares with each of them a volume of one vector less.
  public static func gain(of point: [Double], over front: [[Double]], below reference: [Double]) -> Double {
    let own = volume(of: [point], below: reference)
    return own - volume(of: front.map { zip($0, point).map(max) }, below: reference)
  }

  private static func area(of points: [[Double]], below reference: [Double]) -> Double {
    var (area, lowest) = (0.0, reference[1])
    for point in points.sorted(by: { $0.lexicographicallyPrecedes($1) }) where point[1] < lowest {
      area += (reference[0] - point[0]) * (lowest - point[1])
      lowest = point[1]
    }
    return area
  }

  private static func sweep(_ points: [[Double]], below reference: [Double]) -> Double {
    /// Nondominated in the first two, the first ascending and so the second descending.
    var stairs: [(x: Double, y: Double)] = []
    var (volume, area, height) = (0.0, 0.0, 0.0)
    for point in points.sorted(by: { $0[2] < $1[2] }) {
      volume += area * (stairs.isEmpty ? 0 : point[2] - height)
      height = point[2]
      let (x, y) = (point[0], point[1])
      // The first stair to the right of x; the one before it is left of x or at it.
      var (start, high) = (0, stairs.count)
      while start < high {
        let middle = (start + high) / 2
        if stairs[middle].x <= x { start = middle + 1 } else { high = middle }
      }
      if start > 0, stairs[start - 1].y <= y { continue }
      if start > 0, stairs[start - 1].x == x { start -= 1 }
      // Everything from here on that is no lower than y is dominated by the new stair.
      var end = start
      var (left, ceiling) = (x, start > 0 ? stairs[start - 1].y : reference[1])
      while end < stairs.count, stairs[end].y >= y {
        area += (stairs[end].x - left) * (ceiling - y)
        (left, ceiling) = (stairs[end].x, stairs[end].y)
        end += 1
      }
      area += ((end < stairs.count ? stairs[end].x : reference[0]) - left) * (ceiling - y)
      stairs.replaceSubrange(start..<end, with: [(x, y)])
    }
    return volume + area * (reference[2] - height)
  }

  /// The sum of what each point adds to those after it.
  private static func exclusiveVolumes(_ points: [[Double]], below reference: [Double]) -> Double {
    // In this order the sets that each point limits are small (While et al., section IV).
    let sorted = points.sorted { $1[$1.count - 1] < $0[$0.count - 1] }
    var volume = 0.0
    for (place, point) in sorted.enumerated() {
      let own = zip(point, reference).reduce(1) { $0 * ($1.1 - $1.0) }
      let limited = sorted[(place + 1)...].map { other in zip(other, point).map(max) }
      volume += own - (limited.isEmpty ? 0 : exclusiveVolumes(nondominated(limited), below: reference))
    }
    return volume
  }

  /// One of each vector that nothing dominates.
  private static func nondominated(_ points: [[Double]]) -> [[Double]] {
    let vectors = Array(Set(points)).sorted { $0.lexicographicallyPrecedes($1) }.map { CostVector($0) }
    return NondominatedSorting.front(of: vectors).map { vectors[$0].costs }
  }
}

/// Where volumes end: a little beyond the worst of a front, so that its extremes count and outliers do not.
public struct ReferencePoint: Hashable, Codable, Sendable {
  /// The least cost of the front in each objective.
  public var ideal: [Double]
  /// Beyond the front's greatest cost in each objective.
  public var reference: [Double]

  /// In each objective a tenth of the front's range beyond the front's worst. Where the front has no range,
  /// that of all that keeps the limits takes its place, and 1 where that has none either. Nil where nothing
  /// keeps the limits.
  public init?(of vectors: [CostVector]) {
    let feasible = vectors.filter(\.isFeasible)
    let front = NondominatedSorting.front(of: feasible).map { feasible[$0] }
    guard let first = front.first else { return nil }
    (ideal, reference) = ([], [])
    for j in first.costs.indices {
      let costs = front.map { $0.costs[j] }
      let (low, high) = (costs.min() ?? 0, costs.max() ?? 0)
      let all = feasible.map { $0.costs[j] }
      let range = high > low ? high - low : (all.max() ?? 0) - (all.min() ?? 0)
      ideal.append(low)
      reference.append(high + 0.1 * (range > 0 && range.isFinite ? range : 1))
    }
  }

  /// The volume of `points` below the reference, as a share of the box between it and the ideal: from 0 to 1.
  public func share(of points: [[Double]]) -> Double {
    Hypervolume.volume(of: points.map(scaled), below: ideal.map { _ in 1 })
  }

  /// By how much `point` enlarges the share of `front`.
  func gain(of point: [Double], over front: [[Double]]) -> Double {
    Hypervolume.gain(of: scaled(point), over: front.map(scaled), below: ideal.map { _ in 1 })
  }

  private func scaled(_ point: [Double]) -> [Double] {
    point.indices.map { (point[$0] - ideal[$0]) / (reference[$0] - ideal[$0]) }
  }
}
