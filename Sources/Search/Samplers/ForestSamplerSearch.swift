import Randomness
import RealModule

/// Finds a point with a large expected improvement under a forest.
///
/// A forest has no gradient: random points and the best measured ones start local searches, which go to the
/// best point that differs in one coordinate as long as it is better, at first over long and then over short
/// distances (SMAC's search: Hutter, Hoos and Leyton-Brown, LION 2011). All searches advance together, a
/// batch at a time.
struct ForestSearch {
  private let prediction: ForestPrediction
  private let space: ForestSpace
  /// What is proposed again only if nothing else was met.
  private let known: FeatureTable
  private let prior: OptimumPrior?
  private let options: ForestOptions

  /// The steps of a local search, by how far a number may move.
  private static let reaches = [0.5, 0.2, 0.2, 0.1, 0.05, 0.02]
  /// Where all trees agree, they are this far from certain: in standard deviations of all that was measured.
  private static let leastDeviation = 1e-3

  private struct Candidate {
    var point: [Double]
    var value: Double
  }

  init(
    of prediction: ForestPrediction, in space: ForestSpace, avoiding known: FeatureTable,
    expecting prior: OptimumPrior?, options: ForestOptions
  ) {
    self.prediction = prediction
    self.space = space
    self.known = known
    self.prior = prior
    self.options = options
  }

  /// `promising` are the points of the best measurements, `[n, d]` by row, the best first; at least one.
  func best(around promising: [Double], using random: inout CounterGenerator) -> [Double] {
    // What the forest makes of the best measurements, rather than what chance made of one of them.
    let incumbent = prediction.evaluate(space.features(of: promising)).means.min() ?? 0
    let near = Array(promising.prefix((options.starts + 1) / 2 * space.dimension))
    let nearValues = values(of: near, incumbent)
    var climbers = candidates(near, nearValues, nearValues.indices)
    let drawn = space.randomPoints(options.candidates, using: &random)
    let drawnValues = values(of: drawn, incumbent)
    let order = Self.bestPlaces(max(32, options.starts), of: drawnValues)
    let bestDrawn = candidates(drawn, drawnValues, order)
    climbers += bestDrawn.prefix(options.starts - climbers.count)
    var met = Array(bestDrawn.prefix(32))
    for reach in Self.reaches {
      let neighbours = space.neighbours(of: climbers.map(\.point), reach: reach, using: &random)
      let values = values(of: neighbours, around: climbers.flatMap(\.point), incumbent)
      var start = 0
      for (k, end) in neighbours.ends.enumerated() {
        defer { start = end }
        guard var best = (start..<end).first else { continue }
        for i in start..<end where values[i] > values[best] { best = i }
        met.append(Candidate(point: point(best, of: neighbours.points), value: values[best]))
        if values[best] > climbers[k].value { climbers[k] = met[met.count - 1] }
      }
    }
    met.sort { $0.value > $1.value }
    if let new = met.first(where: isNew) { return new.point }
    let all = candidates(drawn, drawnValues, Self.bestPlaces(drawnValues.count, of: drawnValues))
    return (all.first(where: isNew) ?? met[0]).point
  }

  private static func bestPlaces(_ most: Int, of values: [Double]) -> [Int] {
    values.map { -$0 }.placesOfLowest(most)
  }

  private func isNew(_ candidate: Candidate) -> Bool { !known.contains(space.features(of: candidate.point)) }

  private func values(
    of neighbours: ForestSpace.Neighbours, around points: [Double], _ incumbent: Double
  ) -> [Double] {
    let features = space.features(of: neighbours.points)
    // Under conditions a choice may change more features than its own.
    guard !space.isConditional else {
      return values(of: neighbours.points, incumbent, prediction.evaluate(features))
    }
    let predicted = prediction.evaluate(
      features, near: space.features(of: points), ends: neighbours.ends, differingAt: neighbours.coordinates)
    return values(of: neighbours.points, incumbent, predicted)
  }

  /// Some of points `[n, d]` by row.
  private func candidates(
    _ points: [Double], _ values: [Double], _ places: some Sequence<Int>
  ) -> [Candidate] {
    places.map { Candidate(point: point($0, of: points), value: values[$0]) }
  }

  private func values(of points: [Double], _ incumbent: Double) -> [Double] {
    values(of: points, incumbent, prediction.evaluate(space.features(of: points)))
  }

  private func point(_ i: Int, of points: [Double]) -> [Double] {
    Array(points[i * space.dimension..<(i + 1) * space.dimension])
  }

  private func values(
    of points: [Double], _ incumbent: Double, _ predicted: (means: [Double], variances: [Double])
  ) -> [Double] {
    let isConstrained = !space.space.space.constraints.isEmpty
    return predicted.means.indices.map { i in
      // What the constraints refuse is worse than anything, so that no search ends there.
      if isConstrained, !space.space.space.isAllowed(at: point(i, of: points)) { return -.infinity }
      let improvement = LogExpectedImprovement.value(
        mean: predicted.means[i], deviation: max(predicted.variances[i].squareRoot(), Self.leastDeviation),
        incumbent: incumbent
      ).value
      return improvement + (prior?.logWeight(at: space.space.features(of: point(i, of: points))).value ?? 0)
    }
  }
}

extension FeatureTable {
  func contains(_ row: [Double]) -> Bool {
    (0..<count).contains { i in row.indices.allSatisfy { values[$0 * stride + i] == row[$0] } }
  }
}
