import Foundation
import HDF5
import Testing

/// What other programs make of our files, and we of theirs.
@Suite struct OtherProgramsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(.enabled(if: python != nil, "no Python that imports h5py: name one by TUNER_PYTHON"))
  func `h5py finds the names, shapes, values, attributes and links`() throws {
    let path = directory.file("a.h5")
    try HDF5File.replace(directory.file("b.h5")) { root throws(HDF5Error) in
      try root.write([7] as [Double], as: "far/away")
    }
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.setAttribute("study", to: "größer")
      try root.setAttribute("step", to: 400)
      try root.setAttribute("rate", to: Float(0.5))
      try root.setAttribute("complete", to: true)
      try root.setAttribute("names", to: ["a", "bcd"])
      try root.write([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3], as: "model/z")
      try root.write([.min, .max] as [Int64], as: "model/a", layout: .chunked([1]))
      try root.write(["x", "größer"], as: "texts")
      try root.write("{}", as: "json")
      try root.makeExternalLink("other", to: "/far", in: "b.h5")
      try root.makeSoftLink("newest", to: "/model/z")
    }
    let script = """
      import h5py, numpy, sys
      with h5py.File(sys.argv[1]) as f:
          assert f.attrs["study"].decode() == "größer"
          assert f.attrs["step"] == 400 and f.attrs["step"].dtype == numpy.int64
          assert f.attrs["rate"] == 0.5 and f.attrs["rate"].dtype == numpy.float32
          assert f.attrs["complete"] == True and f.attrs["complete"].dtype == numpy.bool_
          assert [n.decode() for n in f.attrs["names"]] == ["a", "bcd"]
          assert list(f) == ["model", "texts", "json", "other", "newest"], list(f)
          assert f["model/z"].dtype == numpy.float32 and f["model/z"].chunks is None
          assert (f["model/z"][()] == [[1, 2, 3], [4, 5, 6]]).all()
          assert (f["model/a"][()] == [-2**63, 2**63 - 1]).all() and f["model/a"].chunks == (1,)
          assert list(f["texts"].asstr()[()]) == ["x", "größer"]
          assert f["json"].asstr()[()] == "{}"
          assert f["other/away"][0] == 7 and f["newest"][0, 1] == 2
          crc = 0xFFFFFFFF
          for byte in f["model/z"][()].tobytes():
              crc ^= byte
              for _ in range(8):
                  crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
          assert f["model/z"].attrs["crc32c"] == crc ^ 0xFFFFFFFF
      """
    let result = try run(try #require(python), "-c", script, path)
    #expect(result == Result(status: 0, output: ""))
  }

  @Test(.enabled(if: python != nil, "no Python that imports h5py: name one by TUNER_PYTHON"))
  func `files of h5py are read, and refused where a checksum is required`() throws {
    let path = directory.file("a.h5")
    let script = """
      import h5py, numpy, sys
      with h5py.File(sys.argv[1], "w") as f:
          f["z"] = numpy.arange(6, dtype=">f4").reshape(2, 3)
          f["a"] = ["x", "größer"]
          f["fixed"] = numpy.array([b"ab", b"c"])
          f.create_dataset("packed", data=numpy.zeros(100_000, "u1"), compression="gzip")
          f.create_dataset("huge", shape=(1 << 60,), dtype="f8", chunks=(1 << 20,))
          f["fields"] = numpy.zeros(2, [("a", "f4"), ("b", "i4")])
          f.attrs["text"] = "größer"
          f.attrs["texts"] = ["a", "b"]
          f.attrs["yes"] = True
          f.attrs["latin"] = numpy.bytes_(b"\\xff")
      """
    #expect(try run(try #require(python), "-c", script, path) == Result(status: 0, output: ""))
    let file = try HDF5File.open(path)
    #expect(try file.root.names() == ["a", "fields", "fixed", "huge", "packed", "z"])
    #expect(try file.root.read("z", as: Float.self).values == [0, 1, 2, 3, 4, 5])
    #expect(try file.root.read("a", as: String.self).values == ["x", "größer"])
    #expect(try file.root.read("fixed", as: String.self).values == ["ab", "c"])
    #expect(try file.root.read("packed", as: UInt8.self).values == [UInt8](repeating: 0, count: 100_000))
    #expect(try file.root.attribute("text") == "größer")
    #expect(try file.root.attribute("texts") == ["a", "b"])
    #expect(try file.root.attribute("yes", as: Bool.self))
    #expect(
      throws: HDF5Error(
        file: path, object: "/@latin",
        problem: .unexpected(expected: "UTF-8", found: "other bytes", remedy: "Write the text in UTF-8."))
    ) { try file.root.attribute("latin", as: String.self) }
    #expect(
      throws: HDF5Error(
        file: path, object: "/fields",
        problem: .unexpected(
          expected: "32-bit floats", found: "a compound of several fields",
          remedy: "Read it as what it holds, or write it anew."))
    ) { try file.root.read("fields", as: Float.self) }
    #expect(
      throws: HDF5Error(
        file: path, object: "/huge",
        problem: .unexpected(
          expected: "the \(1 << 60) elements of the shape [\(1 << 60)]", found: "storage for 0 bytes",
          remedy: "The file is damaged or was never filled: use another one."))
    ) { try file.root.read("huge", as: Double.self) }
    #expect(
      throws: HDF5Error(
        file: path, object: "/z",
        problem: .unexpected(
          expected: "an attribute crc32c", found: "none",
          remedy: "The file was not written by this program: read it without requiring checksums."))
    ) { try HDF5File.open(path, checksums: .required).root.read("z", as: Float.self) }
  }

  @Test(.enabled(if: dump != nil, "h5dump is not installed"))
  func `h5dump prints a file's header`() throws {
    let path = directory.file("a.h5")
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3], as: "model/weight")
    }
    let result = try run(try #require(dump), "-H", path)
    #expect(result.status == 0)
    for line in [
      #"GROUP "model""#, #"DATASET "weight""#, "DATATYPE  H5T_IEEE_F32LE", "( 2, 3 ) / ( 2, 3 )",
      #"ATTRIBUTE "crc32c""#,
    ] {
      #expect(result.output.contains(line))
    }
  }
}

/// A Python with h5py: the one that TUNER_PYTHON names, else the one that the project's tests share, else the
/// system's.
let python: String? = {
  let environment = ProcessInfo.processInfo.environment
  let home = environment["HOME"] ?? ""
  let candidates = [
    environment["TUNER_PYTHON"], home + "/.cache/tuner-mpi/python/bin/python", found("python3"),
  ]
  return candidates.compactMap { $0 }.first { candidate in
    guard FileManager.default.isExecutableFile(atPath: candidate) else { return false }
    do {
      return try run(candidate, "-c", "import h5py, numpy").status == 0
    } catch {
      return false
    }
  }
}()

let dump = found("h5dump")

/// Where the search path has a program.
func found(_ program: String) -> String? {
  let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return directories.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

struct Result: Equatable {
  var status: Int32
  /// Standard output and standard error.
  var output: String
}

/// Runs a program to its end.
func run(_ program: String, _ arguments: String...) throws -> Result {
  let process = Process()
  let pipe = Pipe()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
}
