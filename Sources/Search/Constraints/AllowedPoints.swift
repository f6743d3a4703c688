public import Randomness

// Points that the constraints allow, by rejection: of what a space allows nothing is known but whether a
// point is. In a space without constraints every function here costs one draw.
extension SearchSpace {
  /// How many draws are made before a space counts as one that allows nothing.
  static let mostDraws = 10_000

  /// A point drawn uniformly from what is allowed.
  /// - Throws: `SearchError` when none of `mostDraws` draws is.
  public func allowedPoint(using random: inout CounterGenerator) throws(SearchError) -> [Double] {
    for _ in 0..<Self.mostDraws {
      let point = uniformPoint(using: &random)
      if isAllowed(at: point) { return point }
    }
    throw SearchError(
      subject: "search space", expected: "configurations that the constraints allow",
      found: "none among \(Self.mostDraws) drawn at random",
      remedy:
        "Loosen \(constraints.map(\.text).joined(separator: "; ")), or narrow the ranges to where it holds.")
  }

  /// Checks that the constraints allow something, as far as random draws tell; always the same draws.
  /// - Throws: what `allowedPoint(using:)` throws.
  public func validateAllowsSome() throws(SearchError) {
    var random = CounterGenerator(seed: 0, purpose: .proposal)
    _ = try allowedPoint(using: &random)
  }

  /// `draw`'s first allowed point; after a thousand the last one as it is, which `repaired(_:using:)` can
  /// mend.
  func drawn(_ draw: () -> [Double]) -> [Double] {
    var point = draw()
    guard !constraints.isEmpty else { return point }
    for _ in 1..<1000 where !isAllowed(at: point) { point = draw() }
    return point
  }

  /// `point` if it is allowed, else an allowed one near it.
  ///
  /// Of 32 random neighbours at a time, from a fiftieth of the range away to all of it, the nearest that is
  /// allowed, pulled back towards `point` by halving for as long as it stays allowed. If none is, any allowed
  /// point.
  /// - Throws: what `allowedPoint(using:)` throws.
  public func repaired(
    _ point: [Double], using random: inout CounterGenerator
  ) throws(SearchError) -> [Double] {
    guard !isAllowed(at: point) else { return point }
    for reach in [0.02, 0.05, 0.1, 0.2, 0.4, 0.8] {
      var best: (point: [Double], distance: Double)?
      for _ in 0..<32 {
        let neighbour = neighbour(of: point, within: reach, using: &random)
        let distance = zip(point, neighbour).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if distance < best?.distance ?? .infinity, isAllowed(at: neighbour) { best = (neighbour, distance) }
      }
      if let best { return pulled(best.point, towards: point) }
    }
    return try allowedPoint(using: &random)
  }

  /// `configuration` if it is allowed, else an allowed one near it.
  /// - Throws: what `validate(_:)` throws but for constraints, and what `allowedPoint(using:)` throws.
  public func repaired(
    _ configuration: Configuration, using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    guard !isAllowed(configuration) else { return configuration }
    return self.configuration(at: try repaired(point(of: configuration), using: &random))
  }

  /// Moved by at most `reach` in some coordinates; a choice, which has no neighbours, drawn anew.
  func neighbour(
    of point: [Double], within reach: Double, using random: inout CounterGenerator
  ) -> [Double] {
    var moved = point
    // At least one coordinate in expectation, and up to all of them.
    let share = max(random.nextUniform(), 1 / Double(point.count))
    for j in point.indices where random.nextUniform() < share {
      let draw = random.nextUniform()
      moved[j] = parameters[j].domain.isCategorical ? draw : min(max(point[j] + reach * (2 * draw - 1), 0), 1)
    }
    return moved
  }

  /// The allowed end of ten halvings of the way from `point`, which is allowed, to `forbidden`.
  private func pulled(_ point: [Double], towards forbidden: [Double]) -> [Double] {
    var (allowed, refused) = (point, forbidden)
    for _ in 0..<10 {
      let middle = zip(allowed, refused).map { ($0 + $1) / 2 }
      if isAllowed(at: middle) { allowed = middle } else { refused = middle }
    }
    return allowed
  }
}

extension Sampler {
  /// A proposal that the constraints allow, whatever the sampler knows of them.
  /// - Throws: what `propose` throws, and `SearchError` when the space seems to allow nothing.
  public mutating func proposeAllowed(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    let proposal = try propose(trial, in: space, given: evidence, using: &random)
    return try space.repaired(proposal, using: &random)
  }

  /// What `choose` answers, a new trial's configuration one that the constraints allow.
  /// - Throws: what `choose` throws, and `SearchError` when the space seems to allow nothing.
  public mutating func chooseAllowed(
    _ trial: TrialID, among paused: [PausedTrial], in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> NextTrial? {
    let choice = try choose(trial, among: paused, in: space, given: evidence, using: &random)
    guard case .begin(let proposal) = choice else { return choice }
    return .begin(try space.repaired(proposal, using: &random))
  }
}
