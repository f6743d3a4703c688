import Randomness
import RealModule

/// A part of the unit cube, between two corners.
struct SearchBox: Equatable, Sendable {
  /// `[d]`, from 0 to 1.
  var lower: [Double]
  /// `[d]`, not below `lower`.
  var upper: [Double]

  /// The whole cube.
  init(dimension: Int) {
    lower = Array(repeating: 0, count: dimension)
    upper = Array(repeating: 1, count: dimension)
  }

  /// Where `unit`, uniform in [0, 1], falls in the box.
  func place(_ unit: Double, at j: Int) -> Double { lower[j] + unit * (upper[j] - lower[j]) }

  func clipped(_ value: Double, at j: Int) -> Double { min(max(value, lower[j]), upper[j]) }
}

/// Finds the point with the largest acquisition.
///
/// A pool of random points and of neighbours of the best observed ones; from its best, searches by gradient
/// with choices held and integers relaxed to their range; moves in one discrete coordinate at a time; then a
/// last search by gradient with everything discrete held. All searches advance together, so that each step is
/// one batch.
struct AcquisitionSearch {
  let space: FeatureSpace
  private let function: any AcquisitionFunction
  /// Features of configurations that need not be tried again.
  private let known: PointSet
  private let poolSize: Int
  private let startCount: Int

  private struct Candidate {
    var point: [Double]
    var value: Double
  }

  /// - Parameters:
  ///   - known: what is not to be proposed again.
  ///   - pool: how many points are tried before any search, at least 2.
  ///   - starts: how many of them a search starts from, at least 1.
  init(
    of function: any AcquisitionFunction, in space: FeatureSpace, avoiding known: PointSet, pool: Int,
    starts: Int
  ) {
    self.function = function
    self.space = space
    self.known = known
    poolSize = pool
    startCount = starts
  }

  /// The best snapped point that is none of the known ones; nil if all that were met are.
  ///
  /// `promising` are points of the cube to look around, such as the best observed; there may be none. `box`
  /// bounds the coordinates of numbers.
  func best(
    around promising: [[Double]], within box: SearchBox? = nil, using random: inout CounterGenerator
  ) -> [Double]? {
    let box = box ?? SearchBox(dimension: space.dimension)
    var met = evaluated(pool(around: promising, within: box, using: &random))
    met.sort { $0.value > $1.value }
    var finalists = climbed(
      Array(met.prefix(startCount)), moving: space.isNumeric, within: box, evaluations: 25)
    if space.kinds.contains(where: { $0 != .continuous }) {
      finalists = moved(Array(finalists.prefix(4)), rounds: 3, using: &random)
      let continuous = space.kinds.map { $0 == .continuous }
      if continuous.contains(true) {
        finalists =
          climbed(Array(finalists.prefix(2)), moving: continuous, within: box, evaluations: 12) + finalists
      }
    }
    let ranked = (finalists + met.prefix(32)).sorted { $0.value > $1.value }
    return ranked.first(where: isNew)?.point ?? met.first(where: isNew)?.point
  }

  private func isNew(_ candidate: Candidate) -> Bool {
    candidate.value > -.infinity && !known.contains(space.features(of: candidate.point))
  }

  /// Half of it uniform, half near the promising points: each of those moved in some coordinates, by
  /// distances from a hundredth to a fifth of the range.
  private func pool(
    around promising: [[Double]], within box: SearchBox, using random: inout CounterGenerator
  ) -> [[Double]] {
    let near = promising.isEmpty ? 0 : poolSize / 2
    var points: [[Double]] = []
    points.reserveCapacity(poolSize)
    for _ in near..<poolSize {
      var point = space.space.randomPoint(using: &random)
      for j in point.indices where !space.categorical[j] { point[j] = box.place(point[j], at: j) }
      points.append(space.snapped(point))
    }
    for k in 0..<near {
      var point = promising[k % promising.count]
      let reach = 0.01 * Double.exp(random.nextUniform() * Double.log(20))
      // At least one coordinate in expectation, and up to all of them.
      let share = max(random.nextUniform(), 1 / Double(point.count))
      for j in point.indices where random.nextUniform() < share {
        let draw = random.nextUniform()
        point[j] =
          space.categorical[j]
          ? draw : box.clipped(point[j] + reach * (4 * draw - 2) * (box.upper[j] - box.lower[j]), at: j)
      }
      points.append(space.snapped(point))
    }
    return points
  }

  private func evaluated(_ points: [[Double]]) -> [Candidate] {
    var candidates: [Candidate] = []
    candidates.reserveCapacity(points.count)
    var start = 0
    while start < points.count {
      let chunk = points[start..<min(start + function.capacity, points.count)]
      let values = function.values(at: chunk.flatMap(space.features(of:)))
      for (point, value) in zip(chunk, values) {
        // What the constraints refuse is worse than anything, so that no search ends there.
        let isAllowed = space.space.isAllowed(at: point)
        candidates.append(Candidate(point: point, value: isAllowed ? value : -.infinity))
      }
      start += function.capacity
    }
    return candidates
  }

  /// Searches by gradient from all candidates at once, in the coordinates `moving`; snapped, best first.
  private func climbed(
    _ candidates: [Candidate], moving: [Bool], within box: SearchBox, evaluations: Int
  ) -> [Candidate] {
    let d = space.dimension
    let isFree = candidates.map { candidate in
      zip(moving, space.isActive(at: candidate.point)).map { $0 && $1 }
    }
    var searches = candidates.map {
      // What lies outside the box, such as a neighbour in a choice, may be searched from but not beyond.
      BoundedLBFGS(
        from: $0.point, lower: zip(box.lower, $0.point).map(min), upper: zip(box.upper, $0.point).map(max),
        evaluations: evaluations, tolerance: 1e-3)
    }
    while true {
      let open = searches.indices.filter { !searches[$0].isFinished }
      guard !open.isEmpty else { break }
      let (values, gradients) = function.ascent(at: open.flatMap { space.features(of: searches[$0].point) })
      for (k, index) in open.enumerated() {
        let gradient = (0..<d).map { isFree[index][$0] ? -gradients[k * d + $0] : 0 }
        searches[index].tell(-values[k], gradient: gradient)
      }
    }
    // Snapping may have moved an integer away from what was good about it, so the value is taken anew.
    return evaluated(searches.map { space.snapped($0.bestPoint) }).sorted { $0.value > $1.value }
  }

  /// Every candidate replaced by its best neighbour in a discrete coordinate, while there is a better one.
  private func moved(
    _ candidates: [Candidate], rounds: Int, using random: inout CounterGenerator
  ) -> [Candidate] {
    var candidates = candidates
    for _ in 0..<rounds {
      let neighbours = candidates.map { space.neighbours(of: $0.point, using: &random) }
      let values = evaluated(neighbours.flatMap { $0 })
      var start = 0
      var improved = false
      for (k, own) in neighbours.enumerated() {
        let rivals = values[start..<(start + own.count)]
        start += own.count
        guard let best = rivals.max(by: { $0.value < $1.value }), best.value > candidates[k].value else {
          continue
        }
        candidates[k] = best
        improved = true
      }
      guard improved else { break }
    }
    return candidates.sorted { $0.value > $1.value }
  }
}
