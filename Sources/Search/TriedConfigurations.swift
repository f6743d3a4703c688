import Randomness

/// What a study has tried of values that can be counted, measured or not, so that nothing is proposed again
/// while something is left.
///
/// A question costs one look into a set. In the place of a known configuration comes a new one as near to it
/// as a few random neighbours are; where they are all known, the next new one of the whole space, if that is
/// finite and small enough to be counted through once in a study, else one of many random draws. Noise is
/// measured by replicates, not by repeated proposals.
struct TriedConfigurations: Sendable {
  private let space: SearchSpace
  /// Parameters whose values are a continuum.
  private let continua: [String]
  private var known: Set<Configuration> = []
  /// The whole space, made when it is first needed.
  private var all: Whole?

  private enum Whole: Sendable {
    /// So many points that random draws meet a new one.
    case vast
    /// All points before `place` of its order are known, or forbidden by the constraints.
    case counted(ParameterGrid, place: Int)
    /// Nothing is left.
    case exhausted
  }

  /// So many points are counted through at most.
  private static let mostCounted = 1 << 20
  private static let reaches = [0.05, 0.1, 0.2, 0.4, 0.8]
  private static let neighbours = 16
  private static let draws = 1000

  init(_ space: SearchSpace) {
    self.space = space
    continua = space.parameters.filter { if case .float = $0.domain { true } else { false } }.map(\.name)
  }

  /// Of numbers of a continuum something is always left, and whoever proposes one again means it.
  mutating func insert(_ configuration: Configuration) {
    guard !continua.contains(where: { configuration[$0] != nil }) else { return }
    known.insert(configuration)
  }

  func contains(_ configuration: Configuration) -> Bool { known.contains(configuration) }

  /// `proposal`, if it was not tried; else an allowed one that was not, while there is one.
  /// - Throws: what `SearchSpace.validate()` throws.
  mutating func new(
    for proposal: Configuration, using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    guard known.contains(proposal) else { return proposal }
    // A branch of few values beside a continuum: any draw from it is new.
    guard continua.isEmpty else { return drawn(using: &random) ?? proposal }
    let whole: Whole
    if let all { whole = all } else { whole = try Self.whole(of: space) }
    all = whole
    if case .exhausted = whole { return proposal }
    if let near = neighbour(of: space.fittedPoint(of: proposal), using: &random) { return near }
    switch whole {
    case .exhausted: return proposal
    case .vast: return drawn(using: &random) ?? proposal
    case .counted(let grid, let place):
      for place in place..<grid.count {
        let configuration = grid.configuration(grid.number(at: place))
        guard isNew(configuration) else { continue }
        all = .counted(grid, place: place)
        return configuration
      }
      all = .exhausted
      return proposal
    }
  }

  private static func whole(of space: SearchSpace) throws(SearchError) -> Whole {
    let counts = space.parameters.map(\.domain.count)
    guard counts.map({ $0 ?? .max }).sumSaturating <= mostCounted else { return .vast }
    let most = counts.reduce(1) { max($0, $1 ?? 1) }
    let grid = try ParameterGrid(space, GridOptions(resolution: most))
    return grid.count <= mostCounted ? .counted(grid, place: 0) : .vast
  }

  private func isNew(_ configuration: Configuration) -> Bool {
    !known.contains(configuration) && space.isAllowed(configuration)
  }

  /// The nearest new one of a few random neighbours, at the least distance at which there is one.
  private func neighbour(of point: [Double], using random: inout CounterGenerator) -> Configuration? {
    for reach in Self.reaches {
      var best: (configuration: Configuration, distance: Double)?
      for _ in 0..<Self.neighbours {
        let neighbour = space.neighbour(of: point, within: reach, using: &random)
        let distance = zip(point, neighbour).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        guard distance < best?.distance ?? .infinity else { continue }
        let configuration = space.configuration(at: neighbour)
        if isNew(configuration) { best = (configuration, distance) }
      }
      if let best { return best.configuration }
    }
    return nil
  }

  private func drawn(using random: inout CounterGenerator) -> Configuration? {
    for _ in 0..<Self.draws {
      let configuration = space.configuration(at: space.uniformPoint(using: &random))
      if isNew(configuration) { return configuration }
    }
    return nil
  }
}
