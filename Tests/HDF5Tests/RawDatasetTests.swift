import HDF5
import Testing

/// Arrays whose type is known only when the program runs.
@Suite struct RawDatasetTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("a.h5")
  }

  static let types: [ElementType] = [
    .float(bits: 16), .float(bits: 32), .float(bits: 64), .signedInteger(bits: 8), .signedInteger(bits: 16),
    .signedInteger(bits: 32), .signedInteger(bits: 64), .unsignedInteger(bits: 8), .unsignedInteger(bits: 16),
    .boolean,
  ]

  private func size(of type: ElementType) -> Int {
    switch type {
    case .float(let bits), .signedInteger(let bits), .unsignedInteger(let bits): bits / 8
    default: 1
    }
  }

  /// Also bytes that are no number of the type, such as NaN with a payload, and no Boolean.
  @Test(arguments: types)
  func `bytes come back as they were, whatever they are`(type: ElementType) throws {
    let bytes = (0..<6 * size(of: type)).map { UInt8(truncatingIfNeeded: 251 &* $0 &+ 7) }
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write(bytes.span.bytes, of: type, shape: [2, 3], as: "a")
      try root.write([UInt8]().span.bytes, of: type, shape: [0], as: "empty")
      try root.write(Array(bytes.prefix(size(of: type))).span.bytes, of: type, shape: [], as: "single")
    }
    let file = try HDF5File.open(path, checksums: .required)
    let form = try file.root.form(of: "a")
    #expect(form.type == type)
    #expect(form.shape == [2, 3])
    #expect(form.byteCount == bytes.count)
    var found = [UInt8](repeating: 0, count: bytes.count)
    try found.withUnsafeMutableBytes { try file.root.read("a", of: form, into: $0) }
    #expect(found == bytes)
    #expect(try file.root.form(of: "empty").byteCount == 0)
    #expect(try file.root.form(of: "single").shape == [])
  }

  @Test func `too few bytes, text and a damaged array are refused`() throws {
    #expect(throws: HDF5Error.self) {
      try HDF5File.replace(path) { root throws(HDF5Error) in
        try root.write([UInt8](repeating: 0, count: 5).span.bytes, of: .float(bits: 16), shape: [3], as: "a")
      }
    }
    #expect(throws: HDF5Error.self) {
      try HDF5File.replace(path) { root throws(HDF5Error) in
        try root.write([UInt8](repeating: 0, count: 5).span.bytes, of: .text, shape: [5], as: "a")
      }
    }
    try HDF5File.replace(path) { root throws(HDF5Error) in try root.write("words", as: "a") }
    #expect(throws: HDF5Error.self) { try HDF5File.open(path).root.form(of: "a") }
  }

  @Test(.enabled(if: python != nil, "no Python that imports h5py: name one by TUNER_PYTHON"))
  func `h5py reads half floats and Booleans as its own`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      // 1, -2, 65504 and the smallest subnormal number of IEEE 754's binary16.
      let halves: [UInt16] = [0x3C00, 0xC000, 0x7BFF, 0x0001]
      try root.write(halves.span.bytes, of: .float(bits: 16), shape: [4], as: "half")
      try root.write([UInt8]([1, 0, 1]).span.bytes, of: .boolean, shape: [3], as: "truth")
    }
    let script = """
      import h5py, numpy, sys
      with h5py.File(sys.argv[1]) as f:
          assert f["half"].dtype == numpy.float16, f["half"].dtype
          assert list(f["half"][()]) == [1, -2, 65504, 2.0**-24], f["half"][()]
          assert f["truth"].dtype == numpy.bool_ and list(f["truth"][()]) == [True, False, True]
      """
    #expect(try run(try #require(python), "-c", script, path) == Result(status: 0, output: ""))
  }
}
