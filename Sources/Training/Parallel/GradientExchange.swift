public import MPI

/// Sums the gradients of a group's ranks, piece by piece while backward still computes others.
///
/// Each rank weighs its loss with its share of the global batch (`BatchDivision.weight`), so the sum over
/// ranks is the gradient of the global batch's mean loss, whatever the shares. A step:
///
///     (micro-batches but the last: backward adds up gradients; nothing is exchanged)
///     exchange.begin(gradients)                  before the last backward
///     sinks.onComplete(exchange.complete)        each bucket is started when its last gradient is there
///     loss.backward()
///     totals = try exchange.finish(.init(lossSum: ..., samples: ..., isInterrupted: ...))
///     optimizer.update(...)                      the clipping by the global norm is in its pass
///
/// Control rides along: `finish` starts one more reduction of a few numbers beside the last bucket, so that
/// all ranks learn at the same step whether any of them was asked to stop or has failed, at no wait of its
/// own. It is apart from the bucket to be exact: the loss is summed in double precision.
///
/// The result is the same bits on every rank, and on every run with the same layout. A group of one rank
/// exchanges nothing and costs nothing. Not for use on several threads.
public final class GradientExchange {
  /// What a rank tells the others at a step, or what all of them together told.
  public struct Report: Equatable, Sendable {
    /// The sum of the samples' losses.
    public var lossSum: Double
    public var samples: Int
    /// Whether this rank, or any rank, asks the group to stop after this step.
    public var isInterrupted: Bool
    /// Whether this rank, or any rank, could not compute its share: the gradients are of no use.
    public var isFailed: Bool
    /// What is seen of the gradients, where somebody wants to know their noise.
    var squares = NoiseScale.Squares()

    public init(lossSum: Double, samples: Int, isInterrupted: Bool, isFailed: Bool = false) {
      self.lossSum = lossSum
      self.samples = samples
      self.isInterrupted = isInterrupted
      self.isFailed = isFailed
    }
  }

  public let plan: BucketPlan
  /// Seconds that `finish` waits for the other ranks.
  public var patience: Double
  /// Elements of a reduction: MPI counts them in 31 bits.
  package var longestPiece = 1 << 30

  /// Nil for a group of one rank.
  private let group: Communicator?
  private let algorithm: AllReduceAlgorithm
  private let elements: Int

  // The step under way.
  private var gradients: UnsafeMutableBufferPointer<Float>?
  /// Parameters whose gradients each bucket still waits for.
  private var missing: [Int] = []
  private var startedBuckets = 0
  private var started: [Reduction] = []
  /// What went wrong inside a callback, which cannot throw.
  private var failure: MPIError?
  private let control = Control()

  /// Collective over `group`, of which it makes a duplicate, so that its messages meet no others.
  ///
  /// - Parameters:
  ///   - sizes: the buckets' sizes, the same on all ranks; nil for those that suit the layout.
  ///   - patience: seconds that a rank waits for the others at the end of a step.
  public init(
    on group: borrowing Communicator, layout: ParameterLayout, sizes: BucketPlan.Sizes? = nil,
    patience: Double = 300, by algorithm: AllReduceAlgorithm = .automatic
  ) throws(TrainingError) {
    plan = BucketPlan(layout, sizes: sizes)
    elements = layout.elements
    self.patience = patience
    self.algorithm = algorithm
    do throws(MPIError) {
      self.group = group.size > 1 ? try group.duplicate(named: "\(group.name), gradients") : nil
    } catch {
      throw TrainingError(error)
    }
  }

  /// Whether there is another rank to exchange with; if not, `complete` need not be called.
  public var isNeeded: Bool { group != nil }

  /// Opens a step: from now on `complete` starts buckets of `gradients`, which must stay where it is until
  /// `finish` returns. Local.
  public func begin(_ gradients: UnsafeMutableBufferPointer<Float>) {
    guard isNeeded else { return }
    precondition(gradients.count == elements && self.gradients == nil)
    self.gradients = gradients
    missing = plan.buckets.map(\.parameters.count)
    startedBuckets = 0
    started.removeAll(keepingCapacity: true)
    failure = nil
  }

  /// Says that this parameter's gradient is complete, and moves the reductions under way on. Ignored outside
  /// of `begin` and `finish`, so that it can stay attached during the other micro-batches.
  public func complete(_ parameter: Int) {
    guard gradients != nil, failure == nil else { return }
    missing[plan.bucketOfParameter[parameter]] -= 1
    do throws(MPIError) {
      try startFullBuckets()
      for reduction in started { try reduction.test() }
    } catch {
      failure = error
    }
  }

  /// Closes the step: starts what is left, and waits until every element of the gradients is the sum over
  /// ranks. Collective.
  ///
  /// - Returns: sums over all ranks, and whether any of them is interrupted.
  /// - Throws: `TrainingError.peer` when a rank does not come within `patience`, naming it and its host.
  public func finish(_ mine: Report) throws(TrainingError) -> Report {
    guard isNeeded else { return mine }
    defer { gradients = nil }
    do throws(MPIError) {
      if let failure { throw failure }
      missing = missing.map { _ in 0 }
      try startFullBuckets()
      control.set(mine)
      started.append(Reduction(try group!.startAllReduce(control.values, .sum, by: algorithm)))
      let deadline = Deadline.seconds(patience)
      for reduction in started { try reduction.wait(until: deadline) }
    } catch {
      throw TrainingError(error)
    }
    return control.report
  }

  /// Starts the buckets that are full, in the plan's order and no other: MPI wants the same order on every
  /// rank.
  private func startFullBuckets() throws(MPIError) {
    while startedBuckets < plan.buckets.count, missing[startedBuckets] == 0 {
      let elements = plan.buckets[startedBuckets].elements
      startedBuckets += 1
      // One, unless a single parameter is larger than a message can be.
      for start in stride(from: elements.lowerBound, to: elements.upperBound, by: longestPiece) {
        let piece = start..<min(start + longestPiece, elements.upperBound)
        started.append(
          Reduction(try group!.startAllReduce(.init(rebasing: gradients![piece]), .sum, by: algorithm)))
      }
    }
  }
}

@available(*, unavailable)
extension GradientExchange: Sendable {}

/// A request in an array, which holds no noncopyable values.
private final class Reduction {
  private var request: Request?

  init(_ request: consuming Request) { self.request = consume request }

  func test() throws(MPIError) { _ = try request?.test() }

  func wait(until deadline: Deadline) throws(MPIError) {
    guard let request = request.take() else { return }
    try request.wait(until: deadline)
  }
}

/// The numbers of the control reduction, at an address that does not move.
private final class Control {
  let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: 7)

  func set(_ report: GradientExchange.Report) {
    values[0] = report.lossSum
    values[1] = Double(report.samples)
    values[2] = report.isInterrupted ? 1 : 0
    values[3] = report.isFailed ? 1 : 0
    (values[4], values[5], values[6]) = (
      report.squares.ofShares, report.squares.reciprocals, report.squares.shares
    )
  }

  var report: GradientExchange.Report {
    var report = GradientExchange.Report(
      lossSum: values[0], samples: Int(values[1]), isInterrupted: values[2] > 0, isFailed: values[3] > 0)
    report.squares = NoiseScale.Squares(ofShares: values[4], reciprocals: values[5], shares: values[6])
    return report
  }

  deinit { values.deallocate() }
}
