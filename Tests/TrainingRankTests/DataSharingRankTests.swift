import Foundation
import HDF5
import MPI
import RankTesting
import Testing

@testable import Training

@Suite(.serialized) struct DataSharingRankTests {
  @Test func `a node's ranks share one copy of the data`() throws {
    try withRanks { group in
      let node = try group.splitByNode()
      let shared = try TrainingData(.digits, split: SplitFractions(), seed: 3, sharedOn: node)
      let own = try TrainingData(.digits, split: SplitFractions(), seed: 3)
      #expect(shared.form == own.form)
      #expect(shared.standardization == own.standardization)
      for part in DataPart.allCases where part != .secondDev {
        let count = own.count(of: part)
        #expect(shared.count(of: part) == count)
        let (a, b) = try (BatchBuffer(shared, capacity: count), BatchBuffer(own, capacity: count))
        try a.fill(0..<count, of: part)
        try b.fill(0..<count, of: part)
        #expect(Self.classes(of: a) == Self.classes(of: b))
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
      var order = SampleOrder(count: own.count(of: .train), seed: 8)
      for buffer in [a, b] { buffer.fill(positions: Array(5..<45), in: &order) }
      #expect(Self.classes(of: a) == Self.classes(of: b))
      try group.barrier()
      if group.isRoot { try FileManager.default.removeItem(atPath: path) }
    }
  }

  @Test func `arrays are read into the memory that the node shares, and what fails there fails on all`()
    throws
  {
    try withRanks { group in
      let folder = FileManager.default.temporaryDirectory.appending(path: "arrays-\(group.size)").path
      let (samples, labels) = ("\(folder)/samples.idx", "\(folder)/labels.idx")
      func header(_ code: UInt8, _ dimensions: [UInt8]) -> [UInt8] {
        [0, 0, code, UInt8(dimensions.count)] + dimensions.flatMap { [0, 0, 0, $0] }
      }
      let floats = (0..<600).flatMap { number in
        withUnsafeBytes(of: Float(number % 41).bitPattern.bigEndian) { Array($0) }
      }
      if group.isRoot {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(header(0x0D, [200, 3]) + floats).write(to: URL(filePath: samples))
        try Data(header(0x08, [200]) + (0..<200).map { UInt8($0 % 3) }).write(to: URL(filePath: labels))
      }
      try group.barrier()
      let node = try group.splitByNode()
      let configuration = DataConfiguration.idx(images: samples, labels: labels)
      let shared = try TrainingData(configuration, split: SplitFractions(), seed: 3, sharedOn: node)
      let own = try TrainingData(configuration, split: SplitFractions(), seed: 3)
      #expect(shared.preparation == own.preparation && shared.preparation != nil)
      let (a, b) = try (BatchBuffer(shared, capacity: 20), BatchBuffer(own, capacity: 20))
      for buffer in [a, b] { try buffer.fill(0..<20, of: .dev) }
      guard case .features(let first) = a.inputs, case .features(let second) = b.inputs else { return }
      #expect(Array(first) == Array(second))
      try group.barrier()
      // The last sample is no number.
      let broken = floats.dropLast(4) + [0x7F, 0xC0, 0, 0]
      if group.isRoot { try Data(header(0x0D, [200, 3]) + broken).write(to: URL(filePath: samples)) }
      try group.barrier()
      var message = ""
      do throws(TrainingError) {
        _ = try TrainingData(configuration, split: SplitFractions(), seed: 3, sharedOn: node)
      } catch {
        message = error.description
      }
      #expect(
        message == "\(samples): expected finite numbers, found nan in sample 199. Remove or mend the sample.")
      try group.barrier()
      if group.isRoot { try FileManager.default.removeItem(atPath: folder) }
      withExtendedLifetime(shared) {}
    }
  }

  @Test func `every rank reads samples on demand, standardized by what the first one measured`() throws {
    try withRanks { group in
      let path = FileManager.default.temporaryDirectory.appending(path: "on-demand-\(group.size).h5").path
      if group.isRoot {
        try HDF5File.replace(path) { root throws(HDF5Error) in
          try root.write((0..<900).map { Float($0 % 37) }, shape: [300, 3], as: "samples")
          try root.write((0..<300).map { Int64($0 % 3) }, as: "labels")
        }
      }
      try group.barrier()
      let node = try group.splitByNode()
      var format = HDF5Data(path: path, samples: "samples", labels: "labels")
      format.onDemand = true
      let data = try TrainingData(DataConfiguration(format), split: SplitFractions(), seed: 3, sharedOn: node)
      let own = try TrainingData(DataConfiguration(format), split: SplitFractions(), seed: 3)
      #expect(data.standardization == own.standardization)
      var configuration = TrainerRankTests.configuration()
      configuration.batchSize = 32
      var alone = try Trainer(configuration, data: own, seed: 1, trial: 4)
      var together = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      _ = try alone.train(to: 12) { false }
      _ = try together.train(to: 12) { false }
      let expected = try alone.measure().metrics
      for (name, value) in try together.measure().metrics {
        #expect(abs(value - (expected[name] ?? .nan)) < 1e-4, "\(name)")
      }
      try group.barrier()
      if group.isRoot { try FileManager.default.removeItem(atPath: path) }
    }
  }

  @Test(arguments: [false, true])
  func `samples that a column divides are divided alike on every rank`(onDemand: Bool) throws {
    try withRanks { group in
      let path = FileManager.default.temporaryDirectory.appending(path: "divided-\(group.size).h5").path
      if group.isRoot {
        try HDF5File.replace(path) { root throws(HDF5Error) in
          try root.write((0..<900).map { Float($0 % 37) }, shape: [300, 3], as: "samples")
          try root.write((0..<300).map { Int64($0 % 3) }, as: "labels")
          try root.write((0..<300).map { Int64($0 % 23) }, as: "groups")
        }
      }
      try group.barrier()
      let node = try group.splitByNode()
      var format = HDF5Data(path: path, samples: "samples", labels: "labels")
      format.onDemand = onDemand
      let fractions = SplitFractions(rule: .group, column: "groups")
      var configuration = DataConfiguration(format)
      configuration.groupColumn = "groups"
      let data = try TrainingData(configuration, split: fractions, seed: 3, sharedOn: node)
      let own = try TrainingData(configuration, split: fractions, seed: 3)
      #expect(data.groups == (0..<300).map { Int32($0 % 23) } && own.groups == data.groups)
      guard case .labelled(_, _, _, let split) = data.content,
        case .labelled(_, _, _, let expected) = own.content
      else {
        Issue.record("expected samples")
        return
      }
      #expect(split == expected && !split.dev.isEmpty)
      #expect(throws: TrainingError.self) { try data.fold(0, of: 3, seed: 1) }
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
      for buffer in [buffer, own] { try buffer.fill(0..<50, of: .dev) }
      #expect(Self.classes(of: buffer) == Self.classes(of: own))
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

  private static func classes(of buffer: BatchBuffer) -> [Int64] {
    buffer.targets.classes.map { Array($0) } ?? []
  }
}
