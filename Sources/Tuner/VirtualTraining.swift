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

  public init(
    seconds: @escaping @Sendable (_ job: Job, _ from: Int, inout CounterGenerator) -> Double,
    cost: @escaping @Sendable (_ job: Job, inout CounterGenerator) -> Double
  ) {
    self.seconds = seconds
    self.cost = cost
  }
}

extension VirtualTraining {
  /// Smooth learning curves over any search space: an error that falls with the budget as a power law towards
  /// an asymptote, the lower the nearer the configuration is to an optimum that the seed draws, with noise on
  /// each measurement (the shape of Domhan, Springenberg and Hutter, IJCAI 2015, §2, "pow3").
  ///
  ///   u, u*   the configuration and the optimum, each parameter mapped to [0, 1] (through the logarithm on
  ///   log scales) error   a + (0.9 − a) (1 + b / 2)^−0.7 + 0.003 ε,   a = 0.02 + 0.5 Σ wᵢ (uᵢ − uᵢ*)²,   Σ w
  ///   = 1,   ε ~ N(0, 1) seconds (b − from) · secondsPerBudget · exp(0.25 ε)
  ///
  /// The cost of a maximized objective is error − 1, so that its score, 1 − error, looks like an accuracy.
  public static func learningCurves(
    over space: SearchSpace, _ objective: Objective, seed: UInt64, secondsPerBudget: Double = 60
  ) -> VirtualTraining {
    let landscape = Landscape(space, seed: seed)
    return VirtualTraining(
      seconds: { job, from, random in
        Double(max(1, job.target - from)) * secondsPerBudget * exp(0.25 * random.nextNormal())
      },
      cost: { job, random in
        let asymptote = 0.02 + 0.5 * landscape.distance(of: job.configuration)
        let learnt = pow(1 + Double(job.target) / 2, -0.7)
        let error = asymptote + (0.9 - asymptote) * learnt + 0.003 * random.nextNormal()
        return objective.goal == .maximize ? error - 1 : error
      })
  }
}

/// A bowl over a search space.
private struct Landscape: Sendable {
  private let space: SearchSpace
  private let optimum: [Double]
  private let weights: [Double]

  init(_ space: SearchSpace, seed: UInt64) {
    self.space = space
    var random = CounterGenerator(seed: seed, purpose: .simulation, index: -1)
    optimum = space.parameters.map { _ in 0.15 + 0.7 * random.nextUniform() }
    let drawn = space.parameters.map { _ in 0.1 + random.nextUniform() }
    weights = drawn.map { $0 / drawn.reduce(0, +) }
  }

  /// In [0, 1]. A parameter that is not active adds nothing.
  func distance(of configuration: Configuration) -> Double {
    var sum = 0.0
    for (index, parameter) in space.parameters.enumerated() {
      guard let value = configuration[parameter.name] else { continue }
      let offset = position(of: value, in: parameter.domain) - optimum[index]
      sum += weights[index] * offset * offset
    }
    return sum
  }

  private func position(of value: ParameterValue, in domain: Domain) -> Double {
    switch (domain, value) {
    case (.float(let low, let high, let scale), .number(let value)):
      Self.position(of: value, low, high, scale)
    case (.integer(let low, let high, let scale), .number(let value)):
      Self.position(of: value, Double(low), Double(high), scale)
    case (.categorical(let choices), let value):
      Double(choices.firstIndex(of: value) ?? 0) / Double(max(1, choices.count - 1))
    default: 0
    }
  }

  private static func position(of value: Double, _ low: Double, _ high: Double, _ scale: Scale) -> Double {
    if high <= low { return 0 }
    return switch scale {
    case .linear: (value - low) / (high - low)
    case .log: log(value / low) / log(high / low)
    }
  }
}
