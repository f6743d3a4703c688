import HDF5
import Testing

@Suite struct GroupTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("a.h5")
  }

  @Test func `members keep the order in which they were made`() throws {
    let names = (0..<40).map { "layers.\(39 - $0)" }
    try HDF5File.replace(path) { root throws(HDF5Error) in
      let group = try root.makeGroup("parameters")
      for name in names { try group.write([1] as [Float], as: name) }
    }
    let file = try HDF5File.open(path)
    #expect(try file.root.names() == ["parameters"])
    #expect(try file.root.group("parameters").names() == names)
    #expect(try file.root.group("parameters").path == "/parameters")
  }

  @Test func `groups on the way are made, and found`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([1] as [Float], as: "a/b/c")
      try root.group("a").write([2] as [Float], as: "d")
    }
    let file = try HDF5File.open(path)
    #expect(try file.root.contains("a/b/c"))
    #expect(try file.root.group("a").contains("b/c"))
    #expect(try file.root.group("a/b").contains("/a/d"))
    #expect(try !file.root.contains("a/x/c"))
    #expect(try !file.root.contains("a/d/c"))
    #expect(try file.root.group("a/b").read("/a/d", as: Float.self).values == [2])
  }

  @Test func `soft links lead within a file`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([1] as [Float], as: "a")
      try root.makeSoftLink("newest", to: "/a")
      try root.makeSoftLink("nowhere", to: "/b")
    }
    let file = try HDF5File.open(path)
    #expect(try file.root.read("newest", as: Float.self).values == [1])
    #expect(try file.root.link("a") == .hard)
    #expect(try file.root.link("newest") == .soft(path: "/a"))
    #expect(try !file.root.contains("nowhere"))
    #expect(try file.root.names() == ["a", "newest", "nowhere"])
  }

  @Test func `external links start at their own file's directory and name the file of damage`() throws {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([1, 2] as [Float], as: "model/weight")
    }
    let linking = directory.file("linking.h5")
    try HDF5File.replace(linking) { root throws(HDF5Error) in
      try root.makeExternalLink("member", to: "/model", in: "a.h5")
      try root.makeExternalLink("gone", to: "/model", in: "b.h5")
    }
    let file = try HDF5File.open(linking)
    #expect(try file.root.link("member") == .external(file: "a.h5", path: "/model"))
    #expect(try file.root.group("member").read("weight", as: Float.self).values == [1, 2])
    #expect(try file.root.read("member/weight", as: Float.self).values == [1, 2])
    #expect(try !file.root.contains("gone"))
    let error = #expect(throws: HDF5Error.self) { try file.root.read("member/weight", as: Double.self) }
    #expect(error?.file == path)
    #expect(error?.object == "/model/weight")
  }

  @Test func `threads read and write different files at once`() async throws {
    let directory = directory
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for round in 0..<10 {
            let path = directory.file("\(task).h5")
            let values = [Int](repeating: task * 100 + round, count: 1000)
            try HDF5File.replace(path) { root throws(HDF5Error) in try root.write(values, as: "a") }
            #expect(try HDF5File.open(path).root.read("a").values == values)
            #expect(throws: HDF5Error.self) { _ = try HDF5File.open(path).root.group("b") }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try directory.contents == (0..<8).map { "\($0).h5" })
  }
}
