public import Randomness

/// Tries the points of a grid, each once, far apart at first.
///
/// A trial gets the first point in that order (`ParameterGrid.number(at:)`) that the constraints allow and
/// that was not measured, has not failed and is not at work: points that were tried before the study, by hand
/// or by a run that ended, are not tried again. After the last point configurations are drawn at random.
public struct GridSampler: Sampler {
  public var options: GridOptions
  private var progress: GridProgress?

  public init(_ options: GridOptions = GridOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    let kept = progress.take()
    var current = try GridProgress.advanced(kept, to: evidence, in: space, options: options)
    let next = try current.next(given: evidence)
    progress = current
    if let next { return next }
    return space.configuration(at: try space.allowedPoint(using: &random))
  }
}

/// How far along its order a grid has been tried.
private struct GridProgress: Sendable {
  private let options: GridOptions
  private let grid: ParameterGrid
  private var table: ObservationTable
  private var measured: Set<Configuration> = []
  /// All points before this place were measured.
  private var place = 0

  private init(_ space: SearchSpace, _ options: GridOptions) throws(SearchError) {
    self.options = options
    try options.validate(in: space, objectives: 1)
    grid = try ParameterGrid(space, options)
    table = ObservationTable(space: space)
  }

  static func advanced(
    _ kept: consuming GridProgress?, to evidence: Evidence, in space: SearchSpace,
    options: GridOptions
  ) throws(SearchError) -> GridProgress {
    var kept = kept
    let isBeginning =
      kept.map { $0.options == options && $0.table.isBeginning(of: evidence, in: space) } ?? false
    var progress: GridProgress
    if isBeginning, let old = kept.take() {
      progress = old
    } else {
      progress = try GridProgress(space, options)
    }
    for measurement in evidence.completed[progress.table.count...] {
      progress.measured.insert(measurement.configuration)
    }
    progress.table = try ObservationTable.advanced(progress.table, to: evidence, in: space)
    return progress
  }

  /// So many points that the constraints forbid are passed over for one proposal, at most.
  private static let mostForbidden = 1 << 20

  /// The first point that is not known; nil after the last, and where the constraints forbid too many.
  mutating func next(given evidence: Evidence) throws(SearchError) -> Configuration? {
    let outstanding = evidence.outstanding()
    let others = Set((outstanding.failed + outstanding.pending).map(\.configuration))
    var (isMeasured, forbidden) = (true, 0)
    for place in place..<grid.count {
      let configuration = grid.configuration(grid.number(at: place))
      let isAllowed = grid.space.isAllowed(configuration)
      isMeasured = isMeasured && (!isAllowed || measured.contains(configuration))
      if isMeasured { self.place = place + 1 }
      guard isAllowed else {
        forbidden += 1
        if forbidden > Self.mostForbidden { return nil }
        continue
      }
      if !measured.contains(configuration), !others.contains(configuration) { return configuration }
    }
    return nil
  }
}

extension GridSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension GridSampler: Codable {
  /// The options alone: what is kept follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try GridOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
