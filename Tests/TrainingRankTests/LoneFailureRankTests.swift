import Glibc
import MPI
import RankTesting
import Synchronization
import Testing
import Training

/// One rank alone fails inside a trainer, at each place where it can: all ranks leave with its error, at
/// once, and the group goes on to its next trial.
@Suite(.serialized) struct LoneFailureRankTests {
  private static let lost = TrainingError.memory(
    subject: "a test", expected: "more", found: "less", remedy: "None.")

  /// From making to measuring, with all that a trial does between.
  private static func trial(
    _ configuration: TrainingConfiguration, on group: borrowing Communicator, probe: TrainerProbe?
  ) throws(TrainingError) {
    let data: TrainingData
    do { data = try TrainerRankTests.digits.get() } catch { throw .library("\(error)") }
    var trainer = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group, probe: probe)
    _ = try trainer.train(to: 2) { false }
    try trainer.restore(trainer.snapshot())
    _ = try trainer.train(to: 4) { false }
    _ = try trainer.measure()
  }

  private static var configuration: TrainingConfiguration {
    var configuration = TrainerRankTests.configuration(.adamw)
    configuration.resourceMetrics = [.latency]
    return configuration
  }

  /// Runs a trial that fails, and says how: the same on all ranks, which are free within a second, and the
  /// group of use again.
  private static func failure(
    on group: borrowing Communicator, _ configuration: TrainingConfiguration = Self.configuration,
    probe: TrainerProbe? = nil
  ) throws -> TrainingError? {
    var found: TrainingError?
    var thrown: Int64 = 0
    do throws(TrainingError) {
      try trial(configuration, on: group) { stage throws(TrainingError) in
        do throws(TrainingError) {
          try probe?(stage)
        } catch {
          thrown = now
          throw error
        }
      }
    } catch { found = error }
    let free = try group.allReduce(now, .maximum)
    thrown = try group.allReduce(thrown, .maximum)
    let words = "\(found.map { "\($0)" } ?? "no error")"
    let roots = String(decoding: try group.broadcastBytes(Array(words.utf8)), as: UTF8.self)
    #expect(words == roots)
    let start = now
    try trial(Self.configuration, on: group, probe: nil)
    // No wait ends by a deadline: patience is 60 s. A machine that is slow is so with a whole trial, too.
    let limit = try 1_000_000_000 + group.allReduce(now - start, .maximum)
    if thrown > 0 { #expect(free - thrown < limit, "\(free - thrown) ns") }
    return found
  }

  /// Nanoseconds of a clock that the host's processes have in common.
  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The last rank's failures, the first and the last time that it comes there; the root's where others do
  /// nothing there.
  @Test(arguments: TrainerStage.allCases, [1, 4])
  func `all ranks leave with the error of the one that failed`(stage: TrainerStage, visit: Int) throws {
    try withRanks { group in
      let isSelected = group.rank.rawValue == group.size - 1
      // What happens once in a trial.
      let isRepeated = ![.made, .restored, .measured, .timed, .snapshot].contains(stage)
      guard isRepeated || visit == 1 else { return }
      var visits = 0
      let error = try Self.failure(on: group) { found throws(TrainingError) in
        guard found == stage, isSelected else { return }
        visits += 1
        if visits == visit { throw Self.lost }
      }
      #expect(error == Self.lost)
    }
  }

  @Test func `what the root alone cannot do is told to all`() throws {
    try withRanks { group in
      for stage in [TrainerStage.made, .snapshot, .timed, .updated] {
        let isRoot = group.isRoot
        let error = try Self.failure(on: group) { found throws(TrainingError) in
          if found == stage, isRoot { throw Self.lost }
        }
        #expect(error == Self.lost, "\(stage)")
      }
    }
  }

  /// A rank that could not take the exchanged gradients, in a step that diverges on the others.
  @Test func `a failure and a divergence in the same step end with one error`() throws {
    try withRanks { group in
      var configuration = Self.configuration
      configuration.optimizer.kind = .sgd
      configuration.optimizer.learningRate = 1e6
      configuration.gradientClip = 0
      let isSelected = group.rank.rawValue == group.size - 1
      for visit in 1...4 {
        var visits = 0
        let error = try Self.failure(on: group, configuration) { found throws(TrainingError) in
          guard found == .exchanged, isSelected else { return }
          visits += 1
          if visits == visit { throw Self.lost }
        }
        #expect(error != nil)
      }
    }
  }

  /// Shares of a batch that differ by one sample: some ranks have one that batch normalization cannot
  /// normalize, others two.
  @Test func `a one-sample share in batch normalization fails the trial on all ranks, by name`() throws {
    try withRanks { group in
      var configuration = Self.configuration
      var mlp = MLPConfiguration()
      mlp.hidden = [24]
      mlp.normalization = .batch
      configuration.model = .mlp(mlp)
      configuration.batchSize = 2 * group.size - 1
      let error = try Self.failure(on: group, configuration)
      let words = error?.description ?? "no error"
      #expect(
        words.hasPrefix("batch normalization of [1, 24]: expected more than one value a channel"), "\(words)")
    }
  }
}
