/// Evidence of a study whose space was changed since its first trials, as the present space can express
/// them: what it cannot is left out, so that a sampler meets nothing but configurations of its space.
struct ExpressedEvidence: Sendable {
  private let space: SearchSpace
  private var expressed = Evidence()
  /// How many measurements have been looked at, and their mark.
  private var seen = 0
  private var mark: Int?

  init(_ space: SearchSpace) { self.space = space }

  /// All of `evidence` that can be expressed. O(d) for each new measurement, and for each trial at work or
  /// failed.
  mutating func advanced(to evidence: Evidence) -> Evidence {
    if seen > evidence.completed.count || mark != evidence.mark(of: seen) {
      self = ExpressedEvidence(space)
    }
    expressed.readingsAreFolds = evidence.readingsAreFolds
    for row in evidence.completed.indices[seen...] {
      var measurement = evidence.completed[row]
      guard let own = space.expressed(measurement.configuration) else { continue }
      measurement.configuration = own
      expressed.append(measurement, begun: evidence.firstTrial(after: row).rawValue)
    }
    seen = evidence.completed.count
    mark = evidence.mark(of: seen)
    expressed.adoptTrials(of: evidence, as: space.expressed)
    return expressed
  }
}
