/// The state of TuRBO's trust region after some measurements: where it is and how long its sides are.
///
/// Eriksson, Pearce, Gardner, Turner and Poloczek, "Scalable global optimization via local Bayesian
/// optimization" (NeurIPS 2019, arXiv 1910.01739), section 2 and the constants of its supplement: after
/// `successTolerance` improvements in a row the sides double, after `failureTolerance` proposals in a row
/// without one they halve, and below the least length everything begins anew elsewhere. It is a fold over the
/// measurements in the order in which they were reported, of the trials that were proposed since the restart: any
/// number of groups may ask at once.
struct TrustRegion: Hashable, Sendable {
  static let firstLength = 0.8
  static let leastLength = 0.0078125  // 2⁻⁷
  static let largestLength = 1.6
  static let successTolerance = 3

  let failureTolerance: Int
  /// How many measurements begin each restart before there is a region.
  let initialTrials: Int
  /// The side of the region before it is scaled by the length scales.
  private(set) var length = Self.firstLength
  /// The measurements of this restart's trials, as rows, in the order of reports.
  private(set) var members: [Int] = []
  /// The best of them.
  private(set) var best: Int?
  private(set) var restarts = 0
  private var bestCost = Double.infinity
  private var bestViolation = Double.infinity
  /// Trials before it were proposed for an earlier region.
  private var firstTrial: TrialID?
  private var successes = 0
  private var failures = 0

  /// - Parameter dimension: of the space, at least 1. Outcomes are counted one at a time, so that the paper's
  ///   ⌈max(4, d) / q⌉ batches of q are max(4, d) outcomes.
  init(dimension: Int, initialTrials: Int) {
    failureTolerance = max(4, dimension)
    self.initialTrials = initialTrials
  }

  var hasRegion: Bool { members.count >= initialTrials }

  /// Takes a measurement. What was proposed before the restart and is reported after it was meant for another region,
  /// and says nothing of this one. What breaks the limits less is better, whatever it costs.
  ///
  /// - Parameter next: the first trial that can know of it.
  mutating func observe(
    row: Int, of trial: TrialID, cost: Double, violation: Double = 0, before next: TrialID
  ) {
    // Below 0 are the numbers of measurements from elsewhere, which count for every region.
    if let firstTrial, (0..<firstTrial.rawValue).contains(trial.rawValue) { return }
    let hadRegion = hasRegion
    // An improvement by less than a thousandth is none, as in the paper's code.
    let isSuccess =
      violation == bestViolation
      ? cost < bestCost - 1e-3 * abs(bestCost) : violation < bestViolation - 1e-3 * bestViolation
    if (violation, cost) < (bestViolation, bestCost) {
      (bestViolation, bestCost) = (violation, cost)
      best = row
    }
    members.append(row)
    guard hadRegion else { return }
    successes = isSuccess ? successes + 1 : 0
    failures = isSuccess ? 0 : failures + 1
    if successes == Self.successTolerance {
      length = min(2 * length, Self.largestLength)
      successes = 0
    } else if failures == failureTolerance {
      length /= 2
      failures = 0
    }
    if length < Self.leastLength { restart(with: next) }
  }

  private mutating func restart(with trial: TrialID) {
    length = Self.firstLength
    members = []
    firstTrial = trial
    best = nil
    (bestCost, bestViolation) = (.infinity, .infinity)
    successes = 0
    failures = 0
    restarts += 1
  }
}
