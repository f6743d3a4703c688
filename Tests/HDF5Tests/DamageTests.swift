import HDF5
import Testing

@Suite struct DamageTests {
  let directory: TemporaryDirectory
  let path: String
  let values = (0..<5_000).map { Float($0) + 0.5 }

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("a.h5")
    let values = values
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.setAttribute("configuration", to: #"{"learning_rate": 0.1}"#)
      try root.write(values, shape: [50, 100], as: "parameters/weight")
      try root.write(["a", "b"], as: "names")
      for index in 0..<12 { try root.write([index], as: "many/\(index)") }
    }
  }

  /// Reads all there is in a file. What it gets, it gets right.
  func readAll(_ path: String) throws(HDF5Error) {
    let file = try HDF5File.open(path, checksums: .required)
    let values = try file.root.read("parameters/weight", as: Float.self, shape: [50, 100]).values
    #expect(values == self.values)
    #expect(try file.root.read("names", as: String.self).values == ["a", "b"])
    let many = try file.root.group("many")
    for (index, name) in try many.names().enumerated() {
      #expect(name == "\(index)")
      #expect(try many.read(name, as: Int.self).values == [index])
    }
    #expect(try file.root.attribute("configuration") == #"{"learning_rate": 0.1}"#)
    #expect(try file.root.attributeNames() == ["configuration"])
  }

  @Test func `a changed byte of an array is named, with both checksums`() throws {
    var bytes = try bytes(of: path)
    let pattern =
      withUnsafeBytes(of: values[4_321]) { Array($0) } + withUnsafeBytes(of: values[4_322]) { Array($0) }
    let position = try #require((0..<bytes.count - 8).first { Array(bytes[$0..<$0 + 8]) == pattern })
    var damaged = values
    bytes[position] ^= 1
    damaged[4_321] = Float(bitPattern: damaged[4_321].bitPattern ^ 1)
    try write(bytes, to: path)
    #expect(
      throws: HDF5Error(
        file: path, object: "/parameters/weight",
        problem: .checksum(
          expected: Checksum.crc32c(values.span.bytes), found: Checksum.crc32c(damaged.span.bytes)))
    ) { try HDF5File.open(path).root.read("parameters/weight", as: Float.self) }
  }

  @Test func `a checksum's message names file, dataset, both values and the remedy`() {
    #expect(
      HDF5Error(file: "runs/a.h5", object: "/w", problem: .checksum(expected: 0x1E240, found: .max))
        .description
        == "runs/a.h5: /w: expected CRC-32C 0x0001e240, stored when the data was written, found "
        + "0xffffffff in the bytes read. The file is damaged: use an older one or a copy.")
  }

  @Test func `a file cut short anywhere is an error`() throws {
    let whole = try bytes(of: path)
    for length in stride(from: 0, to: whole.count, by: 131) {
      try write(Array(whole.prefix(length)), to: path)
      #expect(throws: HDF5Error.self, "cut to \(length) bytes") { try readAll(path) }
    }
  }

  /// Of what is not the large array, every 17th byte is changed by a bit. A byte may be without meaning, so
  /// that reading succeeds, but then it succeeds with the right values.
  @Test func `any changed byte is an error or changes nothing`() throws {
    let whole = try bytes(of: path)
    let pattern = values.prefix(2).flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
    let array = try #require((0..<whole.count - 8).first { Array(whole[$0..<$0 + 8]) == pattern })
    let positions = stride(from: 0, to: whole.count, by: 17)
      .filter { !(array + 64..<array + 4 * values.count).contains($0) }
    var errors = 0
    for position in positions {
      var damaged = whole
      damaged[position] ^= UInt8(1 << (position % 8))
      try write(damaged, to: path)
      do { try readAll(path) } catch { errors += 1 }
    }
    #expect(errors > positions.count / 4)
  }

  @Test(arguments: 0..<150) func `random damage never traps`(seed: UInt64) throws {
    var generator = Lehmer(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    var damaged = try bytes(of: path)
    for _ in 0..<Int.random(in: 1...20, using: &generator) {
      let start = Int.random(in: 0..<damaged.count, using: &generator)
      let count = min(Int.random(in: 1...64, using: &generator), damaged.count - start)
      for position in start..<start + count {
        damaged[position] = [0, 0xFF, UInt8.random(in: .min ... .max, using: &generator)].randomElement(
          using: &generator)!
      }
    }
    if Bool.random(using: &generator) {
      damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
    }
    try write(damaged, to: path)
    do throws(HDF5Error) { try readAll(path) } catch { #expect(!error.description.isEmpty) }
  }

  @Test func `a file that is missing or not HDF5 is said exactly`() throws {
    let missing = directory.file("missing.h5")
    let error = #expect(throws: HDF5Error.self) { _ = try HDF5File.open(missing) }
    #expect(error?.systemCode == 2)
    #expect(error?.description.hasPrefix("\(missing): H5Fopen failed: H5Fopen: ") == true)
    #expect(error?.description.hasSuffix("Check the path, and that its directory exists.") == true)
    let text = directory.file("text.h5")
    try AtomicFile.replace(text, text: "not HDF5, but long enough that it could be")
    let other = #expect(throws: HDF5Error.self) { _ = try HDF5File.open(text) }
    #expect(other?.description.contains("file signature not found") == true)
  }

  @Test func `a dataset without a checksum is refused where one is required`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      let group = try root.makeGroup("group")
      try group.write([1] as [Float], as: "a")
    }
    // The attribute's name in the file is changed, and with it the header's own checksum must not hold.
    var bytes = try bytes(of: path)
    let name = Array("crc32c".utf8)
    let position = try #require((0..<bytes.count - 6).first { Array(bytes[$0..<$0 + 6]) == name })
    bytes[position] = UInt8(ascii: "C")
    try write(bytes, to: path)
    #expect(throws: HDF5Error.self) { try HDF5File.open(path).root.read("group/a", as: Float.self) }
  }
}

/// A small generator, so that a failure names the seed that repeats it.
struct Lehmer: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
