/// How one coordinate of the unit cube is divided, for estimates of densities.
enum CellCoordinate: Sendable {
  /// A continuum, or so many values that they look like one.
  case continuous
  /// Ordered values. Value k owns the coordinates from `borders[k]` to `borders[k + 1]`, the first 0 and the
  /// last 1.
  case ordered(borders: [Double])
  /// Choices, each with an equal part of the coordinates.
  case choices(Int)

  /// Finer cells than this are much narrower than any kernel.
  private static let finest = 256

  init(_ domain: Domain) {
    switch domain.count {
    case let count? where domain.isCategorical: self = .choices(count)
    case let count? where count <= Self.finest: self = .ordered(borders: Self.borders(domain))
    default: self = .continuous
    }
  }

  /// Whether its kernels have a bandwidth.
  var isNumeric: Bool {
    if case .choices = self { false } else { true }
  }

  /// Which cell `unit` lies in; 0 in a continuum.
  func cell(of unit: Double) -> Int {
    switch self {
    case .continuous: return 0
    case .choices(let count): return min(Int(unit * Double(count)), count - 1)
    case .ordered(let borders):
      var (low, high) = (0, borders.count - 2)
      while low < high {
        let middle = (low + high + 1) / 2
        if borders[middle] <= unit { low = middle } else { high = middle - 1 }
      }
      return low
    }
  }

  /// Found by bisection of `value(at:)`, so that every discrete domain, on whatever scale, says it once.
  private static func borders(_ domain: Domain) -> [Double] {
    var borders = [0.0]
    let last = domain.value(at: 1)
    while let start = borders.last {
      let value = domain.value(at: start)
      if value == last { break }
      var (low, high) = (start, 1.0)
      while true {
        let middle = low + (high - low) / 2
        if middle <= low || middle >= high { break }
        if domain.value(at: middle) == value { low = middle } else { high = middle }
      }
      borders.append(high)
    }
    return borders + [1]
  }
}
