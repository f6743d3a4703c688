import Foundation
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

  // Arrays of NumPy.

  /// The same images and labels as `write`, as NumPy saves them.
  private static func writeArrays(_ folder: TemporaryFolder, type: String = "<f4") throws -> NPYData {
    let count = samples
    var pixels: [UInt8] = []
    for sample in 0..<count {
      for pixel in 0..<12 {
        let value = pixel == 0 ? sample : sample * (pixel + 7) % 23
        switch type {
        case "<f8": pixels += bytes(of: Double(value).bitPattern)
        case ">i2": pixels += bytes(of: Int16(value).bigEndian)
        default: pixels += bytes(of: Float(value).bitPattern)
        }
      }
    }
    let labels = (0..<count).map { UInt8($0 * 7 % 4) }
    var format = NPYData(
      samples: try folder.write(array(type, "\(count), 3, 4", pixels), to: "samples.npy"),
      labels: try folder.write(array("|u1", "\(count),", labels), to: "labels.npy"))
    format.onDemand = true
    return format
  }

  private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }

  private static func array(_ type: String, _ shape: String, _ bytes: [UInt8]) -> [UInt8] {
    let header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }\n".utf8)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header + bytes
  }

  @Test(arguments: ["<f4", "<f8", ">i2"])
  func `arrays of NumPy train as the same samples of HDF5 do, bit for bit`(type: String) throws {
    let folder = try TemporaryFolder()
    let arrays = DataConfiguration(try Self.writeArrays(folder, type: type))
    let read = try TrainingData(arrays, split: SplitFractions(), seed: 3)
    let other = try Self.data(Self.write(folder), onDemand: true)
    #expect(read.byteCount == Self.samples * 8 && read.standardization == other.standardization)
    var configuration = SmallModel.mlp.configuration
    configuration.batchSize = 32
    var first = try Trainer(configuration, data: read, seed: 3, trial: 0)
    var second = try Trainer(configuration, data: other, seed: 3, trial: 0)
    _ = try first.train(to: 20)
    _ = try second.train(to: 20)
    #expect(try first.snapshot() == second.snapshot())
    #expect(try first.measure() == second.measure())
  }

  @Test func `samples on demand are those in memory, bit for bit, and so are those read in place`() throws {
    let folder = try TemporaryFolder()
    var format = try Self.writeArrays(folder)
    let file = try #require(try format.openSamples())
    let read = try SampleMemory<Float>(count: file.count * file.size) { values throws(TrainingError) in
      try file.read(Int32(0)..<Int32(file.count), into: values)
    }
    format.onDemand = nil
    let set = try DataSet.load(DataConfiguration(format))
    guard case .labelled(.memory(let held), _, _) = set.samples else {
      Issue.record("expected samples in memory")
      return
    }
    #expect(held.withScalars { Array($0) } == read.withScalars { Array($0) })
    // Made ready in the memory they were read into, and in a copy, which leaves the set as it was.
    let copied = try TrainingData(set, split: SplitFractions(), seed: 3)
    let own = try TrainingData(DataConfiguration(format), split: SplitFractions(), seed: 3)
    #expect(held.withScalars { Array($0) } == read.withScalars { Array($0) })
    #expect(copied.standardization == own.standardization)
    let (a, b) = try (BatchBuffer(copied, capacity: 50), BatchBuffer(own, capacity: 50))
    for buffer in [a, b] { try buffer.fill(0..<50, of: .dev) }
    #expect(Self.rows(a) == Self.rows(b))
  }

  @Test func `arrays that cannot be read on demand are refused, and one that shrinks meanwhile is named`()
    throws
  {
    let folder = try TemporaryFolder()
    var format = try Self.writeArrays(folder)
    let file = try #require(try format.openSamples())
    let size = Self.samples * 48
    let handle = try FileHandle(forWritingTo: URL(filePath: format.samples))
    try handle.truncate(atOffset: handle.seekToEnd() - 48)
    try handle.close()
    func message(_ format: NPYData) -> String {
      trainingError { () throws(TrainingError) in _ = try format.openSamples() }
    }
    #expect(
      message(format)
        == "\(format.samples): expected \(size) bytes of data for 500 x 3 x 4 scalars, found \(size - 48). "
        + "Write or copy the file again: it is damaged or cut off.")
    let block = try AlignedBlock<Float>(uninitialized: 24, for: "two samples")
    let shrunk = trainingError { () throws(TrainingError) in try file.read([498, 499], into: block.values) }
    #expect(shrunk.contains("found a file that ends after") && shrunk.hasPrefix(format.samples), "\(shrunk)")
    format.samples = try folder.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], to: "packed.npy")
    #expect(
      message(format)
        == "\(format.samples): expected a plain file, to be read on demand, found one that gzip packed. "
        + "Unpack it by gunzip, or leave on_demand out.")
    let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/arrays").path
    format.samples = golden + "/fortran.npy"
    #expect(
      message(format) == "\(format.samples): expected an array in C order, found one in Fortran order. "
        + "Write numpy.ascontiguousarray(array).")
    format.samples = golden + "/complex.npy"
    #expect(message(format).contains("expected floats, integers or Booleans, found scalars of type c8"))
  }
}
