import HDF5
import Testing

@testable import Training

/// Samples that stay in their file, against the same samples in memory.
@Suite struct OnDemandTests {
  private static let samples = 500

  /// 500 images of 3 x 4, whose first pixel is the sample's number.
  private static func write(_ folder: TemporaryFolder, from first: Int = 0, count: Int = samples) throws
    -> String
  {
    let path = "\(folder.path)/data-\(first).h5"
    try HDF5File.replace(path) { root throws(HDF5Error) in
      var pixels: [Float] = []
      for sample in first..<first + count {
        for pixel in 0..<12 { pixels.append(Float(pixel == 0 ? sample : sample * (pixel + 7) % 23)) }
      }
      try root.write(pixels, shape: [count, 3, 4], as: "samples")
      try root.write((first..<first + count).map { Int64($0 * 7 % 4) }, as: "labels")
    }
    return path
  }

  private static func configuration(_ path: String, onDemand: Bool) -> DataConfiguration {
    var format = HDF5Data(path: path, samples: "samples", labels: "labels")
    format.onDemand = onDemand ? true : nil
    return DataConfiguration(format)
  }

  private static func data(_ path: String, onDemand: Bool) throws -> TrainingData {
    try TrainingData(configuration(path, onDemand: onDemand), split: SplitFractions(), seed: 3)
  }

  private static func rows(_ buffer: BatchBuffer) -> [[Float]] {
    (0..<buffer.capacity).compactMap { buffer.sample($0).map { Array($0) } }
  }

  @Test func `split, standardization and evaluation are those of data in memory`() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(folder)
    let (held, read) = try (Self.data(path, onDemand: false), Self.data(path, onDemand: true))
    #expect(held.form == read.form && read.byteCount == Self.samples * 8)
    for part in DataPart.allCases where part != .secondDev {
      let count = held.count(of: part)
      #expect(read.count(of: part) == count)
      let (a, b) = try (BatchBuffer(held, capacity: count), BatchBuffer(read, capacity: count))
      try a.fill(0..<count, of: part)
      try b.fill(0..<count, of: part)
      #expect(a.labels == b.labels)
      for (one, other) in zip(Self.rows(a), Self.rows(b)) {
        #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 })
      }
    }
  }

  @Test(arguments: [1, 48 * 16, 48 * 160, 1 << 26])
  func `an epoch has every sample once, in an order of its own`(windowBytes: Int) throws {
    let folder = try TemporaryFolder()
    let data = try Self.data(Self.write(folder), onDemand: true)
    let windows = try #require(SampleWindows(data, seed: 5, windowBytes: windowBytes))
    let count = data.count(of: .train)
    let buffer = try BatchBuffer(data, capacity: count)
    var epochs: [[[Float]]] = []
    for epoch in 0..<3 {
      try windows.fill(buffer, Array(epoch * count..<(epoch + 1) * count))
      epochs.append(Self.rows(buffer))
    }
    let ordered = try BatchBuffer(data, capacity: count)
    try ordered.fill(0..<count, of: .train)
    let sorted = Self.rows(ordered).sorted { $0[0] < $1[0] }
    for epoch in epochs { #expect(epoch.sorted { $0[0] < $1[0] } == sorted) }
    #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2] && epochs[0] != sorted)
    // A function of the positions: backwards, and from another place in the stream.
    let other = try #require(SampleWindows(data, seed: 5, windowBytes: windowBytes))
    let part = try BatchBuffer(data, capacity: 60)
    let positions = Array((count + 100..<count + 160).reversed())
    try other.fill(part, positions)
    #expect(Self.rows(part) == Array(epochs[1][100..<160].reversed()))
    let places = other.places(at: positions)
    #expect(data.classes(atTrain: places).map { Int64($0) } == part.labels)
  }

  @Test func `a trial that is interrupted goes on as if nothing had been`() throws {
    let folder = try TemporaryFolder()
    let data = try Self.data(Self.write(folder), onDemand: true)
    var configuration = SmallModel.mlp.configuration
    configuration.batching.epochTail = .spread
    configuration.augmentation.mixup = 0.5
    configuration.batchSize = 150
    var whole = try Trainer(configuration, data: data, seed: 3, trial: 0)
    _ = try whole.train(to: 9)
    var first = try Trainer(configuration, data: data, seed: 3, trial: 0)
    _ = try first.train(to: 4)
    var second = try Trainer(configuration, data: data, seed: 3, trial: 1)
    #expect(try second.takeUp(configuration, trial: 0))
    try second.restore(first.snapshot())
    _ = try second.train(to: 9)
    #expect(try second.measure() == whole.measure())
  }

  @Test func `parts with files of their own are read from them`() throws {
    let folder = try TemporaryFolder()
    var configuration = try Self.configuration(Self.write(folder), onDemand: true)
    configuration.test = try Self.configuration(Self.write(folder, from: 600, count: 40), onDemand: true)
      .format
    let data = try TrainingData(configuration, split: SplitFractions(), seed: 3)
    let buffer = try BatchBuffer(data, capacity: 40)
    try buffer.fill(0..<40, of: .test)
    let scale = try #require(data.standardization)
    let firsts = Self.rows(buffer).map { ($0[0] * scale.deviations[0] + scale.means[0]).rounded() }
    #expect(firsts == (600..<640).map { Float($0) })
  }

  @Test func `what is not finite is named before anything trains, and balanced draws are refused`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/nan.h5"
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write((0..<300).map { $0 == 205 ? Float.nan : Float($0) }, shape: [100, 3], as: "samples")
      try root.write((0..<100).map { Int64($0 % 2) }, as: "labels")
    }
    let message = trainingError { () throws(TrainingError) in
      _ = try TrainingData(Self.configuration(path, onDemand: true), split: SplitFractions(), seed: 1)
    }
    #expect(
      message
        == "\(path): samples: expected finite numbers, found nan in sample 68. Remove or mend the sample.")
    let data = try Self.data(Self.write(folder), onDemand: true)
    #expect(
      trainingError { () throws(TrainingError) in _ = try SampleOrder(data, .balanced, seed: 1) }
        == "sampling: expected shuffled, for data that are read on demand, found balanced. "
        + "Write class_weights: balanced instead, or leave on_demand out.")
  }
}
