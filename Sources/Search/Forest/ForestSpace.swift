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
  private let choices: [(place: Int, count: Int)]
  /// Where no parameter has a condition, points that differ in one coordinate differ in one feature.
  let isConditional: Bool

  init(_ space: SearchSpace) {
    self.space = FeatureSpace(space)
    counts = space.parameters.map { $0.domain.isCategorical ? $0.domain.count : nil }
    features = counts.map { $0.map { .category(count: $0 + 1) } ?? .number }
    choices = counts.enumerated().compactMap { place, count in count.map { (place, $0) } }
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

  /// The features of points, `[count, d]` by row.
  func features(of points: [Double]) -> [Double] {
    var features = points
    for (j, count) in choices {
      for i in stride(from: j, to: features.count, by: dimension) {
        features[i] = Double(min(Int(features[i] * Double(count)), count - 1))
      }
    }
    guard isConditional else { return features }
    for start in stride(from: 0, to: points.count, by: dimension) {
      let active = space.isActive(at: Array(points[start..<start + dimension]))
      for j in 0..<dimension where !active[j] { features[start + j] = counts[j].map(Double.init) ?? -1 }
    }
    return features
  }

  /// `[count, d]` by row, snapped.
  func randomPoints(_ count: Int, using random: inout CounterGenerator) -> [Double] {
    var points: [Double]
    if space.space.constraints.isEmpty {
      points = random.nextUniforms(count * dimension)
    } else {
      points = (0..<count).flatMap { _ in space.space.randomPoint(using: &random) }
    }
    for start in stride(from: 0, to: points.count, by: dimension) {
      for j in 0..<dimension { points[start + j] = space.snapped(points[start + j], at: j) }
    }
    return points
  }

  /// Points `[count, d]` by row that are neighbours of some others: first those of the first one, up to its
  /// end.
  struct Neighbours {
    fileprivate(set) var points: [Double] = []
    /// In which one each differs.
    fileprivate(set) var coordinates: [Int32] = []
    fileprivate(set) var ends: [Int] = []

    fileprivate mutating func append(_ point: [Double], with value: Double, at j: Int) {
      guard value != point[j] else { return }
      points += point
      points[points.count - point.count + j] = value
      coordinates.append(Int32(j))
    }
  }

  /// Points that differ from one of `points` in one active coordinate: four for a number, within `reach` of
  /// it, and one for each other choice, of many choices four.
  func neighbours(
    of points: some Collection<[Double]>, reach: Double, using random: inout CounterGenerator
  ) -> Neighbours {
    var found = Neighbours()
    found.points.reserveCapacity(4 * dimension * dimension * points.count)
    found.coordinates.reserveCapacity(4 * dimension * points.count)
    for point in points {
      addNeighbours(of: point, reach: reach, to: &found, using: &random)
      found.ends.append(found.coordinates.count)
    }
    return found
  }

  private func addNeighbours(
    of point: [Double], reach: Double, to found: inout Neighbours, using random: inout CounterGenerator
  ) {
    let active = isConditional ? space.isActive(at: point) : nil
    for j in point.indices where active?[j] ?? true {
      if let count = counts[j], count <= 5 {
        for choice in 0..<count { found.append(point, with: (Double(choice) + 0.5) / Double(count), at: j) }
        continue
      }
      for draw in random.nextUniforms(4) {
        let place = counts[j] == nil ? Self.folded(point[j] + reach * (2 * draw - 1)) : draw
        found.append(point, with: space.snapped(place, at: j), at: j)
      }
    }
  }

  /// Reflected at the ends of [0, 1]: otherwise half of the steps from an end would end there.
  private static func folded(_ unit: Double) -> Double { unit < 0 ? -unit : unit > 1 ? 2 - unit : unit }
}
