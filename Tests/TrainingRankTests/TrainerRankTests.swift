import Foundation
import MPI
import RankTesting
import Testing
import Training

@Suite(.serialized) struct TrainerRankTests {
  static func configuration(_ optimizer: OptimizerConfiguration.Kind = .sgd) -> TrainingConfiguration {
    var mlp = MLPConfiguration()
    mlp.hidden = [24, 16]
    mlp.dropout = 0.2
    var configuration = TrainingConfiguration()
    configuration.model = .mlp(mlp)
    configuration.optimizer.kind = optimizer
    configuration.optimizer.learningRate = 0.01
    configuration.budgetUnit = .steps
    // Not a multiple of 3 or 7: shares differ by one sample.
    configuration.batchSize = 64
    return configuration
  }

  static let digits = Result { try TrainingData(.digits, split: SplitFractions(), seed: 3) }

  /// One rank alone, and all of them together, from equal seeds.
  @Test(arguments: OptimizerConfiguration.Kind.allCases)
  func `a group trains as one rank does, to rounding`(optimizer: OptimizerConfiguration.Kind) throws {
    try withRanks { group in
      let configuration = Self.configuration(optimizer)
      var alone = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4)
      var together = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      #expect(try alone.train(to: 5) { false } == .reachedTarget)
      #expect(try together.train(to: 5) { false } == .reachedTarget)
      let expected = try alone.measure().metrics
      for (name, value) in try together.measure().metrics {
        #expect(abs(value - (expected[name] ?? .nan)) < 1e-4, "\(name)")
      }
      let snapshot = try together.snapshot()
      #expect((snapshot != nil) == group.isRoot)
      guard let snapshot, let reference = try alone.snapshot() else { return }
      let pairs = zip(
        try #require(snapshot.blocks["parameters"]?.values),
        try #require(reference.blocks["parameters"]?.values))
      // Adam divides by the root of the second moment, so that a tiny gradient's rounding is a full step.
      let tolerance: Float = optimizer == .sgd ? 1e-6 : 1e-3
      for (one, other) in pairs { #expect(abs(one - other) < tolerance) }
      #expect(snapshot.scalars["samples"] == reference.scalars["samples"])
      guard case .number(let sum) = snapshot.scalars["loss_sum"],
        case .number(let expectedSum) = reference.scalars["loss_sum"]
      else {
        Issue.record("a snapshot without its sum of losses")
        return
      }
      #expect(abs(sum - expectedSum) < 1e-3)
    }
  }

  @Test func `all ranks stop after the same step when one is interrupted`() throws {
    try withRanks { group in
      var trainer = try Trainer(Self.configuration(), data: Self.digits.get(), seed: 1, trial: 4, on: group)
      let last = group.rank.rawValue == group.size - 1
      var asked = 0
      let pause = try trainer.train(to: 10) {
        asked += 1
        return last && asked == 4
      }
      #expect(pause == .interrupted)
      #expect(trainer.budget == 4)
      #expect(try group.allReduce(Int64(trainer.budget), .sum) == Int64(4 * group.size))
    }
  }

  @Test func `a restored group goes on as if it had never stopped, bit for bit`() throws {
    try withRanks { group in
      let configuration = Self.configuration(.lamb)
      var uninterrupted = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      _ = try uninterrupted.train(to: 8) { false }
      var first = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      _ = try first.train(to: 3) { false }
      var second = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      try second.restore(first.snapshot())
      _ = try second.train(to: 8) { false }
      #expect(try second.snapshot() == uninterrupted.snapshot())
      #expect(try second.measure() == uninterrupted.measure())
    }
  }

  @Test func `no rank holds more of a state than the snapshot and its own`() throws {
    try withRanks { group in
      var configuration = Self.configuration(.adamw)
      var mlp = MLPConfiguration()
      mlp.hidden = [2000, 2000]
      configuration.model = .mlp(mlp)
      var trainer = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      let snapshot = try trainer.snapshot()
      let before = try PeakMemory()
      try trainer.restore(snapshot)
      let growth = try before.growth()
      // Three blocks of 17 MB.
      #expect(growth < 12 << 20, "\(growth >> 20) MB")
      withExtendedLifetime(snapshot) {}
    }
  }

  @Test func `a snapshot that doesn't fit is refused on every rank`() throws {
    try withRanks { group in
      var trainer = try Trainer(Self.configuration(), data: Self.digits.get(), seed: 1, trial: 4, on: group)
      let message: String
      do {
        try trainer.restore(group.isRoot ? Snapshot(progress: Progress(), blocks: [:]) : nil)
        message = "no error"
      } catch {
        message = "\(error)"
      }
      #expect(
        message.hasPrefix("snapshot: expected the blocks buffers, optimizer.momentum, parameters, found"))
    }
  }

  @Test func `batch normalization's statistics are the root's when a group is measured`() throws {
    try withRanks { group in
      var resnet = ResNetConfiguration()
      resnet.depth = 8
      resnet.width = 4
      var configuration = Self.configuration()
      configuration.model = .resnet(resnet)
      var trainer = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      _ = try trainer.train(to: 3) { false }
      let metrics = try trainer.measure().metrics
      // The root alone, with its own weights and statistics, finds the same.
      let snapshot = try trainer.snapshot()
      guard group.isRoot else { return }
      var alone = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4)
      try alone.restore(snapshot)
      for (name, value) in try alone.measure().metrics {
        #expect(abs(value - (metrics[name] ?? .nan)) < 1e-5, "\(name)")
      }
    }
  }
}

@Suite(.serialized) struct DataSharingRankTests {
  @Test func `a node's ranks share one copy of the data`() throws {
    try withRanks { group in
      let node = try group.splitByNode()
      let shared = try TrainingData(.digits, split: SplitFractions(), seed: 3, sharedOn: node)
      let own = try TrainingData(.digits, split: SplitFractions(), seed: 3)
      #expect(shared.form == own.form)
      #expect(shared.standardization == own.standardization)
      for part in DataPart.allCases {
        let count = own.count(of: part)
        #expect(shared.count(of: part) == count)
        let (a, b) = try (BatchBuffer(shared, capacity: count), BatchBuffer(own, capacity: count))
        a.fill(0..<count, of: part)
        b.fill(0..<count, of: part)
        #expect(Array(a.targets) == Array(b.targets))
        guard case .features(let first) = a.inputs, case .features(let second) = b.inputs else {
          Issue.record("expected features")
          return
        }
        #expect(Array(first) == Array(second))
      }
      // Freeing the shared memory is collective.
      withExtendedLifetime(shared) {}
    }
  }

  @Test func `text is shared too`() throws {
    try withRanks { group in
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("shared-text-\(getppid()).txt")
        .path
      if group.isRoot {
        try Data((0..<2_000).map { UInt8(97 + $0 * $0 % 23) }).write(to: URL(fileURLWithPath: path))
      }
      try group.barrier()
      let node = try group.splitByNode()
      let configuration = DataConfiguration.text(path: path, contextLength: 9)
      let shared = try TrainingData(configuration, split: SplitFractions(), seed: 3, sharedOn: node)
      let own = try TrainingData(configuration, split: SplitFractions(), seed: 3)
      #expect(shared.form == own.form)
      let (a, b) = try (BatchBuffer(shared, capacity: 40), BatchBuffer(own, capacity: 40))
      for buffer in [a, b] { buffer.fill(positions: 5..<45, epochStart: 0, permutation: [], seed: 8) }
      #expect(Array(a.targets) == Array(b.targets))
      try group.barrier()
      if group.isRoot { try FileManager.default.removeItem(atPath: path) }
    }
  }

  @Test func `all ranks learn that the file is missing`() throws {
    try withRanks { group in
      let node = try group.splitByNode()
      let message: String
      do {
        _ = try TrainingData(
          .text(path: "absent.txt", contextLength: 4), split: SplitFractions(), seed: 1, sharedOn: node)
        message = "no error"
      } catch {
        message = "\(error)"
      }
      #expect(message.hasPrefix("absent.txt: expected a readable file, found no such file or directory."))
    }
  }
}

/// One rank fails alone: the others hear of it, and all go on together.
@Suite(.serialized) struct TrainerFailureRankTests {
  /// What making a trainer says, when the last rank's is made otherwise.
  private static func refusal(
    on group: borrowing Communicator, _ change: (inout TrainingConfiguration) -> Void
  ) throws -> TrainingError? {
    var configuration = TrainerRankTests.configuration()
    if group.rank.rawValue == group.size - 1 { change(&configuration) }
    let data = try TrainerRankTests.digits.get()
    do throws(TrainingError) {
      _ = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      return nil
    } catch { return error }
  }

  private static func isTold(
    _ what: (TrainingError) -> Bool, on group: borrowing Communicator,
    _ change: (inout TrainingConfiguration) -> Void
  ) throws {
    let error = try refusal(on: group, change)
    #expect(error.map(what) == true, "\(error?.description ?? "no error")")
    // All are together: another trial can begin.
    var trainer = try Trainer(
      TrainerRankTests.configuration(), data: TrainerRankTests.digits.get(), seed: 1, trial: 5, on: group)
    #expect(try trainer.train(to: 1) { false } == .reachedTarget)
  }

  @Test func `all ranks learn that one lacks the memory`() throws {
    try withRanks { group in
      try Self.isTold({ if case .memory = $0 { true } else { false } }, on: group) { configuration in
        var mlp = MLPConfiguration()
        mlp.hidden = [1_000_000_000]
        configuration.model = .mlp(mlp)
      }
    }
  }

  @Test func `all ranks learn that one lacks the threads`() throws {
    try withRanks { group in
      try Self.isTold({ if case .place = $0 { true } else { false } }, on: group) { $0.threads = 100_000 }
    }
  }

  @Test func `all ranks learn that one cannot prepare its data`() throws {
    try withRanks { group in
      try Self.isTold({ if case .invalid("batch_size", _, _, _) = $0 { true } else { false } }, on: group) {
        $0.batchSize = 1_000_000
      }
    }
  }

  @Test func `a rank that fails in a step tells the others in the exchange`() throws {
    try withRanks { ranks in
      let model = try SmallModel(seed: 3)
      let exchange = try GradientExchange(on: ranks, layout: model.layout)
      for failing in 0..<ranks.size {
        exchange.begin(model.gradients)
        let report = try exchange.finish(
          .init(lossSum: 0, samples: 1, isInterrupted: false, isFailed: ranks.rank.rawValue == failing))
        #expect(report.isFailed == (ranks.size > 1 || failing == 0))
      }
      let division = BatchDivision(globalBatch: 84, ranks: ranks.size)
      let report = try exchange.run(model, division, rank: ranks.rank.rawValue)
      #expect(!report.isFailed)
    }
  }

  @Test(arguments: [(0, false), (0, true), (1 << 30, true)])
  func `data is the same wherever the ranks have it from`(sharedMemory: Int, anonymous: Bool) throws {
    try withRanks { group in
      let node = try group.splitByNode()
      var limits = SharingLimits()
      (limits.sharedMemory, limits.allowsAnonymousMemory) = (sharedMemory, anonymous)
      let data = try TrainingData(
        .digits, split: SplitFractions(), seed: 3, sharedOn: node, limits: limits)
      #expect(data.isShared == (anonymous || node.size == 1))
      let buffer = try BatchBuffer(data, capacity: 50)
      let own = try BatchBuffer(TrainerRankTests.digits.get(), capacity: 50)
      for buffer in [buffer, own] { buffer.fill(0..<50, of: .dev) }
      #expect(Array(buffer.targets) == Array(own.targets))
    }
  }

  @Test func `all ranks learn that the data does not fit`() throws {
    try withRanks { group in
      let node = try group.splitByNode()
      guard node.size > 1 else { return }
      var limits = SharingLimits()
      (limits.sharedMemory, limits.allowsAnonymousMemory, limits.host) = (0, false, 500_000)
      var found: TrainingError?
      do throws(TrainingError) {
        _ = try TrainingData(.digits, split: SplitFractions(), seed: 3, sharedOn: node, limits: limits)
      } catch { found = error }
      guard case .memory(let subject, let expected, let there, _) = found else {
        Issue.record("\(found?.description ?? "no error")")
        return
      }
      #expect(subject == "data in memory, a copy for each of \(node.size) ranks")
      // 1,797 images of 64 pixels.
      #expect(expected.hasPrefix(HostMemory.text(node.size * 1_797 * 64 * 4)))
      #expect(there == "500.0 kB, the limit that was given")
      try group.barrier()
    }
  }
}

/// How much more memory this process has used at a time than when it began to look.
private struct PeakMemory {
  private let start: Int

  init() throws {
    // Linux: the peak begins again at what is used now.
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    start = try Self.bytes(of: "VmRSS")
  }

  func growth() throws -> Int { try Self.bytes(of: "VmHWM") - start }

  private static func bytes(of key: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(key):") })
    return try #require(Int(line.split(separator: " ").dropLast().last ?? "")) << 10
  }
}
