import Randomness
import RealModule

/// Which limits some measurements broke, and so which are modelled: those that nothing broke say nothing.
struct BrokenLimitSet: Hashable, Sendable {
  /// Places among the study's limits, at least one; nil where it is not known of every measurement by how much it keeps
  /// or breaks each, or where means break none: then whether it keeps all of them is modelled, as 1 and -1.
  private let places: [Int]?

  /// Nil where `rows` broke none.
  init?(_ rows: [Int], of table: ObservationTable) {
    guard rows.contains(where: { table.meanViolations[$0] > 0 }) else { return nil }
    let count = table.meanExcesses[rows[0]].count
    guard count > 0, rows.allSatisfy({ table.meanExcesses[$0].count == count }) else {
      places = nil
      return
    }
    let broken = (0..<count).filter { limit in rows.contains { table.meanExcesses[$0][limit] > 0 } }
    // One replicate may break a limit that the mean over all of them keeps.
    places = broken.isEmpty ? nil : broken
  }

  /// By how much each of `rows` breaks each limit, below 0 what is left to it, `[limits][rows]`.
  func excesses(_ rows: [Int], of table: ObservationTable) -> [[Double]] {
    places?.map { limit in rows.map { table.meanExcesses[$0][limit] } }
      ?? [rows.map { table.meanViolations[$0] > 0 ? 1 : -1 }]
  }
}

/// What a Gaussian process is told of one limit: above 0 where it is broken, so that of what it knows nothing of it
/// expects neither.
enum LimitTargets {
  /// Excesses keep their signs and, near the limit, their distances; far from it their logarithms count, so that a
  /// model of a thousand times the size flattens nothing. The root of the mean square is 1.
  static func targets(of excesses: [Double]) -> [Double] {
    let sizes = excesses.map { abs($0) }.filter { $0 > 0 }.sorted()
    guard !sizes.isEmpty else { return excesses }
    // What a diverged metric exceeds a limit by may be as great as a number can be.
    let bent = excesses.map { Double.asinh(min(max($0 / sizes[sizes.count / 2], -1e100), 1e100)) }
    let size = bent.reduce(0) { $0 + $1 * $1 / Double(bent.count) }.squareRoot()
    return bent.map { $0 / size }
  }
}

/// A Gaussian process of each limit that was broken, by its excesses, and from them the probability that a
/// configuration keeps them all, limits taken as independent (Schonlau, Welch and Jones, "Global versus local search
/// in constrained optimization of computer models", 1998; Gardner, Kusner, Xu, Weinberger and Cunningham, "Bayesian
/// optimization with inequality constraints", ICML 2014, equation 6).
struct LimitProcesses {
  let limits: BrokenLimitSet
  private(set) var processes: [GaussianProcess]

  /// Hyperparameters of the most probable processes of some rows, whose features are `points`; one for each limit.
  static func fitted(
    _ limits: BrokenLimitSet, to points: PointSet, _ rows: [Int], of table: ObservationTable
  ) -> [GaussianProcessHyperparameters] {
    let prior = HyperparameterPrior(dimension: points.dimension)
    return limits.excesses(rows, of: table).map { excesses in
      GaussianProcessHyperparameters.fitted(
        to: points, LimitTargets.targets(of: excesses), prior: prior, from: prior.starts)
    }
  }

  init(_ limits: BrokenLimitSet, _ hyperparameters: [GaussianProcessHyperparameters], points: PointSet) {
    self.limits = limits
    processes = hyperparameters.map { GaussianProcess(regularizing: $0, points: points) }
  }

  mutating func extend(by features: [[Double]]) {
    for i in processes.indices { processes[i].extend(by: features) }
  }

  mutating func truncate(to count: Int) {
    for i in processes.indices { processes[i].truncate(to: count) }
  }

  /// Conditions on the rows of the first points. `failed` points follow them, which count as the worst: they were
  /// measured nowhere. The rest are at work, and come out as is expected.
  mutating func condition(on rows: [Int], of table: ObservationTable, failed: Int = 0) {
    for (i, excesses) in limits.excesses(rows, of: table).enumerated() {
      let targets = LimitTargets.targets(of: excesses)
      processes[i].condition(on: targets + Array(repeating: max(0, targets.max() ?? 0), count: failed))
    }
  }

  /// Whether the point is expected to keep all limits, its noise smoothed away.
  private func expectsToKeep(_ point: Int) -> Bool {
    processes.allSatisfy { $0.means[point] <= 0 }
  }

  /// The points that keep all limits: of measured ones those that did, of those at work those that are expected to,
  /// of the `failed` ones between them none.
  func kept(measured violations: [Double], failed: Int) -> [Int] {
    let first = violations.count + failed
    return violations.indices.filter { violations[$0] <= 0 }
      + (first..<max(first, processes[0].points.count)).filter(expectsToKeep)
  }

  /// The same where some points were measured at another budget than the one that is asked about: of those, `elsewhere`
  /// by point with their features at that one, the points that are expected to keep all limits there.
  func kept(measured violations: [Double], failed: Int, elsewhere: [Int: [Double]]) -> [Int] {
    let places = elsewhere.keys.sorted()
    var worst = places.map { _ in -Double.infinity }
    for process in processes {
      let means = PosteriorBatch(of: process, capacity: 128).means(at: places.compactMap { elsewhere[$0] })
      worst = zip(worst, means).map(max)
    }
    let expected = zip(places, worst).filter { $0.1 <= 0 }.map(\.0)
    return (kept(measured: violations, failed: failed).filter { elsewhere[$0] == nil } + expected).sorted()
  }

  /// By how much functions drawn of the limits are above 0 at candidates, summed over the limits, in targets.
  func drawnViolations(at candidates: [[Double]], using random: inout CounterGenerator) -> [Double] {
    var sums = candidates.map { _ in 0.0 }
    for process in processes {
      for (c, draw) in process.thompsonDraw(at: candidates, using: &random).enumerated() {
        sums[c] += max(0, draw)
      }
    }
    return sums
  }

  /// The logarithms of the probabilities of keeping each limit.
  func probabilities(
    warpedBy warping: InputWarping? = nil, trailing: [Double] = [], capacity: Int
  ) -> [any AcquisitionFunction] {
    processes.map { process in
      PosteriorAcquisition(
        .logProbability(atMost: 0), of: process, warpedBy: warping, trailing: trailing, capacity: capacity)
    }
  }
}

/// The sum of acquisitions, such as of logarithms of an improvement and of probabilities.
struct SummedAcquisition: AcquisitionFunction {
  /// At least one.
  private let terms: [any AcquisitionFunction]

  init(_ terms: [any AcquisitionFunction]) { self.terms = terms }

  var capacity: Int { terms.map(\.capacity).min() ?? 0 }

  func values(at queries: [Double]) -> [Double] {
    terms.dropFirst().reduce(into: terms[0].values(at: queries)) { sums, term in
      for (i, value) in term.values(at: queries).enumerated() { sums[i] += value }
    }
  }

  func ascent(at queries: [Double]) -> (values: [Double], gradients: [Double]) {
    terms.dropFirst().reduce(into: terms[0].ascent(at: queries)) { sums, term in
      let own = term.ascent(at: queries)
      for i in own.values.indices { sums.values[i] += own.values[i] }
      for i in own.gradients.indices { sums.gradients[i] += own.gradients[i] }
    }
  }
}
