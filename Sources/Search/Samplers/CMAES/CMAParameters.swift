import RealModule

/// The default strategy parameters (Hansen, "The CMA evolution strategy: a tutorial", arXiv 1604.00772, Table
/// 1).
///
/// Notation as there: n dimension, λ population, μ parents, μ_eff their variance effective number.
struct CMAParameters: Sendable {
  let dimension: Int
  let population: Int
  let parents: Int
  let parentsEffective: Double
  /// w, of the best to the worst, `[λ]`: the first μ sum to 1, the others are at most 0.
  let weights: [Double]
  let sigmaRate: Double
  let sigmaDamping: Double
  let pathRate: Double
  /// c₁ and c_μ.
  let rankOneRate: Double
  let rankMuRate: Double
  /// About the expected length of a standard normal vector.
  let expectedLength: Double

  /// λ = 4 + ⌊3 ln n⌋.
  static func defaultPopulation(dimension: Int) -> Int {
    4 + Int(3 * Double.log(Double(max(dimension, 1))))
  }

  /// - Parameter population: at least 4.
  init(dimension: Int, population: Int) {
    let n = Double(dimension)
    self.dimension = dimension
    self.population = population
    parents = population / 2
    let raw = (1...population).map { Double.log((Double(population) + 1) / 2) - Double.log(Double($0)) }
    func effective(_ weights: ArraySlice<Double>) -> Double {
      let sum = weights.reduce(0, +)
      return sum * sum / weights.reduce(0) { $0 + $1 * $1 }
    }
    let effective = (parents: effective(raw[..<parents]), others: effective(raw[parents...]))
    parentsEffective = effective.parents
    let rankOne = 2 / ((n + 1.3) * (n + 1.3) + effective.parents)
    let rankMu = min(
      1 - rankOne - 1e-8,
      2 * (effective.parents - 2 + 1 / effective.parents) / ((n + 2) * (n + 2) + effective.parents))
    let least = min(
      1 + rankOne / rankMu, 1 + 2 * effective.others / (effective.parents + 2),
      (1 - rankOne - rankMu) / (n * rankMu))
    let positive = raw.reduce(0) { $0 + max($1, 0) }
    let negative = raw.reduce(0) { $0 + max(-$1, 0) }
    weights = raw.map { $0 >= 0 ? $0 / positive : $0 * least / negative }
    rankOneRate = rankOne
    rankMuRate = rankMu
    let sigmaRate = (effective.parents + 2) / (n + effective.parents + 5)
    self.sigmaRate = sigmaRate
    sigmaDamping = 1 + 2 * max(0, Double.sqrt((effective.parents - 1) / (n + 1)) - 1) + sigmaRate
    pathRate = (4 + effective.parents / n) / (n + 4 + 2 * effective.parents / n)
    expectedLength = Double.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))
  }
}
