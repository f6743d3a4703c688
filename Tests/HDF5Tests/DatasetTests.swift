import HDF5
import Testing

@Suite struct DatasetTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("a.h5")
  }

  func expectRoundTrip<Scalar: HDF5Scalar & Equatable>(_ values: [Scalar], shape: [Int]) throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in try root.write(values, shape: shape, as: "a") }
    let array = try HDF5File.open(path, checksums: .required).root.read("a", as: Scalar.self, shape: shape)
    #expect(array == HDF5Array(values: values, shape: shape))
  }

  @Test func `every scalar comes back as it was written`() throws {
    try expectRoundTrip([1.5, -2, .greatestFiniteMagnitude] as [Float], shape: [3])
    try expectRoundTrip([1.5, -2, .leastNonzeroMagnitude] as [Double], shape: [3, 1])
    try expectRoundTrip([.min, -1, 0, .max] as [Int8], shape: [2, 2])
    try expectRoundTrip([.min, -1, 0, .max] as [Int16], shape: [2, 2])
    try expectRoundTrip([.min, -1, 0, .max] as [Int32], shape: [2, 2])
    try expectRoundTrip([.min, -1, 0, .max] as [Int64], shape: [4])
    try expectRoundTrip([.min, -1, 0, .max] as [Int], shape: [1, 4, 1])
    try expectRoundTrip([0, 1, .max] as [UInt8], shape: [3])
    try expectRoundTrip([0, 1, .max] as [UInt16], shape: [3])
    try expectRoundTrip([0, 1, .max] as [UInt32], shape: [3])
    try expectRoundTrip([0, 1, .max] as [UInt64], shape: [3])
  }

  @Test(arguments: [[], [1], [0], [3, 0, 2], [7, 5, 3, 2], [1, 1, 1, 1, 1, 1, 1, 1]])
  func `every shape comes back, single values and empty arrays too`(shape: [Int]) throws {
    try expectRoundTrip((0..<shape.reduce(1, *)).map(Float.init), shape: shape)
  }

  @Test func `a large array comes back, in one piece and in chunks`() throws {
    let values = (0..<700_000).map { Float($0).squareRoot() }
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write(values, shape: [700, 1000], as: "whole")
      try root.write(values, shape: [700, 1000], as: "chunks", layout: .chunked([64, 1000]))
    }
    let file = try HDF5File.open(path, checksums: .required)
    #expect(try file.root.read("whole", as: Float.self).values == values)
    #expect(try file.root.read("chunks", as: Float.self) == HDF5Array(values: values, shape: [700, 1000]))
  }

  @Test func `infinities, signed zeros and payloads of NaN keep their bits`() throws {
    let patterns: [UInt32] = [
      0x7F80_0000, 0xFF80_0000, 0x8000_0000, 0, 0x7FC0_0001, 0xFFC1_2345, 0x7F80_0001, 1,
    ]
    let values = patterns.map { Float(bitPattern: $0) }
    try HDF5File.replace(path) { root throws(HDF5Error) in try root.write(values, as: "a") }
    let read = try HDF5File.open(path).root.read("a", as: Float.self)
    #expect(read.values.map(\.bitPattern) == patterns)
  }

  @Test func `a part of an array is written without a copy`() throws {
    let values: [Float] = [0, 1, 2, 3, 4, 5, 6, 7]
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write(values.span.extracting(2..<6), shape: [2, 2], as: "a")
    }
    #expect(try HDF5File.open(path).root.read("a") == HDF5Array<Float>(values: [2, 3, 4, 5], shape: [2, 2]))
  }

  @Test func `texts of any length and alphabet come back`() throws {
    let long = String(repeating: "größer 水 ", count: 20_000)
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write(["", "a", "naïve 🦊", "b c"], shape: [2, 2], as: "words")
      try root.write(long, as: "long")
      try root.write([String](), as: "none")
    }
    let file = try HDF5File.open(path, checksums: .required)
    #expect(
      try file.root.read("words", as: String.self)
        == HDF5Array(values: ["", "a", "naïve 🦊", "b c"], shape: [2, 2]))
    #expect(try file.root.read("long", as: String.self) == HDF5Array(values: [long], shape: []))
    #expect(try file.root.read("none", as: String.self) == HDF5Array(values: [], shape: [0]))
  }

  @Test func `shapes and element types can be asked for`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([1, 2, 3, 4, 5, 6] as [Double], shape: [3, 2], as: "a")
      try root.write("text", as: "b")
    }
    let file = try HDF5File.open(path)
    #expect(try file.root.shape(of: "a") == [3, 2])
    #expect(try file.root.elementType(of: "a") == .float(bits: 64))
    #expect(try file.root.elementType(of: "b") == .text)
  }

  func message(_ body: () throws(HDF5Error) -> Void) -> String {
    do throws(HDF5Error) {
      try body()
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func `what is missing or of another kind is said exactly`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([1, 2, 3, 4] as [Float], shape: [2, 2], as: "model/weight")
      try root.write([1] as [Int64], as: "count")
      _ = try root.makeGroup("empty")
    }
    let file = try HDF5File.open(path)
    #expect(
      message { () throws(HDF5Error) in _ = try file.root.read("weight", as: Float.self) }
        == "\(path): /weight: expected a dataset of 32-bit floats, found nothing there. "
        + "/ holds model, count, empty."
    )
    #expect(
      message { () throws(HDF5Error) in _ = try file.root.group("empty").read("a", as: Float.self) }
        == "\(path): /empty/a: expected a dataset of 32-bit floats, found nothing there. /empty is empty.")
    #expect(
      message { () throws(HDF5Error) in _ = try file.root.read("model", as: Float.self) }
        == "\(path): /model: expected a dataset of 32-bit floats, found a group. Name one of its members.")
    #expect(
      message { () throws(HDF5Error) in _ = try file.root.group("count") }
        == "\(path): /count: expected a group, found a dataset or a type. Read it as a dataset.")
    #expect(
      message { () throws(HDF5Error) in _ = try file.root.read("model/weight", as: Double.self) }
        == "\(path): /model/weight: expected 64-bit floats, found 32-bit floats. "
        + "Read it as what it holds, or write it anew.")
    #expect(
      message { () throws(HDF5Error) in _ = try file.root.read("model/weight", as: Float.self, shape: [4]) }
        == "\(path): /model/weight: expected the shape [4], found [2, 2]. "
        + "The file is of another model or data set: check which one belongs here.")
    #expect(
      message { () throws(HDF5Error) in _ = try file.root.read("count", as: String.self) }
        == "\(path): /count: expected text, found 64-bit signed integers. Read it as what it holds.")
  }

  @Test func `what can't be written is said exactly, and leaves no file`() throws {
    let path = path
    #expect(
      message { () throws(HDF5Error) in
        try HDF5File.replace(path) { root throws(HDF5Error) in
          try root.write([1, 2, 3] as [Float], shape: [2, 2], as: "a")
        }
      }
        == "\(path): /a: expected as many values as the shape [2, 2] has elements, found 3. "
        + "Pass the array's own shape."
    )
    #expect(
      message { () throws(HDF5Error) in
        try HDF5File.replace(path) { root throws(HDF5Error) in
          try root.write([1, 2] as [Float], as: "a", layout: .chunked([1, 2]))
        }
      } == "\(path): /a: expected a chunk of 1 extents above 0, as the shape [2] has, found [1, 2]. "
        + "Give one extent for each dimension, or use a contiguous layout.")
    #expect(
      message { () throws(HDF5Error) in
        try HDF5File.replace(path) { root throws(HDF5Error) in try root.write(["a\0b"], as: "a") }
      } == "\(path): /a: expected text without NUL, found \"a\\0b\". Write it as bytes.")
    #expect(
      message { () throws(HDF5Error) in
        try HDF5File.replace(path) { root throws(HDF5Error) in try root.write([1] as [Float], as: "") }
      }.hasSuffix(
        "expected a name of at least one letter and without NUL, found \"\". Give the member a name."))
    #expect(try directory.contents == [])
  }

  @Test func `a name that is taken is refused in the library's own words`() throws {
    let path = path
    let message = message { () throws(HDF5Error) in
      try HDF5File.replace(path) { root throws(HDF5Error) in
        try root.write([1] as [Float], as: "a")
        try root.write([1] as [Float], as: "a")
      }
    }
    #expect(message.hasPrefix("\(path): /a: H5Dcreate failed: H5Dcreate2: unable to create dataset"))
    #expect(message.contains("name already exists"))
  }
}
