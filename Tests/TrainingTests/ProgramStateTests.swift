import Foundation
import Testing

@testable import Training

/// What programs print and keep: numbers, state files, state directories.
@Suite struct ProgramStateTests {
  // MARK: Numbers

  @Test(arguments: [
    ("val acc: 0.91", 0.91), ("epoch 3, val acc: 9.5e-05, done", 9.5e-05), ("We reached val acc: 0.93.", 0.93),
    ("val acc: 1", 1), ("val acc: -2.5e3)", -2500),
  ])
  func `a pattern finds a number as it is printed`(line: String, value: Double) {
    let printed = PrintedMetrics([PrintedMetric("acc", pattern: #"val acc: (\S+)"#)])
    printed.take(line)
    #expect(printed.values == ["acc": value])
    #expect(printed.complaint == nil)
  }

  @Test func `the last match counts, whatever it says`() {
    let printed = PrintedMetrics([PrintedMetric("acc", pattern: #"acc: (\S+)"#)])
    printed.take("acc: 0.5")
    printed.take("acc: nan")
    #expect(printed.values["acc"]?.isNaN == true)
    printed.take("acc: unknown")
    #expect(printed.complaint?.hasPrefix("acc: expected a number, found unknown.") == true)
    printed.take("acc: 0.7")
    #expect(printed.values == ["acc": 0.7] && printed.complaint == nil)
  }

  @Test func `a line of JSON is read with the numbers that JSON has not`() {
    let printed = PrintedMetrics([PrintedMetric("loss"), PrintedMetric("acc")])
    printed.take(#"{"epoch": 1, "loss": 0.5, "acc": 1, "note": "x"}"#)
    #expect(printed.values == ["loss": 0.5, "acc": 1])
    printed.take(#"{"loss": NaN, "acc": -Infinity}"#)
    #expect(printed.values["loss"]?.isNaN == true && printed.values["acc"] == -.infinity)
    printed.take(#"{"loss": "none"}"#)
    #expect(printed.complaint?.hasPrefix(#"loss: expected a number, found "none"."#) == true)
    printed.take("{not JSON, loss: 3}")
    #expect(printed.values["acc"] == -.infinity)
  }

  // MARK: State files

  private static func file(_ header: String, bytes: Int) throws -> StateMemory {
    let length = (8 + header.utf8.count + 63) / 64 * 64 - 8
    let memory = try StateMemory(byteCount: 8 + length + bytes, for: "a test")
    memory.writable.initializeMemory(as: UInt8.self, repeating: 0)
    memory.writable.storeBytes(of: UInt64(length).littleEndian, as: UInt64.self)
    let text = Array(header.utf8) + [UInt8](repeating: 32, count: length - header.utf8.count)
    UnsafeMutableRawBufferPointer(rebasing: memory.writable[8..<8 + length]).copyBytes(from: text)
    return memory
  }

  @Test func `a state comes back from a file, its arrays in their places`() throws {
    let header = """
      {"__metadata__":{"tuner_mpi":"{\\"scalars\\":{\\"step\\":3,\\"rate\\":\\"NaN\\",\\"on\\":true},\\"opaque\\":[\\"b\\"]}"},\
      "a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"b":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}
      """
    let memory = try Self.file(header, bytes: 19)
    let snapshot = try StateFile.snapshot(memory, Progress(step: 1, budget: 1))
    #expect(snapshot.blocks["state"]?.layout.map(\.name) == ["a", "b"])
    #expect(snapshot.scalars["step"] == .integer(3) && snapshot.scalars["rate"] == .number(.nan))
    // What was read from a checkpoint is written anew, and means the same.
    let again = try StateFile.snapshot(StateFile.memory(of: snapshot), snapshot.progress)
    #expect(again.scalars == snapshot.scalars)
    #expect(again.blocks["state"]?.bytes(of: "a").map(Array.init) == [UInt8](repeating: 0, count: 16))
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[1,-9223372036854775808]}}"#,
    #"{"a":{"dtype":"F64","shape":[-5,3],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"F64","shape":[9223372036854775807,4],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[4,12]}}"#,
    #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,800]}}"#,
    #"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#,
    #"{"..":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
    #"{"x/y":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
    #"{"a\u0000":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
    #"{"a":7}"#, "[]", "no JSON",
  ])
  func `a file of another layout is refused`(header: String) throws {
    let memory = try Self.file(header, bytes: 64)
    #expect(throws: TrainingError.self) { try StateFile.snapshot(memory, Progress()) }
  }

  // MARK: State directories

  @Test func `a directory comes back with its files, empty ones and links, in the order of their writing`() throws {
    let root = FileManager.default.temporaryDirectory.path + "/state-\(UUID().uuidString)"
    let (first, second) = (StateDirectory(path: root + "/1"), StateDirectory(path: root + "/2"))
    defer { try? FileManager.default.removeItem(atPath: root) }
    try first.clear()
    try FileManager.default.createDirectory(atPath: root + "/1/sub", withIntermediateDirectories: true)
    for (index, name) in ["z.pt", "sub/a%b.pt", "empty.lock"].enumerated() {
      let path = "\(root)/1/\(name)"
      try Data(name == "empty.lock" ? "" : name).write(to: path)
      let time = Date(timeIntervalSince1970: 1_000_000 + Double(index))
      try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
    }
    try FileManager.default.createSymbolicLink(atPath: root + "/1/best.pt", withDestinationPath: "z.pt")
    let (files, order) = try first.read()
    try second.clear()
    try second.write(files, order: order)
    let again = try second.read()
    #expect(again.files == files)
    #expect(files.count == 4 && files["empty.lock"]?.byteCount == 0)
    #expect(again.order.filter { $0 != "best.pt" } == ["z.pt", "sub%2Fa%25b.pt", "empty.lock"])
    #expect(try String(contentsOfFile: root + "/2/best.pt", encoding: .utf8) == "z.pt")
  }

  @Test(arguments: ["..%2Fx", "%2Fetc%2Fx", "a%2F..%2F..%2Fx"]) func `a name that leads elsewhere is refused`(
    name: String
  ) throws {
    let path = FileManager.default.temporaryDirectory.path + "/state-\(UUID().uuidString)/inner"
    let directory = StateDirectory(path: path)
    try directory.clear()
    defer { directory.remove() }
    let memory = try StateMemory(byteCount: 0, for: "a test")
    #expect(throws: TrainingError.self) { try directory.write([name: memory], order: []) }
  }
}

extension Data {
  fileprivate init(_ text: String) { self.init(text.utf8) }
  fileprivate func write(to path: String) throws { try write(to: URL(fileURLWithPath: path)) }
}
