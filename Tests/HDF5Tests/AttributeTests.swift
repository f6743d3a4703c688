import HDF5
import Testing

@Suite struct AttributeTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("a.h5")
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.setAttribute("learning rate", to: 0.1)
      try root.setAttribute("step", to: 400)
      try root.setAttribute("seed", to: UInt64.max)
      try root.setAttribute("study", to: "größer 🦊")
      try root.setAttribute("empty", to: "")
      try root.setAttribute("complete", to: true)
      try root.setAttribute("partial", to: false)
      try root.setAttribute("shape", to: [3, 4] as [Int32])
      try root.setAttribute("none", to: [Float]())
      try root.setAttribute("names", to: ["a", "bcd"])
      try root.write([1] as [Float], as: "model/weight")
      try root.setAttribute("unit", to: "m/s", on: "model/weight")
      for index in 0..<300 { try root.setAttribute("many_\(index)", to: index, on: "model") }
    }
  }

  @Test func `attributes of every kind come back`() throws {
    let file = try HDF5File.open(path)
    #expect(try file.root.attribute("learning rate") == 0.1)
    #expect(try file.root.attribute("step") == 400)
    #expect(try file.root.attribute("seed", as: UInt64.self) == .max)
    #expect(try file.root.attribute("study") == "größer 🦊")
    #expect(try file.root.attribute("empty", as: String.self).isEmpty)
    #expect(try file.root.attribute("complete", as: Bool.self))
    #expect(try !file.root.attribute("partial", as: Bool.self))
    #expect(try file.root.attribute("shape") == [3, 4] as [Int32])
    #expect(try file.root.attribute("none", as: [Float].self).isEmpty)
    #expect(try file.root.attribute("names") == ["a", "bcd"])
    #expect(try file.root.attribute("unit", of: "model/weight") == "m/s")
    #expect(try file.root.attribute("many_299", of: "model") == 299)
  }

  @Test func `attributes are listed and found by name`() throws {
    let file = try HDF5File.open(path)
    #expect(
      try file.root.attributeNames()
        == [
          "complete", "empty", "learning rate", "names", "none", "partial", "seed", "shape", "step", "study",
        ])
    #expect(try file.root.attributeNames(of: "model").count == 300)
    #expect(try file.root.attributeNames(of: "model/weight") == ["crc32c", "unit"])
    #expect(try file.root.hasAttribute("step"))
    #expect(try !file.root.hasAttribute("steps"))
    #expect(try file.root.hasAttribute("unit", of: "model/weight"))
  }

  @Test func `what is missing or of another kind is said exactly`() throws {
    let file = try HDF5File.open(path)
    #expect(
      throws: HDF5Error(
        file: path, object: "/@steps",
        problem: .unexpected(
          expected: "an attribute steps", found: "none",
          remedy: "The file is of another kind or version: check its path."))
    ) { try file.root.attribute("steps", as: Int.self) }
    #expect(
      throws: HDF5Error(
        file: path, object: "/@step",
        problem: .unexpected(
          expected: "64-bit floats", found: "64-bit signed integers",
          remedy: "Read it as what it holds, or write it anew."))
    ) { try file.root.attribute("step", as: Double.self) }
    #expect(
      throws: HDF5Error(
        file: path, object: "/@names",
        problem: .unexpected(
          expected: "a single value", found: "a list of 2", remedy: "Read it as a list."))
    ) { try file.root.attribute("names", as: String.self) }
    #expect(
      throws: HDF5Error(
        file: path, object: "/nowhere",
        problem: .unexpected(
          expected: "a group or a dataset", found: "nothing there", remedy: "/ holds model."))
    ) { try file.root.attribute("names", of: "nowhere", as: String.self) }
  }

  @Test func `an attribute that is too large is refused with the remedy`() throws {
    let path = path
    #expect(
      throws: HDF5Error(
        file: path, object: "/@text",
        problem: .unexpected(
          expected: "at most 64,000 bytes in an attribute", found: "64001", remedy: "Write it as a dataset."))
    ) {
      try HDF5File.replace(path) { root throws(HDF5Error) in
        try root.setAttribute("text", to: String(repeating: "x", count: 64_001))
      }
    }
    #expect(try HDF5File.open(path).root.attribute("step") == 400)
  }
}
