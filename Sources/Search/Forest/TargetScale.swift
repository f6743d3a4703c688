/// How costs become targets, settled by the costs that were there when a tree was made.
///
/// A monotone function: `TargetTransform` at the costs that it was made from, linear between them; below the
/// least with the slope of the least half, above the greatest constant.
struct TargetScale: Sendable {
  /// Ascending, without repetition, `[k]`; and their targets.
  private(set) var costs: [Double] = []
  private(set) var targets: [Double] = []
  /// Of the cheapest half.
  private(set) var slope = 0.0

  init(of all: some Collection<Double>) {
    let sorted = all.sorted()
    self.init(ascending: sorted, TargetTransform.targets(of: sorted))
  }

  /// Of costs that another transform made targets of.
  init(of costs: [Double], as targets: [Double]) {
    let order = costs.indices.sorted { costs[$0] < costs[$1] }
    self.init(ascending: order.map { costs[$0] }, order.map { targets[$0] })
  }

  private init(ascending sorted: [Double], _ all: [Double]) {
    for (cost, target) in zip(sorted, all) where cost != costs.last {
      costs.append(cost)
      targets.append(target)
    }
    let middle = costs.count / 2
    guard middle > 0, (costs[middle] - costs[0]).isFinite else { return }
    slope = (targets[middle] - targets[0]) / (costs[middle] - costs[0])
  }

  /// The same without the costs above `most`, unless they all are.
  func upTo(_ most: Double) -> TargetScale {
    var scale = self
    while scale.costs.count > 1, let last = scale.costs.last, last > most {
      scale.costs.removeLast()
      scale.targets.removeLast()
    }
    return scale
  }

  func target(of cost: Double) -> Double {
    var (low, high) = (0, costs.count)
    while low < high {
      let middle = (low + high) / 2
      if costs[middle] < cost { low = middle + 1 } else { high = middle }
    }
    guard low < costs.count else { return targets.last ?? 0 }
    guard costs[low] != cost else { return targets[low] }
    // Many times further than any target lies from another, an infinite distance is as good as a finite one.
    guard low > 0 else { return max(targets[0] + slope * max(cost - costs[0], -1e300), -1e3) }
    let width = costs[low] - costs[low - 1]
    let share = width.isFinite ? (cost - costs[low - 1]) / width : 0.5
    return targets[low - 1] + share * (targets[low] - targets[low - 1])
  }
}
