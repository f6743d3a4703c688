import Glibc
import Randomness
import Search

/// What the final error of a virtual trial is a function of: a landscape over the unit cube of any search
/// space, whose lowest point the seed places. Values are about from 0 to 1.
public enum VirtualFunction: String, CaseIterable, Sendable {
  /// Σ wᵢ (uᵢ − uᵢ*)², Σ w = 1: smooth, with some parameters that matter more than others.
  case bowl
  /// Ackley (1987): a funnel in a plain of ripples.
  case ackley
  /// Rastrigin (1974): a bowl with a grid of local minima.
  case rastrigin
  /// Rosenbrock (1960): a bent valley; its lowest point is where every parameter is at 3/4 of its range.
  case rosenbrock
}

/// A function over one search space.
struct Landscape: Sendable {
  private let function: VirtualFunction
  private let space: SearchSpace
  private let optimum: [Double]
  private let weights: [Double]

  /// - Parameter number: tells the optima of one seed apart.
  init(_ function: VirtualFunction, over space: SearchSpace, seed: UInt64, number: Int = 0) {
    self.function = function
    self.space = space
    var random = CounterGenerator(seed: seed, purpose: .simulation, index: -1 - number)
    optimum = space.parameters.map { _ in 0.15 + 0.7 * random.nextUniform() }
    let drawn = space.parameters.map { _ in 0.1 + random.nextUniform() }
    weights = drawn.map { $0 / drawn.reduce(0, +) }
  }

  /// At least 0. A parameter that is not active adds nothing.
  func height(at configuration: Configuration) -> Double {
    var offsets: [Double] = []
    var places: [Double] = []
    var bowl = 0.0
    for (index, parameter) in space.parameters.enumerated() {
      guard let value = configuration[parameter.name], let place = parameter.domain.unit(of: value) else {
        continue
      }
      let offset = place - optimum[index]
      bowl += weights[index] * offset * offset
      offsets.append(offset)
      places.append(place)
    }
    guard !offsets.isEmpty else { return 0 }
    return switch function {
    case .bowl: bowl
    case .ackley: Self.ackley(offsets)
    case .rastrigin: Self.rastrigin(offsets)
    case .rosenbrock: Self.rosenbrock(places)
    }
  }

  private static func ackley(_ offsets: [Double]) -> Double {
    let x = offsets.map { 32 * $0 }
    let count = Double(x.count)
    let square = x.reduce(0) { $0 + $1 * $1 } / count
    let cosine = x.reduce(0) { $0 + cos(2 * Double.pi * $1) } / count
    return max(0, 20 - 20 * exp(-0.2 * square.squareRoot()) - exp(cosine) + exp(1)) / 22
  }

  private static func rastrigin(_ offsets: [Double]) -> Double {
    let x = offsets.map { 5 * $0 }
    return x.reduce(0) { $0 + $1 * $1 + 10 - 10 * cos(2 * Double.pi * $1) } / (40 * Double(x.count))
  }

  /// Its logarithm, because its values range over four orders of magnitude.
  private static func rosenbrock(_ places: [Double]) -> Double {
    let x = places.map { 4 * $0 - 2 }
    var sum = 0.0
    for (first, second) in zip(x, x.dropFirst()) {
      sum += 100 * (second - first * first) * (second - first * first) + (1 - first) * (1 - first)
    }
    if x.count == 1 { sum = (1 - x[0]) * (1 - x[0]) }
    return log(1 + sum) / log(3600 * Double(x.count))
  }
}
