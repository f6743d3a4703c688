import Glibc
public import Randomness
public import Search

/// What training would cost and bring: functions instead of a cluster.
public struct VirtualTraining: Sendable {
  /// Seconds of work for a job that starts at cumulative budget `from`, above 0. The generator is the job's
  /// own.
  public var seconds: @Sendable (_ job: Job, _ from: Int, inout CounterGenerator) -> Double
  /// The objective's cost, lower is better, at the job's target. The generator is the job's own, after
  /// `seconds`.
  public var cost: @Sendable (_ job: Job, inout CounterGenerator) -> Double
  /// The metrics of further objectives and of limits, at the job's target, by name.
  public var furtherMetrics: @Sendable (_ job: Job) -> [String: Double]
  /// The share of its duration, in [0, 1], after which the job's group of ranks dies; nil when it lives. The
  /// generator is the attempt's own, so that a job that killed one group may live on the next.
  public var death: @Sendable (_ job: Job, inout CounterGenerator) -> Double?

  public init(
    seconds: @escaping @Sendable (_ job: Job, _ from: Int, inout CounterGenerator) -> Double,
    cost: @escaping @Sendable (_ job: Job, inout CounterGenerator) -> Double,
    furtherMetrics: @escaping @Sendable (_ job: Job) -> [String: Double] = { _ in [:] },
    death: @escaping @Sendable (_ job: Job, inout CounterGenerator) -> Double? = { _, _ in nil }
  ) {
    self.seconds = seconds
    self.cost = cost
    self.furtherMetrics = furtherMetrics
    self.death = death
  }
}

extension VirtualTraining {
  /// Smooth learning curves over any search space: an error that falls with the budget as a power law towards
  /// an asymptote, the lower the nearer the configuration is to an optimum that the seed draws, with noise on
  /// each measurement (the shape of Domhan, Springenberg and Hutter, IJCAI 2015, §2, "pow3").
  ///
  ///   error     a + (0.9 − a) (1 + b / 2)^−0.7 + 0.003 ε,   a = 0.02 + 0.5 f(u),   ε ~ N(0, 1)
  ///   seconds   (b − from) · secondsPerBudget · a factor of `durations`
  ///
  /// where u is the configuration in the unit cube and f is `function`. The cost of a maximized objective is
  /// error − 1, so that its score, 1 − error, looks like an accuracy.
  ///
  /// Each other metric of further objectives and limits is the a of an optimum of its own, so that the
  /// objectives contradict each other; 1 − a where it is maximized.
  public static func learningCurves(
    over space: SearchSpace, _ objective: Objective, seed: UInt64, function: VirtualFunction = .bowl,
    secondsPerBudget: Double = 60, durations: VirtualDurations = VirtualDurations()
  ) -> VirtualTraining {
    let landscape = Landscape(function, over: space, seed: seed)
    let others = objective.metrics.dropFirst().enumerated().map { place, metric in
      let goal = objective.further.first { $0.metric == metric }?.goal ?? .minimize
      return (
        metric: metric, goal: goal, landscape: Landscape(function, over: space, seed: seed, number: place + 1)
      )
    }
    return VirtualTraining(
      seconds: { job, from, random in
        Double(max(1, job.target - from)) * secondsPerBudget * durations.factor(using: &random)
      },
      cost: { job, random in
        let asymptote = 0.02 + 0.5 * landscape.height(at: job.configuration)
        let learnt = pow(1 + Double(job.target) / 2, -0.7)
        let error = asymptote + (0.9 - asymptote) * learnt + 0.003 * random.nextNormal()
        return objective.goal == .maximize ? error - 1 : error
      },
      furtherMetrics: { job in
        var metrics: [String: Double] = [:]
        for (metric, goal, landscape) in others {
          let value = 0.02 + 0.5 * landscape.height(at: job.configuration)
          metrics[metric] = goal == .maximize ? 1 - value : value
        }
        return metrics
      },
      death: { _, random in durations.death(using: &random) })
  }

  /// Learning curves that somebody measured: a trial takes the curve of the nearest configuration of the
  /// table. Its seconds are the table's where it has some, else `secondsPerBudget` for each unit; `durations`
  /// vary both.
  public static func table(
    _ table: CurveTable, secondsPerBudget: Double = 60,
    durations: VirtualDurations = VirtualDurations(.constant)
  ) -> VirtualTraining {
    VirtualTraining(
      seconds: { job, from, random in
        let curve = table.curve(nearest: job.configuration)
        let work =
          curve.seconds(from: from, to: job.target) ?? Double(max(1, job.target - from)) * secondsPerBudget
        return work * durations.factor(using: &random)
      },
      cost: { job, _ in table.curve(nearest: job.configuration).cost(at: job.target) },
      death: { _, random in durations.death(using: &random) })
  }
}
