import Randomness
import RealModule

/// One run of CMA-ES, from a start to a restart: the distribution of numbers, and weights for choices.
struct CMAESRun: Sendable {
  let population: Int
  /// Nil where the space has no numbers.
  private(set) var strategy: EvolutionStrategy?
  /// For each choice parameter the probabilities of its choices.
  private(set) var choices: [[Double]]
  private let space: CMAESSpace
  private let parameters: CMAParameters
  /// The best cost of each generation without violations.
  private var history: [Double] = []

  /// - Parameters:
  ///   - mean: of the numbers, in the unit cube.
  ///   - population: λ, at least 4.
  init(_ space: CMAESSpace, mean: [Double], sigma: Double, population: Int) {
    self.space = space
    self.population = population
    parameters = CMAParameters(dimension: max(space.numbers.count, 1), population: population)
    strategy = space.numbers.isEmpty ? nil : EvolutionStrategy(parameters, mean: mean, sigma: sigma)
    choices = space.choices.map { Array(repeating: 1 / Double($0.count), count: $0.count) }
  }

  /// Learns from λ rows, best first; NaN where a parameter is inactive.
  /// - Parameter best: the least cost among them that violates nothing.
  mutating func learn(from rows: [[Double]], best: Double?) {
    if let best { history.append(best) }
    if let strategy {
      let mean = strategy.mean
      // What is inactive, or an integer in the mean's own cell, says nothing of where to go.
      let points = rows.map { row in
        space.numbers.indices.map { k in
          let unit = row[space.numbers[k]]
          let isSilent = unit.isNaN || space.cells[k].isSameCell(unit, mean[k])
          return isSilent ? mean[k] : unit
        }
      }
      self.strategy?.update(by: points)
    }
    for (k, choice) in space.choices.enumerated() { learn(choice.place, of: rows, into: &choices[k]) }
  }

  /// Towards the choices of the parents, by their weights; each choice keeps a share, so that it is drawn now
  /// and then.
  private func learn(_ place: Int, of rows: [[Double]], into weights: inout [Double]) {
    let count = weights.count
    let degrees = space.choices.reduce(0) { $0 + $1.count - 1 }
    let rate = parameters.parentsEffective / (parameters.parentsEffective + Double(degrees))
    var target = Array(repeating: 0.0, count: count)
    for (weight, row) in zip(parameters.weights.prefix(parameters.parents), rows) {
      if row[place].isNaN {
        for c in 0..<count { target[c] += weight * weights[c] }
      } else {
        target[CellCoordinate.choices(count).cell(of: row[place])] += weight
      }
    }
    let least = 1 / Double(population * count)
    for c in 0..<count { weights[c] = max((1 - rate) * weights[c] + rate * target[c], least) }
    let sum = weights.reduce(0, +)
    for c in 0..<count { weights[c] /= sum }
  }

  /// A point of the unit cube, not snapped.
  func draw(using random: inout CounterGenerator) -> [Double] {
    var point = Array(repeating: 0.5, count: space.features.dimension)
    if let strategy {
      let normal = space.numbers.map { _ in random.nextNormal() }
      for (k, unit) in strategy.point(normal).enumerated() {
        point[space.numbers[k]] = Self.mirrored(unit + margin(k, of: strategy) * random.nextNormal())
      }
    }
    for (k, choice) in space.choices.enumerated() {
      var left = random.nextUniform()
      let drawn = choices[k].firstIndex { weight in
        left -= weight
        return left < 0
      }
      point[choice.place] = (Double(drawn ?? choice.count - 1) + 0.5) / Double(choice.count)
    }
    return point
  }

  /// The deviation that an integer lacks for its value to change once in λn draws from the middle of its
  /// cell: the lower bound of CMA-ES with Margin (Hamano, Saito, Nomura and Shirakawa, GECCO 2022) in the
  /// deviation's place.
  private func margin(_ k: Int, of strategy: EvolutionStrategy) -> Double {
    let width = space.cells[k].width(at: strategy.mean[k])
    guard width > 0 else { return 0 }
    let share = 1 / Double(population * space.numbers.count)
    let least = width / 2 / -NormalDistribution.quantile(min(share / 2, 0.25))
    let deviation = strategy.deviation(k)
    return Double.sqrt(max(least * least - deviation * deviation, 0))
  }

  /// A draw beyond a border comes back as far inside.
  private static func mirrored(_ unit: Double) -> Double {
    let folded = abs(unit).truncatingRemainder(dividingBy: 2)
    return folded > 1 ? 2 - folded : folded
  }

  /// Whether nothing more is to be expected: the distribution is a point or a needle, or no generation was
  /// better than an earlier one for 10 + ⌈30 n / λ⌉ generations.
  var isExhausted: Bool {
    if let strategy {
      let deviations = space.numbers.indices.map { k in
        strategy.deviation(k) / max(space.cells[k].width(at: strategy.mean[k]), 1e-6)
      }
      if deviations.allSatisfy({ $0 < 0.05 }), space.choices.isEmpty { return true }
      let values = strategy.eigen.values
      if let least = values.first, let most = values.last, most > 1e14 * max(least, 0) { return true }
    }
    let patience = 10 + (30 * max(space.numbers.count, 1) + population - 1) / population
    guard history.count > patience, let before = history.dropLast(patience).min() else { return false }
    return history.suffix(patience).allSatisfy { $0 >= before }
  }
}

extension CellCoordinate {
  /// Whether two coordinates stand for the same value of a discrete domain.
  fileprivate func isSameCell(_ a: Double, _ b: Double) -> Bool {
    if case .continuous = self { return false }
    return cell(of: a) == cell(of: min(max(b, 0), 1))
  }
}
