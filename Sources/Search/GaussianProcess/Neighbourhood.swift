import Randomness
import RealModule

/// A Gaussian process of the measurements around the best one, and the part of the space that they span.
///
/// A process of all measurements has one set of length scales for the whole space, and its targets are warped
/// so that bad regions do no harm; close to an optimum, where the function is nearly a quadratic form, both
/// cost precision. The nearest measurements on their own scale show that form. The neighbourhood shrinks by
/// itself as measurements gather around the best one, and grows or moves with a better one at its border: a
/// trust region (Eriksson, Pearce, Gardner, Turner and Poloczek, "Scalable global optimization via local
/// Bayesian optimization", NeurIPS 2019) without counters. What breaks limits is the best only while nothing keeps
/// them.
struct Neighbourhood {
  private let data: SurrogateData
  /// Rows of the table, the best first, then by distance from it.
  private let rows: [Int]
  private let best: [Double]
  private let box: SearchBox
  /// Features of what was begun in the box and has not come as far as the rows, the nearest first: trials that paused
  /// or were stopped. Whether they would be better is not known, and once they were at work it does not pay to begin
  /// others beside them for that.
  private let begun: [[Double]]

  /// The best row and those nearest to it, enough for a quadratic form's gradient and curvature along each
  /// coordinate; nil where there are too few of them, those at the largest budget alone.
  ///
  /// - Parameter center: the best row as a model of all has it; left out, by its own mean.
  init?(in data: SurrogateData, around center: Int? = nil) {
    let candidates = data.comparableRows
    guard candidates.count > data.space.dimension,
      let center = center ?? candidates.min(by: { data.table.isBetter($0, than: $1) })
    else { return nil }
    let distances = data.squaredDistances(of: candidates, from: center)
    let order = candidates.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    self.data = data
    let count = 10 + 6 * data.space.dimension
    rows = order.prefix(count).map { candidates[$0] }
    best = data.space.point(ofRow: data.table.point(center))
    box = Self.box(around: best, rows.map { data.space.point(ofRow: data.table.point($0)) }, in: data.space)
    begun = Array(Self.begun(in: data, beside: candidates, from: center, within: box).prefix(count))
  }

  private static func begun(
    in data: SurrogateData, beside compared: [Int], from center: Int, within box: SearchBox
  ) -> [[Double]] {
    var trials = Set(compared.map { data.table.trials[$0] })
    let rows = data.rows.filter { trials.insert(data.table.trials[$0]).inserted }
    let distances = data.squaredDistances(of: rows, from: center)
    let order = rows.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    return order.map { data.space.features(ofRow: data.table.point(rows[$0])) }
      .filter { box.contains($0, numeric: data.space.isNumeric) }
  }

  /// As far from the best in each coordinate as the median of the others is, and at least to the next value
  /// of a discrete one.
  private static func box(around best: [Double], _ points: [[Double]], in space: FeatureSpace) -> SearchBox {
    var box = SearchBox(dimension: best.count)
    for (j, kind) in space.kinds.enumerated() {
      let least: Double
      switch kind {
      case .continuous: least = 1e-4
      case .integer(let count): least = 1.01 / Double(count)
      case .categorical: continue
      }
      let reaches = points.map { abs($0[j] - best[j]) }.sorted()
      let reach = max(reaches[reaches.count / 2], least)
      box.lower[j] = max(0, best[j] - reach)
      box.upper[j] = min(1, best[j] + reach)
    }
    return box
  }

  /// The point of the cube to try next; nil where everything around the best was tried.
  func proposal(
    beside others: Evidence.Outstanding, expecting prior: OptimumPrior?, options: GaussianProcessOptions,
    using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    var points = PointSet(categorical: data.space.categorical, capacity: rows.count)
    for row in rows { points.append(data.space.features(ofRow: data.table.point(row))) }
    let means = rows.map { data.table.means[$0] }
    let targets = TargetTransform.standardized(means)
    let (noise, scale) = (ReplicateNoise(rows, of: data.table), TargetScale(of: means, as: targets))
    let noises = rows.map { noise.targetVariance(ofRow: $0, of: data.table, by: scale) }
    let beliefs = HyperparameterPrior(dimension: points.dimension)
    let hyperparameters = GaussianProcessHyperparameters.fitted(
      to: points, targets, noises: noises, prior: beliefs, from: beliefs.starts)
    var process = GaussianProcess(regularizing: hyperparameters, points: points, noises: noises)
    let (all, others) = (others, others.modelled)
    let added = try others.features(in: data).map { Array($0.prefix(data.space.dimension)) }
    let failed = added.prefix(others.failed.count).filter { box.contains($0, numeric: data.space.isNumeric) }
    let begun = begun.filter { !added.contains($0) }
    let outstanding = failed + added.dropFirst(others.failed.count) + begun
    process.extend(by: outstanding)
    process.condition(on: targets + failed.map { _ in targets.max() ?? 0 })
    var limits = limits(points)
    limits?.extend(by: outstanding)
    limits?.condition(on: rows, of: data.table, failed: failed.count)
    let kept = limits?.kept(measured: rows.map { data.table.meanViolations[$0] }, failed: failed.count)
    let capacity = max(128, options.starts)
    var terms = limits?.probabilities(capacity: capacity) ?? []
    // While nothing keeps the limits, to keep them is all that counts.
    if let incumbent = kept.map({ $0.map { process.means[$0] }.min() }) ?? process.incumbent {
      terms.append(
        PosteriorAcquisition(.logExpectedImprovement(incumbent: incumbent), of: process, capacity: capacity))
    }
    let search = AcquisitionSearch(
      of: SummedAcquisition(terms).weighted(by: prior, dimension: data.space.dimension), in: data.space,
      avoiding: data.configurations(of: rows, beside: try all.features(in: data) + begun),
      pool: options.candidates, starts: options.starts)
    return search.best(around: [best], within: box, using: &random)
  }

  /// Models of the limits that were broken here; nil where none was.
  private func limits(_ points: PointSet) -> LimitProcesses? {
    BrokenLimitSet(rows, of: data.table).map { limits in
      LimitProcesses(
        limits, LimitProcesses.fitted(limits, to: points, rows, of: data.table), points: points)
    }
  }
}

extension ObservationTable {
  /// The less violated row is better, then the one that costs less, by the means over replicates, then the earlier
  /// one.
  func isBetter(_ row: Int, than other: Int) -> Bool {
    (max(meanViolations[row], 0), means[row], row) < (max(meanViolations[other], 0), means[other], other)
  }
}

extension SurrogateData {
  /// Squared distances of rows from one of them, in the unit cube; two choices are 0 or 1 apart, and so are
  /// an active and an inactive value.
  fileprivate func squaredDistances(of rows: [Int], from center: Int) -> [Double] {
    let d = table.dimension
    let categorical = space.categorical
    return table.points.withUnsafeBufferPointer { points in
      rows.map { row in
        var sum = 0.0
        for j in 0..<d {
          let (a, b) = (points[row * d + j], points[center * d + j])
          let difference =
            categorical[j] || a.isNaN || b.isNaN ? (a == b || a.isNaN && b.isNaN ? 0 : 1) : a - b
          sum += difference * difference
        }
        return sum
      }
    }
  }

  /// These rows and others, as features without a budget.
  fileprivate func configurations(of rows: [Int], beside others: [[Double]]) -> PointSet {
    var known = PointSet(categorical: space.categorical, capacity: rows.count + others.count)
    for row in rows { known.append(space.features(ofRow: table.point(row))) }
    for features in others { known.append(Array(features.prefix(space.dimension))) }
    return known
  }
}

extension SearchBox {
  func contains(_ point: [Double], numeric: [Bool]) -> Bool {
    point.indices.allSatisfy { !numeric[$0] || (lower[$0]...upper[$0]).contains(point[$0]) }
  }
}
