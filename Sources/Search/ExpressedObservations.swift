/// Observations of a study whose space was changed since its first trials, as the present space can express
/// them: what it cannot is left out, so that a sampler meets nothing but configurations of its space.
struct ExpressedObservations: Sendable {
  private let space: SearchSpace
  private var expressed = Observations()
  /// How many measurements have been looked at, and their mark.
  private var seen = 0
  private var mark: Int?

  init(_ space: SearchSpace) { self.space = space }

  /// All of `observations` that can be expressed. O(d) for each new measurement, and for each trial at work or
  /// failed.
  mutating func advanced(to observations: Observations) -> Observations {
    if seen > observations.completed.count || mark != observations.mark(of: seen) {
      self = ExpressedObservations(space)
    }
    for var measurement in observations.completed[seen...] {
      guard let own = space.expressed(measurement.configuration) else { continue }
      measurement.configuration = own
      expressed.append(measurement)
    }
    seen = observations.completed.count
    mark = observations.mark(of: seen)
    expressed.pending = observations.pending.compactMapValues(space.expressed)
    expressed.failed = observations.failed.compactMapValues(space.expressed)
    expressed.fullBudget = observations.fullBudget
    expressed.plannedTrials = observations.plannedTrials
    return expressed
  }
}
