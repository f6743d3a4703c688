/// What a forest expects of one hyperparameter's values, or of two hyperparameters' together, the others being what
/// they were in the measurements (Friedman, "Greedy function approximation", Annals of Statistics 29, 2001, §8.2).
public struct PartialDependence: Hashable, Codable, Sendable {
  /// One name or two.
  public var parameters: [String]
  /// In the unit cube, ascending; of a categorical hyperparameter a place for each choice. Of each parameter.
  public var places: [[Double]]
  /// Costs: for each of the first parameter's places the second one's.
  public var means: [Double]
  /// The standard deviation over the trees.
  public var deviations: [Double]

  /// How many measurements are averaged over, and how many places a continuum has.
  static let (mostRows, mostPlaces, mostPlacesOfPair) = (200, 25, 13)
}

extension RandomForest {
  /// Of the features `chosen`, one or two, of a space's parameters; `costs` are the rows' own, before any transform.
  func dependence(on chosen: [Int], in space: SearchSpace, costs: [Double]) -> PartialDependence {
    let most = chosen.count == 1 ? PartialDependence.mostPlaces : PartialDependence.mostPlacesOfPair
    let places = chosen.map { space.parameters[$0].domain.places(atMost: most) }
    let values = zip(chosen, places).map { feature, units in
      units.map { table.features[feature].value(at: $0) }
    }
    let grid =
      values.count == 1 ? values[0].map { [$0] } : values[0].flatMap { x in values[1].map { [x, $0] } }
    let stride = max(1, (table.count + PartialDependence.mostRows - 1) / PartialDependence.mostRows)
    let rows = Swift.stride(from: 0, to: table.count, by: stride).map { table[$0] }
    var (sums, squares) = (Array(repeating: 0.0, count: grid.count), Array(repeating: 0.0, count: grid.count))
    for tree in trees {
      let means = tree.moments(of: costs).means
      for (place, point) in grid.enumerated() {
        var sum = 0.0
        for var row in rows {
          for (feature, value) in zip(chosen, point) { row[feature] = value }
          sum += means[Int(tree.leaf(of: row))]
        }
        let mean = sum / Double(max(rows.count, 1))
        sums[place] += mean
        squares[place] += mean * mean
      }
    }
    let count = Double(max(trees.count, 1))
    let means = sums.map { $0 / count }
    return PartialDependence(
      parameters: chosen.map { space.parameters[$0].name }, places: places, means: means,
      deviations: zip(squares, means).map { max(0, $0 / count - $1 * $1).squareRoot() })
  }
}

extension TreeFeature {
  /// What a place of the unit cube is to a tree.
  func value(at unit: Double) -> Double {
    guard case .category(let count) = self else { return unit }
    return Double(min(Int(unit * Double(count)), count - 1))
  }
}

extension Domain {
  /// Whether all of them have a place in a picture of two hyperparameters.
  var hasFewChoices: Bool { !isCategorical || count ?? 0 <= 40 }

  /// Evenly over the range, in the middle of each choice where there are few of them.
  fileprivate func places(atMost most: Int) -> [Double] {
    if let count, count <= most || isCategorical {
      return (0..<count).map { (Double($0) + 0.5) / Double(count) }
    }
    return (0..<most).map { Double($0) / Double(most - 1) }
  }
}
