import Foundation
import HDF5
import Synchronization
import Testing
import Training

@Suite struct CheckpointFileTests {
  let directory: TemporaryFolder

  init() throws { directory = try TemporaryFolder() }

  /// As docs/checkpoint-format.md shows it.
  static let example = Checkpoint(
    metadata: CheckpointMetadata(
      study: "digits", trial: 17, job: 42, target: 2, budgetUnit: .epochs,
      origin: CheckpointMetadata.State(trial: 3, budget: 1),
      configuration: ["learning_rate": .number(0.001), "optimizer": .text("lamb")],
      measurements: [
        Measurement(budget: 1, metrics: ["dev_accuracy": 0.5, "train_loss": 1.5]),
        Measurement(budget: 2, metrics: ["dev_accuracy": 0.75]),
      ], isComplete: true),
    snapshot: snapshot(step: 400, first: 0.25))

  static func snapshot(step: Int, first: Float) -> Snapshot {
    let layout = [
      Snapshot.Entry(name: "layers.0.weight", shape: [2, 3], offset: 0),
      Snapshot.Entry(name: "layers.0.bias", shape: [2], offset: 16),
    ]
    let values: [Float] =
      [first, 1, .nan, -.infinity, -0.0, 5] + [Float](repeating: 0, count: 10) + [6, 7]
      + [Float](repeating: 0, count: 14)
    return Snapshot(
      progress: Progress(step: step, budget: 2),
      scalars: ["samples": .integer(step * 64), "loss_sum": .number(0.1), "loss_count": .integer(3)],
      blocks: [
        "parameters": .init(layout: layout, values: values),
        "buffers": .init(layout: [], values: []),
        "optimizer.first_moment": .init(layout: layout, values: values.map { $0 * 2 }),
      ])
  }

  /// Snapshots hold NaN, which is never equal to itself: equal in every bit is what a checkpoint promises.
  func expectEqual(_ left: Checkpoint, _ right: Checkpoint) {
    #expect(left.metadata == right.metadata)
    #expect(left.snapshot.progress == right.snapshot.progress)
    #expect(left.snapshot.scalars == right.snapshot.scalars)
    #expect(left.snapshot.opaque == right.snapshot.opaque)
    #expect(left.snapshot.blocks.keys.sorted() == right.snapshot.blocks.keys.sorted())
    for (name, block) in left.snapshot.blocks {
      #expect(block.layout == right.snapshot.blocks[name]?.layout)
      #expect(block.values.map(\.bitPattern) == right.snapshot.blocks[name]?.values.map(\.bitPattern))
    }
  }

  @Test func `a checkpoint comes back bit for bit`() throws {
    let path = directory.file("a.h5")
    try CheckpointFile.write(Self.example, to: path)
    expectEqual(try CheckpointFile.read(path), Self.example)
    let (metadata, progress) = try CheckpointFile.readMetadata(path)
    #expect(metadata == Self.example.metadata)
    #expect(progress == Self.example.snapshot.progress)
  }

  @Test func `a checkpoint of new weights, without measurements, comes back`() throws {
    let path = directory.file("a.h5")
    var checkpoint = Self.example
    checkpoint.metadata.origin = nil
    checkpoint.metadata.measurements = []
    checkpoint.metadata.configuration = ["na\"me": .text("line\nbreak"), "größe": .number(-1e-300)]
    checkpoint.metadata.isComplete = false
    try CheckpointFile.write(checkpoint, to: path)
    expectEqual(try CheckpointFile.read(path), checkpoint)
    #expect(
      try HDF5File.open(path).root.attribute("configuration")
        == #"{"größe": -1e-300, "na\"me": "line\u000abreak"}"#)
  }

  @Test func `a damaged tensor, another file and another version are said exactly`() throws {
    let path = directory.file("a.h5")
    try CheckpointFile.write(Self.example, to: path)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let pattern: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0xC0, 0x7F]
    let position = try #require((0..<bytes.count - 8).first { Array(bytes[$0..<$0 + 8]) == pattern })
    bytes[position + 3] ^= 2
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TrainingError.self) { try CheckpointFile.read(path) }
    guard case .data(let place, _, _, let remedy) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(place == "\(path): /parameters/layers.0.weight")
    #expect(remedy == "The file is damaged: use an older one or a copy.")

    try HDF5File.replace(path) { root throws(HDF5Error) in try root.setAttribute("format", to: "else") }
    #expect(
      throws: TrainingError.data(
        path: "\(path): /@format", expected: "\"tuner-mpi checkpoint\"", found: "another kind of file",
        remedy: "Name a checkpoint of this program.")
    ) { try CheckpointFile.read(path) }
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.setAttribute("format", to: CheckpointFile.format)
      try root.setAttribute("format_version", to: 2)
    }
    #expect(
      throws: TrainingError.data(
        path: "\(path): /@format_version", expected: "version 1", found: "version 2",
        remedy: "Read it with the version of this program that wrote it.")
    ) { try CheckpointFile.read(path) }
  }

  @Test(arguments: 0..<60) func `a damaged checkpoint never traps`(seed: UInt64) throws {
    let path = directory.file("a.h5")
    try CheckpointFile.write(Self.example, to: path)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    for _ in 0...next(8) { bytes[next(bytes.count)] = UInt8(next(256)) }
    if next(2) == 0 { bytes.removeLast(next(bytes.count)) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    do throws(TrainingError) {
      expectEqual(try CheckpointFile.read(path), Self.example)
    } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test func `the furthest whole checkpoint of a job is found`() throws {
    func write(_ name: String, job: Int, step: Int) throws {
      var checkpoint = Self.example
      checkpoint.metadata.job = job
      checkpoint.snapshot = Self.snapshot(step: step, first: Float(step))
      try CheckpointFile.write(checkpoint, to: directory.file(name))
    }
    #expect(try NewestCheckpoint(of: 7, in: directory.file("missing")).found == nil)
    try write("a.h5", job: 7, step: 100)
    try write("b.h5", job: 7, step: 300)
    try write("c.h5", job: 8, step: 900)
    try write("d.h5", job: 7, step: 500)
    try Data("not HDF5".utf8).write(to: URL(fileURLWithPath: directory.file("e.h5")))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: directory.file("notes.txt")))
    // The newest is cut within its last array, so that only its checksum tells.
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.file("d.h5"))))
    let pattern = withUnsafeBytes(of: Float(500)) { Array($0) } + [0, 0, 0x80, 0x3F]
    let position = try #require((0..<bytes.count - 8).first { Array(bytes[$0..<$0 + 8]) == pattern })
    bytes[position] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: directory.file("d.h5")))

    let search = try NewestCheckpoint(of: 7, in: directory.path)
    #expect(search.found?.path == directory.file("b.h5"))
    #expect(search.found?.checkpoint.snapshot.progress.step == 300)
    #expect(search.damaged.count == 2)
    #expect(search.damaged.contains { $0.description.contains("e.h5") })
    #expect(search.damaged.contains { $0.description.contains("d.h5: /parameters/layers.0.weight") })
  }

  @Test func `a writer of its own thread keeps the order and says what failed`() throws {
    let writer = CheckpointWriter()
    let results = Mutex<[(Int, String)]>([])
    let path = directory.file("a.h5")
    for step in 1...20 {
      var checkpoint = Self.example
      checkpoint.snapshot.progress.step = step
      writer.write(checkpoint, to: step == 10 ? directory.file("missing/a.h5") : path) { result in
        let words: String
        switch result {
        case .success: words = ""
        case .failure(let error): words = error.description
        }
        results.withLock { $0.append((step, words)) }
      }
    }
    #expect(writer.finish(within: 60))
    #expect(writer.pending == 0)
    let found = results.withLock { $0 }
    #expect(found.map(\.0) == Array(1...20))
    #expect(found.filter { !$0.1.isEmpty }.map(\.0) == [10])
    #expect(
      found[9].1 == "\(directory.file("missing/a.h5")): open failed: No such file or directory (errno 2). "
        + "Check the path, and that its directory exists.")
    #expect(try CheckpointFile.readMetadata(path).progress.step == 20)
  }
}
