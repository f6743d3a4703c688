import Foundation
import HDF5
import Testing

@Suite struct ReplacementTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("a.h5")
    try HDF5File.replace(path) { root throws(HDF5Error) in try root.write([1] as [Float], as: "a") }
  }

  var value: [Float] {
    get throws { try HDF5File.open(path).root.read("a", as: Float.self).values }
  }

  @Test func `a new file replaces the old one, also while that is open`() throws {
    let old = try HDF5File.open(path)
    try HDF5File.replace(path) { root throws(HDF5Error) in try root.write([2] as [Float], as: "a") }
    #expect(try value == [2])
    #expect(try old.root.read("a", as: Float.self).values == [1])
    #expect(try directory.contents == ["a.h5"])
  }

  @Test func `a failed writer leaves the old file and nothing else`() throws {
    let mistake = HDF5Error(file: path, problem: .system(call: "write", code: ENOSPC))
    #expect(throws: mistake) {
      try HDF5File.replace(path) { root throws(HDF5Error) in
        try root.write([2] as [Float], as: "a")
        throw mistake
      }
    }
    #expect(try value == [1])
    #expect(try directory.contents == ["a.h5"])
  }

  @Test func `the new file is beside the old one until it is whole`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([2] as [Float], as: "a")
      #expect(try! value == [1])
      let beside = try! directory.contents.filter { $0 != "a.h5" }
      #expect(beside.count == 1)
      #expect(beside[0].hasPrefix("a.h5.tmp.\(getpid())."))
    }
    #expect(try value == [2])
  }

  @Test func `a directory that is missing is said, and how to mend it`() throws {
    let lost = directory.file("nowhere/a.h5")
    let error = #expect(throws: HDF5Error.self) {
      try HDF5File.replace(lost) { root throws(HDF5Error) in try root.write([2] as [Float], as: "a") }
    }
    #expect(
      error?.description
        == "\(lost): open failed: No such file or directory (errno 2). "
        + "Check the path, and that its directory exists."
    )
  }

  @Test func `texts are replaced whole`() throws {
    let text = directory.file("report.html")
    try AtomicFile.replace(text, text: "old")
    try AtomicFile.replace(text, text: "größer")
    #expect(try String(contentsOfFile: text, encoding: .utf8) == "größer")
    #expect(
      throws: HDF5Error(file: directory.file("b/c"), problem: .system(call: "open", code: ENOENT))
    ) { try AtomicFile.replace(directory.file("b/c"), text: "") }
    #expect(
      HDF5Error(file: "b/c", problem: .system(call: "open", code: ENOENT)).description
        == "b/c: open failed: No such file or directory (errno 2). "
        + "Check the path, and that its directory exists."
    )
  }
}
