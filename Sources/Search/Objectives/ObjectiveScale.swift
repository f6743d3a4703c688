import RealModule

/// How the costs of several objectives become what Gaussian processes are told, in one scale for each objective.
///
/// Volumes are products of distances between costs, so that costs keep their distances where volumes are compared: up to
/// a tenth of the front's range beyond it (`ReferencePoint`), and in the better half of the measurements. What lies beyond
/// both is far from the front, however large it is; of it the logarithm's logarithm counts, so that a diverged run with a
/// cost of 10⁹ is a bad one and flattens nothing:
///
/// The bend lies no farther from the median than five times the median from the least cost: a diverged run may be on the
/// front by another objective.
///
///     t(c) = c up to the bend b, and b + w ln(1 + ln(1 + (c - b) / w)) above it, w the distance from the least cost to b
///
/// It has no step and no kink, and keeps the order. The logarithm alone would leave one such run twenty units away.
struct ObjectiveScale {
  /// Of one objective; nil where distances overflow, so that nothing but the order is left.
  private struct Bend {
    var least: Double
    var place: Double
    /// Above 0.
    var width: Double

    func value(of cost: Double) -> Double {
      cost > place ? place + width * Double.log(onePlus: Double.log(onePlus: (cost - place) / width)) : cost
    }
  }

  private let bends: [Bend?]
  /// How far a front reaches beyond the median at most, in distances of the median from the least cost.
  private static let frontReach = 5.0
  /// Of wider ones the square overflows.
  private static let widest = 1e150

  /// - Parameter vectors: all with as many costs, at least one. Where nothing keeps the limits, the front of all of
  ///   them has the reference point.
  init(of vectors: [CostVector]) {
    let reference =
      (ReferencePoint(of: vectors) ?? ReferencePoint(of: vectors.map { CostVector($0.costs) }))?.reference
    bends = (reference ?? []).indices.map { j in
      let costs = vectors.map { $0.costs[j] }.sorted()
      let median = costs[(costs.count - 1) / 2]
      // What has diverged may be on the front by another objective.
      let farthest = median + Self.frontReach * (median - costs[0])
      let front = max(reference?[j] ?? 0, median)
      let place = median > costs[0] ? min(front, farthest) : front
      let (width, reach) = (place - costs[0], costs[costs.count - 1] - place)
      guard width > 0, width < Self.widest, (reach / width).isFinite else { return nil }
      return Bend(least: costs[0], place: place, width: width)
    }
  }

  /// The targets of each objective, of mean 0 and variance 1, `[m][vectors]`.
  func targets(of vectors: [CostVector]) -> [[Double]] {
    bends.indices.map { j in
      let costs = vectors.map { $0.costs[j] }
      guard let bend = bends[j] else { return TargetTransform.targets(of: costs) }
      return TargetTransform.standardized(costs.map(bend.value))
    }
  }

  /// Each objective's costs with the least at 0 and the bend at 1, beyond it bent, `[m][vectors]`.
  func shares(of vectors: [CostVector]) -> [[Double]] {
    bends.indices.map { j in
      let costs = vectors.map { $0.costs[j] }
      guard let bend = bends[j] else { return Self.scaled(TargetTransform.targets(of: costs)) }
      return costs.map { (bend.value(of: $0) - bend.least) / bend.width }
    }
  }

  /// To [0, 1]; all 0 if they are equal.
  private static func scaled(_ values: [Double]) -> [Double] {
    guard let low = values.min(), let high = values.max(), high > low else { return values.map { _ in 0 } }
    return values.map { ($0 - low) / (high - low) }
  }
}
