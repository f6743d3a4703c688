/// How large a batch pays: the noise scale along a short training, and short forks of its state that train with
/// other batch sizes to the same dev loss.
public struct BatchSizeTest: Equatable, Sendable {
  /// A place of the training that the forks begin from.
  public struct Place: Equatable, Sendable {
    public var step: Int
    public var devLoss: Double
    /// Samples; nil where the noise hides the gradient.
    public var noiseScale: Double?
  }

  /// What a batch size took from the common state to the target.
  public struct Fork: Equatable, Sendable {
    public var batchSize: Int
    /// By linear interpolation between two measurements; nil where the target was not reached, or training diverged.
    public var steps: Double?
    /// At the end of the fork, in samples.
    public var noiseScale: Double?

    public var samples: Double? { steps.map { $0 * Double(batchSize) } }
  }

  public internal(set) var places: [Place] = []
  /// The dev loss that every fork trains to.
  public internal(set) var target = 0.0
  /// In ascending order of their sizes.
  public internal(set) var forks: [Fork] = []

  /// What the target is compared with: the dev loss where the forks begin, as the mean of the last places.
  var lossBefore: Double { places.suffix(Self.averaged).map(\.devLoss).mean }

  /// Measurements that a dev loss is the mean of, because one alone may be low by chance.
  static let averaged = 3

  /// Whether the loss fell by a twentieth at least: what takes less is chance.
  public var hasFallen: Bool { target < 0.95 * lossBefore }

  /// The fit to the forks that reached the target; nil where the loss hardly fell.
  public var critical: CriticalBatch? {
    if !hasFallen { return nil }
    return CriticalBatch(fitting: forks.compactMap { fork in fork.steps.map { (fork.batchSize, $0) } })
  }

  /// The largest size tried up to the critical batch; the smallest where all are above it. Nil without a fit.
  public var recommended: Int? {
    guard let critical else { return nil }
    let sizes = forks.filter { $0.steps != nil }.map(\.batchSize)
    return sizes.last { Double($0) <= critical.size } ?? sizes.first
  }
}

/// What a test of batch sizes does.
public struct BatchSizePlan: Equatable, Sendable {
  /// Ascending, the base among them.
  public var sizes: [Int]
  /// What the training before the forks has, and the fork whose loss is the target.
  public var base: Int
  /// Steps before the forks; at least 10.
  public var start: Int
  /// Steps of the base's fork; at least 10.
  public var steps: Int

  public init(sizes: [Int], base: Int, start: Int, steps: Int) {
    (self.sizes, self.base, self.start, self.steps) = (sizes, base, start, steps)
  }

  /// Measurements of the training before the forks, and of the base's fork.
  static let measurements = 10

  /// Steps between two measurements of a fork: a larger batch is expected to need fewer.
  func interval(batchSize: Int) -> Int { max(1, steps * base / max(batchSize, base) / Self.measurements / 2) }

  /// Where a fork gives up: twice the samples or twice the steps of the base, whichever takes longer.
  func limit(batchSize: Int) -> Int { 2 * steps * max(base, batchSize) / batchSize }
}

extension TrainingConfiguration {
  /// What a test of batch sizes trains: the same with a constant rate, counted in steps. The first batch is the
  /// largest, so that memory is asked for it.
  ///
  /// - Parameter rule: which the rate follows; from the experiment's reference where it has a rule, else from the
  ///   base.
  public func forBatchSizes(_ plan: BatchSizePlan, rule: ScalingRule) -> TrainingConfiguration {
    var configuration = forRateRange
    configuration.resourceMetrics = [.gradientNoiseScale]
    configuration.taskMetrics = nil
    // Shares of a batch whose samples are mixed with those of others say nothing of its noise.
    (configuration.augmentation.mixup, configuration.augmentation.cutmix) = (0, 0)
    if scalingRule == .none { configuration.referenceBatchSize = plan.base }
    configuration.scalingRule = rule
    configuration.batchSize = plan.sizes.last ?? plan.base
    return configuration
  }
}

// The test itself. Collective; the result is the same on all ranks.
extension Trainer {
  /// - Throws: what training throws, except that a fork diverged.
  public mutating func run(_ plan: BatchSizePlan) throws(TrainingError) -> BatchSizeTest {
    var test = BatchSizeTest()
    try adopt(batchSize: plan.base)
    for number in 0...BatchSizePlan.measurements {
      _ = try train(to: plan.start * number / BatchSizePlan.measurements) { false }
      test.places.append(
        BatchSizeTest.Place(step: budget, devLoss: try devLoss(), noiseScale: progress.noise?.value))
    }
    let state = try snapshot()
    test.target = try descend(plan.steps, batchSize: plan.base, after: test.places, plan).loss
    for size in plan.sizes {
      var fork = BatchSizeTest.Fork(batchSize: size)
      try adopt(batchSize: size)
      try restore(state)
      do throws(TrainingError) {
        fork.steps = try descend(
          plan.limit(batchSize: size), batchSize: size, to: test.target, after: test.places, plan
        ).steps
      } catch .diverged {
        // Too high a rate for this size: it does not reach the target.
      } catch {
        throw error
      }
      fork.noiseScale = progress.noise?.value
      test.forks.append(fork)
    }
    return test
  }

  /// Trains so many steps, or until the dev loss is at a target: the mean of its last measurements.
  ///
  /// - Returns: the loss at the end, and the steps to the target, nil where it was not reached.
  private mutating func descend(
    _ steps: Int, batchSize: Int, to target: Double = -.infinity, after places: [BatchSizeTest.Place],
    _ plan: BatchSizePlan
  ) throws(TrainingError) -> (loss: Double, steps: Double?) {
    let start = budget
    var measured = places.suffix(BatchSizeTest.averaged).map(\.devLoss)
    var before = (step: 0, loss: measured.mean)
    while budget - start < steps {
      _ = try train(to: min(budget + plan.interval(batchSize: batchSize), start + steps)) { false }
      measured = (measured + [try devLoss()]).suffix(BatchSizeTest.averaged)
      let now = (step: budget - start, loss: measured.mean)
      if now.loss <= target {
        let share = before.loss > now.loss ? (before.loss - target) / (before.loss - now.loss) : 1
        return (now.loss, Double(before.step) + min(max(share, 0), 1) * Double(now.step - before.step))
      }
      before = now
    }
    return (before.loss, nil)
  }

  private mutating func adopt(batchSize: Int) throws(TrainingError) {
    var next = configuration
    next.batchSize = batchSize
    try adopt(next)
  }

  private mutating func devLoss() throws(TrainingError) -> Double {
    try evaluate(on: .dev)["dev_loss"] ?? .nan
  }
}
