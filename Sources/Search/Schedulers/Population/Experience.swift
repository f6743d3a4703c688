import Randomness

/// What a population has been through, as population based bandits see it: how much the cost fell in a
/// generation under these hyperparameters (Parker-Holder, Nguyen and Roberts, "Provably efficient online
/// hyperparameter optimization with population-based bandits", NeurIPS 2020, arXiv 2002.02518).
struct Experience: Codable, Equatable, Sendable {
  /// One member's generation.
  struct Step: Codable, Equatable, Sendable {
    /// The mutable numbers in the unit cube, `[names.count]`; 1/2 where inactive.
    var point: [Double]
    var turn: Int
    /// How much lower the cost was than one generation before in the lineage.
    var improvement: Double
  }

  private let space: SearchSpace
  /// The places of the mutable numbers among the space's parameters.
  private let places: [Int]
  /// The oldest first.
  private(set) var steps: [Step] = []

  init(space: SearchSpace, mutable: Set<String>) {
    self.space = space
    places = space.parameters.indices.filter { place in
      let parameter = space.parameters[place]
      return mutable.contains(parameter.name) && !parameter.domain.isCategorical
    }
  }

  /// The mutable numbers.
  var names: [String] { places.map { space.parameters[$0].name } }

  /// - Throws: `SearchError` when there is no number to learn about.
  func validate() throws(SearchError) {
    guard places.isEmpty else { return }
    throw SearchError(
      subject: "search space", expected: "a number that may change while a trial trains, for explore: bandit",
      found: "none", remedy: "Add one, such as learning_rate, or write explore: perturb.")
  }

  mutating func append(
    _ configuration: Configuration, turn: Int, improvement: Double, keeping limit: Int
  ) {
    // Of a member from before the space was changed there may be nothing to learn.
    guard let own = space.expressed(configuration) else { return }
    steps.append(Step(point: point(of: own), turn: turn, improvement: improvement))
    if steps.count > limit { steps.removeFirst(steps.count - limit) }
  }

  private func point(of configuration: Configuration) -> [Double] {
    let whole = space.fittedPoint(of: configuration)
    return places.map { whole[$0] }
  }

  /// `base` with the numbers that promise most in the turn after `turn`.
  func proposal(
    from base: Configuration, turn: Int, others: [Configuration], candidates: Int,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try LinearAlgebra.load()
    var whole = try space.point(of: base)
    let pending = others.map(point)
    let bandit = TimeVaryingBandit(steps, pending: pending, turn: turn + 1)
    var best: (value: Double, point: [Double])?
    for _ in 0..<candidates {
      let candidate = places.map { _ in random.nextUniform() }
      let value = bandit.upperBound(at: candidate)
      if best.map({ value > $0.value }) ?? true { best = (value, candidate) }
    }
    if let best { for (place, unit) in zip(places, best.point) { whole[place] = unit } }
    return space.configuration(at: try space.repaired(whole, using: &random))
  }
}

/// Options of explore by population based bandits.
public struct BanditOptions: Hashable, Codable, Sendable {
  /// Points at which the process is asked for each clone, at least 1.
  public var candidates: Int
  /// The newest members' generations that the process knows, at least 2; a suggestion costs their cube.
  public var maximumObservations: Int
  /// With this probability a choice, which has no place in the process, is drawn anew.
  public var resampleProbability: Double

  public init(candidates: Int = 500, maximumObservations: Int = 100, resampleProbability: Double = 0.25) {
    self.candidates = candidates
    self.maximumObservations = maximumObservations
    self.resampleProbability = resampleProbability
  }

  func validate() throws(SearchError) {
    try check("explore.candidates", candidates, atLeast: 1, atMost: 1_000_000, remedy: "Write 500.")
    try check(
      "explore.maximum_observations", maximumObservations, atLeast: 2, atMost: 10_000,
      remedy: "Write 100.")
    try check(
      "explore.resample_probability", resampleProbability, "a number from 0 to 1",
      where: (0...1).contains(resampleProbability), remedy: "Write 0.25.")
  }
}
