/// Trials whose outcome a sampler does not see in the measurements it learns from: those at work and those
/// that failed.
struct OutstandingTrials {
  /// Rows as an `ObservationTable` has them, by trial.
  let rows: [[Double]]
  private let keys: Set<[Double]>

  /// More of them are at work or failed than any estimate needs; the newest say the most.
  private static let most = 1024

  /// Those of `evidence` that have no measurement at `budget`.
  /// - Throws: what `SearchSpace.validate(_:)` throws for a configuration from another space.
  init(
    _ evidence: Evidence, unmeasuredAt budget: Int, in ranked: RankedMeasurements
  ) throws(SearchError) {
    let outstanding = evidence.outstanding(unmeasuredAt: budget)
    let trials = (outstanding.failed + outstanding.pending).sorted { $0.trial < $1.trial }
    var rows: [[Double]] = []
    for (_, configuration) in trials.suffix(Self.most) {
      rows.append(try ranked.table.space.row(of: configuration))
    }
    self.rows = rows
    keys = Set(rows.map(RankedMeasurements.key))
  }

  /// Whether `point` makes a configuration that was measured, has failed or is at work.
  func isKnown(_ point: [Double], of space: FeatureSpace, in ranked: RankedMeasurements) -> Bool {
    let active = space.isActive(at: point)
    let row = point.indices.map { active[$0] ? point[$0] : .nan }
    return ranked.contains(row) || contains(row)
  }

  private func contains(_ row: [Double]) -> Bool {
    !keys.isEmpty && keys.contains(RankedMeasurements.key(row))
  }
}
