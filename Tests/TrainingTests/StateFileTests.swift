import Foundation
import HDF5
import Testing
import Training

/// A state of somebody else's trainee: arrays of every type, opaque bytes, scalars of every kind.
@Suite struct StateFileTests {
  let directory: TemporaryFolder

  init() throws { directory = try TemporaryFolder() }

  static func state() throws -> Snapshot {
    var layout: [Snapshot.Entry] = []
    var end = 0
    for element in Snapshot.Element.allCases {
      let offset = (end + 63) / 64 * 64
      layout.append(
        Snapshot.Entry(
          name: "a.\(element.rawValue)", shape: [3, 2], offset: offset / element.byteCount, element: element))
      end = offset + 6 * element.byteCount
    }
    layout.append(Snapshot.Entry(name: "single", shape: [], offset: (end + 7) / 8, element: .int64))
    end = (end + 7) / 8 * 8 + 8
    let memory = try StateMemory(byteCount: end + 5, for: "a test")
    memory.writable.initializeMemory(as: UInt8.self, repeating: 0)
    for entry in layout {
      for place in entry.byteRange ?? 0..<0 {
        memory.writable[place] =
          entry.element == .bool ? UInt8(place % 2) : UInt8(truncatingIfNeeded: place &* 37)
      }
    }
    return Snapshot(
      progress: Progress(step: 12, budget: 3),
      scalars: [
        "epoch": .integer(.max), "best": .number(.nan), "floor": .number(-.infinity),
        "phase": .text("größer"),
        "frozen": .truth(true),
      ],
      blocks: [
        "state": Snapshot.Block(layout: layout, memory: memory),
        "model.plain": Snapshot.Block(
          layout: [.init(name: "w", shape: [2], offset: 0)], values: [1.5, -2]),
      ],
      opaque: [
        "generators": StateMemory(copying: (0..<1000).map { UInt8(truncatingIfNeeded: $0) }),
        "nothing": StateMemory(copying: [UInt8]()),
      ])
  }

  private func write(_ snapshot: Snapshot) throws -> String {
    let path = directory.file("a.h5")
    var checkpoint = CheckpointFileTests.example
    checkpoint.snapshot = snapshot
    try CheckpointFile.write(checkpoint, to: path)
    return path
  }

  @Test func `a state of any types comes back bit for bit`() throws {
    let state = try Self.state()
    let path = try write(state)
    #expect(try CheckpointFile.read(path).snapshot == state)
    #expect(try CheckpointFile.readMetadata(path).progress == Progress(step: 12, budget: 3))
  }

  @Test(arguments: 0..<60) func `a damaged state never traps`(seed: UInt64) throws {
    let whole = try Self.state()
    let path = try write(whole)
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
      #expect(try CheckpointFile.read(path).snapshot == whole)
    } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test func `an array beyond its block and a name with a slash are refused`() throws {
    let beyond = Snapshot.Block(layout: [.init(name: "w", shape: [3], offset: 0)], values: [1, 2])
    #expect(throws: TrainingError.self) { try write(Snapshot(progress: Progress(), blocks: ["a": beyond])) }
    let slash = Snapshot.Block(layout: [.init(name: "a/w", shape: [2], offset: 0)], values: [1, 2])
    #expect(throws: TrainingError.self) { try write(Snapshot(progress: Progress(), blocks: ["a": slash])) }
    let huge = Snapshot.Block(layout: [.init(name: "w", shape: [.max], offset: 2)], values: [1, 2])
    #expect(throws: TrainingError.self) { try write(Snapshot(progress: Progress(), blocks: ["a": huge])) }
  }

  @Test(arguments: [["opaque"], ["scalars.a"], ["measurements"], ["a", "a.b"], [""]])
  func `a block that would share its group is refused`(names: [String]) throws {
    let block = Snapshot.Block(layout: [.init(name: "w", shape: [2], offset: 0)], values: [1, 2])
    let blocks = Dictionary(uniqueKeysWithValues: names.map { ($0, block) })
    let error = #expect(throws: TrainingError.self) {
      try write(Snapshot(progress: Progress(), blocks: blocks))
    }
    #expect(error?.description.contains("names of blocks, none within another") == true)
  }

  /// Written by the version of 62ec6ff.
  @Test func `a checkpoint of an earlier version reads as before`() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../TunerRankTests/Golden/halving/checkpoints")
    let files = try #require(FileManager.default.enumerator(atPath: path.path)).compactMap { $0 as? String }
      .filter { $0.hasSuffix(".h5") }
    #expect(!files.isEmpty)
    for file in files {
      let snapshot = try CheckpointFile.read(path.path + "/" + file).snapshot
      #expect(snapshot.progress.budget > 0)
      #expect(Set(snapshot.scalars.keys) == ["samples", "loss_sum", "loss_count"])
      let block = try #require(snapshot.blocks["parameters"])
      #expect(block.layout == [.init(name: "weight", shape: [100], offset: 0)])
      #expect(block.values.count == 100)
    }
  }

  @Test(.enabled(if: python != nil, "no Python that imports h5py: name one by TUNER_PYTHON"))
  func `h5py reads every type by its own name`() throws {
    _ = try write(Self.state())
    let script = """
      import h5py
      with h5py.File("a.h5") as f:
          print(*(f"{name}:{array.dtype}" for name, array in f["state"].items()))
          print(f["state/a.bfloat16"].attrs["element"].decode(), f["state"].attrs["bytes"])
          print(f["opaque/generators"].dtype, f["opaque/generators"].shape, f["opaque/nothing"].shape)
          print(*(f"{name}:{value.dtype.kind}" for name, value in sorted(f["scalars"].attrs.items())))
      """
    let bytes = try #require(Self.state().blocks["state"]).memory.byteCount
    let output = try CheckpointDocumentTests().run(script, in: directory.path)
    #expect(
      output == """
        a.float16:float16 a.bfloat16:uint16 a.float32:float32 a.float64:float64 a.int8:int8 a.int16:int16 \
        a.int32:int32 a.int64:int64 a.uint8:uint8 a.bool:bool single:int64
        bfloat16 \(bytes)
        uint8 (1000,) (0,)
        best:f epoch:i floor:f frozen:b phase:S

        """)
  }
}
