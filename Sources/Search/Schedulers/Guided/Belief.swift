import Randomness
import RealModule

/// A distribution over the unit cube, coordinate by coordinate: a user's guess of where the optimum lies, or a
/// neighbourhood of a configuration.
struct Belief: Codable, Equatable, Sendable {
  enum Coordinate: Codable, Equatable, Sendable {
    case uniform
    /// Normal around a centre in [0, 1], truncated to the interval.
    case near(Double, deviation: Double)
    /// One of `count` cells with probability `weight`, the others share the rest.
    case mostly(Int, count: Int, weight: Double)
  }

  /// One for each parameter of the space.
  var coordinates: [Coordinate]

  /// - Parameter deviation: of numbers, in the unit interval; what a choice has less than certainty.
  init(around point: [Double], in space: SearchSpace, deviation: Double) {
    coordinates = zip(space.parameters, point).map { parameter, unit in
      guard parameter.domain.isCategorical, let count = parameter.domain.count else {
        return .near(unit, deviation: deviation)
      }
      let weight = max(1 / Double(count), 1 - deviation)
      return .mostly(min(Int(unit * Double(count)), count - 1), count: count, weight: weight)
    }
  }

  init(_ coordinates: [Coordinate]) { self.coordinates = coordinates }

  /// One draw for each coordinate.
  func draw(using random: inout CounterGenerator) -> [Double] {
    coordinates.map { coordinate in
      let place = random.nextUniform()
      switch coordinate {
      case .uniform: return place
      case .near(let centre, let deviation):
        let (low, high) = Self.ends(centre, deviation)
        // The draw's distance from 0 and 1 keeps the quantile finite.
        let share = min(max(low + place * (high - low), 1e-15), 1 - 1e-15)
        return min(max(centre + deviation * NormalDistribution.quantile(share), 0), 1)
      case .mostly(let cell, let count, let weight):
        guard count > 1, place >= weight else { return (Double(cell) + 0.5) / Double(count) }
        let other = min(Int((place - weight) / (1 - weight) * Double(count - 1)), count - 2)
        return (Double(other < cell ? other : other + 1) + 0.5) / Double(count)
      }
    }
  }

  /// The density's logarithm at a point; 0 for the uniform distribution.
  func logDensity(at point: [Double]) -> Double {
    zip(coordinates, point).reduce(0) { sum, pair in
      let (coordinate, unit) = pair
      switch coordinate {
      case .uniform: return sum
      case .near(let centre, let deviation):
        let (low, high) = Self.ends(centre, deviation)
        let offset = (unit - centre) / deviation
        return sum - offset * offset / 2 - NormalDistribution.logSquareRootOf2Pi
          - Double.log(deviation * (high - low))
      case .mostly(let cell, let count, let weight):
        let isCell = min(Int(unit * Double(count)), count - 1) == cell
        let probability = isCell ? weight : (1 - weight) / Double(max(1, count - 1))
        return sum + Double.log(max(probability * Double(count), 1e-300))
      }
    }
  }

  /// Φ at the interval's ends.
  private static func ends(_ centre: Double, _ deviation: Double) -> (low: Double, high: Double) {
    func cumulative(_ x: Double) -> Double { Double.erfc(-x / Double.sqrt(2)) / 2 }
    return (cumulative(-centre / deviation), cumulative((1 - centre) / deviation))
  }
}
