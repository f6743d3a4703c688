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
    options: ForestOptions
  ) {
    self.prediction = prediction
    self.space = space
    self.known = known
    self.options = options
  }

  /// `promising` are the points of the best measurements, the best first; at least one.
  func best(around promising: [[Double]], using random: inout CounterGenerator) -> [Double] {
    // What the forest makes of the best measurements, rather than what chance made of one of them.
    let incumbent = prediction.evaluate(space.features(of: promising)).means.min() ?? 0
    let drawn = (0..<options.candidates).map { _ in space.randomPoint(using: &random) }
    var pool = evaluated(drawn, incumbent)
    pool.sort { $0.value > $1.value }
    let near = evaluated(Array(promising.prefix((options.starts + 1) / 2)), incumbent)
    var climbers = near + pool.prefix(options.starts - near.count)
    var met = Array(pool.prefix(32))
    for reach in Self.reaches {
      let neighbours = climbers.map { space.neighbours(of: $0.point, reach: reach, using: &random) }
      let values = evaluated(neighbours.flatMap { $0 }, incumbent)
      var start = 0
      for (k, own) in neighbours.enumerated() {
        let rivals = values[start..<start + own.count]
        start += own.count
        guard let best = rivals.max(by: { $0.value < $1.value }) else { continue }
        met.append(best)
        if best.value > climbers[k].value { climbers[k] = best }
      }
    }
    met.sort { $0.value > $1.value }
    let new = met.first { isNew($0) } ?? pool.first { isNew($0) }
    return new?.point ?? met.first?.point ?? pool[0].point
  }

  private func isNew(_ candidate: Candidate) -> Bool { !known.contains(space.features(of: candidate.point)) }

  private func evaluated(_ points: [[Double]], _ incumbent: Double) -> [Candidate] {
    let (means, variances) = prediction.evaluate(space.features(of: points))
    return points.indices.map { i in
      let improvement = LogExpectedImprovement.value(
        mean: means[i], deviation: max(variances[i].squareRoot(), Self.leastDeviation), incumbent: incumbent)
      // What the constraints refuse is worse than anything, so that no search ends there.
      let isAllowed = space.space.space.isAllowed(at: points[i])
      return Candidate(point: points[i], value: isAllowed ? improvement.value : -.infinity)
    }
  }
}

extension FeatureTable {
  func contains(_ row: [Double]) -> Bool {
    (0..<count).contains { i in row.indices.allSatisfy { values[$0 * stride + i] == row[$0] } }
  }
}
