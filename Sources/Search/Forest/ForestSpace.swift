import Randomness

/// A search space as a forest sees it.
///
/// A point is one of the unit cube, snapped to what its parameters can be. Its features are the numbers
/// themselves and the numbers of the choices; an inactive number is below all others, an inactive choice a
/// choice of its own, so that a tree can part the configurations that have a parameter from those that do
/// not.
struct ForestSpace {
  let space: FeatureSpace
  let features: [TreeFeature]
  private let counts: [Int?]
  private let isConditional: Bool

  init(_ space: SearchSpace) {
    self.space = FeatureSpace(space)
    counts = space.parameters.map { $0.domain.isCategorical ? $0.domain.count : nil }
    features = counts.map { $0.map { .category(count: $0 + 1) } ?? .number }
    isConditional = space.parameters.contains { $0.condition != nil }
  }

  var dimension: Int { features.count }

  /// Of a row of an `ObservationTable`, in which NaN is inactive.
  func features(ofRow row: some Collection<Double>) -> [Double] {
    zip(row, counts).map { unit, count in
      guard let count else { return unit.isNaN ? -1 : unit }
      return unit.isNaN ? Double(count) : Double(min(Int(unit * Double(count)), count - 1))
    }
  }

  func features(of point: [Double]) -> [Double] {
    guard isConditional else { return features(ofRow: point) }
    let active = space.isActive(at: point)
    return features(ofRow: point.indices.map { active[$0] ? point[$0] : .nan })
  }

  /// The features of points, `[count, d]` by row.
  func features(of points: [[Double]]) -> [Double] {
    var all: [Double] = []
    all.reserveCapacity(points.count * dimension)
    for point in points { all += features(of: point) }
    return all
  }

  func randomPoint(using random: inout CounterGenerator) -> [Double] {
    space.snapped(space.space.randomPoint(using: &random))
  }

  /// Points that differ from `point` in one active coordinate: four for a number, within `reach` of it, and
  /// one for each other choice, of many choices four.
  func neighbours(of point: [Double], reach: Double, using random: inout CounterGenerator) -> [[Double]] {
    let active = isConditional ? space.isActive(at: point) : nil
    var found: [[Double]] = []
    for j in point.indices where active?[j] ?? true {
      let others: [Double]
      if let count = counts[j], count <= 5 {
        others = (0..<count).map { (Double($0) + 0.5) / Double(count) }
      } else if counts[j] != nil {
        others = (0..<4).map { _ in space.snapped(random.nextUniform(), at: j) }
      } else {
        others = (0..<4).map { _ in
          space.snapped(Self.folded(point[j] + reach * (2 * random.nextUniform() - 1)), at: j)
        }
      }
      for other in others where other != point[j] {
        var neighbour = point
        neighbour[j] = other
        found.append(neighbour)
      }
    }
    return found
  }

  /// Reflected at the ends of [0, 1]: otherwise half of the steps from an end would end there.
  private static func folded(_ unit: Double) -> Double { unit < 0 ? -unit : unit > 1 ? 2 - unit : unit }
}
