import RealModule

/// Crossover and mutation of one coordinate of the unit interval, as functions of a uniform number.
enum Variation {
  /// How near children stay to their parents (η_c). NSGA-II's experiments have 20; less leads farther, which
  /// a few hundred trials need.
  static let crossoverIndex = 10.0
  /// How near a mutant stays (η_m).
  static let mutationIndex = 10.0

  /// Simulated binary crossover within bounds (Deb and Agrawal, "Simulated binary crossover for continuous
  /// search space", Complex Systems 9, 1995, 115-148; bounded as in the C code of NSGA-II): the two children,
  /// lower first.
  static func crossed(_ a: Double, _ b: Double, at uniform: Double, index: Double = crossoverIndex) -> (
    low: Double, high: Double
  ) {
    let (low, high) = (min(a, b), max(a, b))
    guard high - low > 1e-14 else { return (low, high) }
    // The farther the bound, the wider the spread that the distribution may have.
    func spread(toBound distance: Double) -> Double {
      let alpha = 2 - Double.pow(1 + 2 * distance / (high - low), -(index + 1))
      let base = uniform <= 1 / alpha ? uniform * alpha : 1 / (2 - uniform * alpha)
      return Double.pow(base, 1 / (index + 1))
    }
    let middle = (low + high) / 2
    let half = (high - low) / 2
    return (max(middle - spread(toBound: low) * half, 0), min(middle + spread(toBound: 1 - high) * half, 1))
  }

  /// Polynomial mutation within bounds (Deb and Goyal, "A combined genetic adaptive search (GeneAS) for
  /// engineering design", Computer Science and Informatics 26, 1996, 30-45; bounded as in the C code of
  /// NSGA-II).
  static func mutated(_ x: Double, at uniform: Double, index: Double = mutationIndex) -> Double {
    let power = 1 / (index + 1)
    let change: Double
    if uniform < 0.5 {
      let value = 2 * uniform + (1 - 2 * uniform) * Double.pow(1 - x, index + 1)
      change = Double.pow(value, power) - 1
    } else {
      let value = 2 * (1 - uniform) + (2 * uniform - 1) * Double.pow(x, index + 1)
      change = 1 - Double.pow(value, power)
    }
    return min(max(x + change, 0), 1)
  }
}
