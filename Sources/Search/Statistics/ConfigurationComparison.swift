import Randomness

/// Configurations that were each measured several times, under several seeds or on several folds, compared
/// with the best of them.
///
/// The best one was chosen by its mean, so that its own interval is a little too good; the tests say whether
/// another one is worse beyond what chance does.
public struct ConfigurationComparison: Hashable, Codable, Sendable {
  public struct Candidate: Hashable, Codable, Sendable {
    public var configuration: Configuration
    /// The trials that measured it.
    public var trials: [TrialID]
    /// By trial; lower is better.
    public var costs: [Double]
    public var mean: Double
    /// 95% for the mean: bias-corrected and accelerated bootstrap.
    public var low: Double
    public var high: Double

    /// Of the mean: the sample deviation over √n; nil for one measurement.
    public var standardError: Double? { ReplicateAnswers.standardError(of: costs) }
  }

  /// The probabilities that a candidate is no worse than the best one, after Holm's correction for the number
  /// of candidates; nil where there is nothing to test, such as one measurement only.
  public struct Verdict: Hashable, Codable, Sendable {
    /// Of the differences fold by fold, with their correlation allowed for, where there are folds; else
    /// Welch's t-test.
    public var means: Double?
    /// Wilcoxon's test: of signed ranks where there are folds, else of rank sums.
    public var ranks: Double?
  }

  /// Cumulative, at which all was measured.
  public var budget: Int
  /// The least mean first.
  public var candidates: [Candidate]
  /// Of all candidates but the first.
  public var verdicts: [Verdict]
}

extension ConfigurationComparison {
  /// - Parameters:
  ///   - samples: for each configuration its trials and their costs, at least one.
  ///   - areFolds: whether the i-th costs of all are of fold i, of as many as there are; one fold is harder than
  ///     another, and that is no difference of configurations.
  public init(
    _ samples: [(configuration: Configuration, trials: [TrialID], costs: [Double])], budget: Int,
    areFolds: Bool = false
  ) {
    self.budget = budget
    candidates = samples.enumerated().map { place, sample in
      var random = CounterGenerator(seed: 0, purpose: .shuffle, index: place)
      let bootstrap = Bootstrap(sample.costs, using: &random)
      let interval = bootstrap.interval()
      return Candidate(
        configuration: sample.configuration, trials: sample.trials, costs: sample.costs,
        mean: bootstrap.estimate,
        low: interval.lowerBound, high: interval.upperBound)
    }
    candidates.sort { ($0.mean, $0.trials.first ?? TrialID(0)) < ($1.mean, $1.trials.first ?? TrialID(0)) }
    guard let best = candidates.first else {
      verdicts = []
      return
    }
    let others = candidates.dropFirst()
    let (ofMeans, ofRanks) =
      areFolds
      ? (SignificanceTest.folds, SignificanceTest.signedRank)
      : (SignificanceTest.welch, SignificanceTest.rankSum)
    let means = Self.adjusted(others.map { ofMeans($0.costs, best.costs) })
    let ranks = Self.adjusted(others.map { ofRanks($0.costs, best.costs) })
    verdicts = zip(means, ranks).map { Verdict(means: $0, ranks: $1) }
  }

  /// Corrected for as many tests as could be made.
  private static func adjusted(_ tests: [SignificanceTest?]) -> [Double?] {
    var adjusted = MultipleComparisons.holm.adjusted(tests.compactMap { $0?.probability })[...]
    return tests.map { $0 == nil ? nil : adjusted.popFirst() }
  }

  /// The configurations of a study that several trials measured at the largest budget at which any were; nil
  /// where none was. Those with one trial are left out, and where there are folds, those that were not measured
  /// on all of them.
  public static func of(_ history: History) -> ConfigurationComparison? {
    struct Place: Hashable { var budget: Int, configuration: Configuration }
    var found: [Place: (trials: [TrialID], costs: [Double])] = [:]
    for trial in history.trials {
      // A member of a population that was cloned, or perturbed on the way, measures no single configuration.
      for segment in trial.segments.prefix(while: { $0.isOfOneConfiguration(with: trial.segments[0]) }) {
        guard let cost = segment.cost, cost.isFinite else { continue }
        let place = Place(budget: segment.job.target, configuration: segment.job.configuration)
        found[place, default: ([], [])].trials.append(trial.id)
        found[place, default: ([], [])].costs.append(cost)
      }
    }
    let areFolds = history.areFolds == true
    if areFolds {
      found = found.compactMapValues { history.replication.meansByFold(of: $0.trials, $0.costs) }
    }
    let replicated = found.filter { Set($0.value.trials).count > 1 }
    guard let budget = replicated.keys.map(\.budget).max() else { return nil }
    let samples = replicated.filter { $0.key.budget == budget }
      .map { (configuration: $0.key.configuration, trials: $0.value.trials, costs: $0.value.costs) }
      .sorted { $0.trials[0] < $1.trials[0] }
    return ConfigurationComparison(samples, budget: budget, areFolds: areFolds)
  }
}

extension Replicates {
  /// A configuration's cost on each fold, the mean where several trials measured it there; nil where a fold is
  /// missing.
  fileprivate func meansByFold(
    of trials: [TrialID], _ costs: [Double]
  ) -> (trials: [TrialID], costs: [Double])? {
    let means = (0..<count).compactMap { fold -> Double? in
      let measured = zip(trials, costs).filter { number(of: $0.0) == fold }.map(\.1)
      return measured.isEmpty ? nil : measured.reduce(0, +) / Double(measured.count)
    }
    return means.count == count ? (trials, means) : nil
  }
}

extension TrialHistory.Segment {
  fileprivate func isOfOneConfiguration(with first: Self) -> Bool {
    if case .fork = job.origin { return false }
    return job.configuration == first.job.configuration
  }
}
