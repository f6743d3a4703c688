/// A space as CMA-ES sees it: numbers, of which integers have cells, and choices.
struct CMAESSpace: Sendable {
  let features: FeatureSpace
  /// The places of floats and integers among the parameters, `[n]`.
  let numbers: [Int]
  /// Of the numbers, `[n]`.
  let cells: [CellCoordinate]
  /// The places of the choices, and how many each has.
  let choices: [(place: Int, count: Int)]

  init(_ space: SearchSpace) {
    features = FeatureSpace(space)
    let domains = space.parameters.map(\.domain)
    numbers = domains.indices.filter { !domains[$0].isCategorical }
    cells = numbers.map { CellCoordinate(domains[$0]) }
    choices = domains.indices.filter { domains[$0].isCategorical }.map { ($0, domains[$0].count ?? 1) }
  }
}

extension CellCoordinate {
  /// How wide the cell at `unit` is; 0 in a continuum.
  func width(at unit: Double) -> Double {
    switch self {
    case .continuous: 0
    case .choices(let count): 1 / Double(count)
    case .ordered(let borders): borders[cell(of: unit) + 1] - borders[cell(of: unit)]
    }
  }
}
