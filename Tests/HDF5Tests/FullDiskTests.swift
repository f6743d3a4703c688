import Foundation
import HDF5
import Testing

/// A disk of 1 MiB, which only root can make.
@Suite(.enabled(if: SmallDisk.isPossible, "mounting a small disk needs root"))
struct FullDiskTests {
  let disk: SmallDisk
  let path: String

  init() throws {
    disk = try SmallDisk()
    path = disk.directory.file("a.h5")
    try HDF5File.replace(path) { root throws(HDF5Error) in try root.write([1] as [Float], as: "a") }
  }

  func expectFull(_ body: () throws -> Void) throws {
    let error = #expect(throws: HDF5Error.self, performing: body)
    #expect(error?.isDiskFull == true)
    #expect(error?.file == path)
    #expect(
      error?.description.hasSuffix(
        " The disk or its quota is full: free some space, or choose a directory on another disk.") == true)
    #expect(try disk.directory.contents == ["a.h5"])
    #expect(try HDF5File.open(path).root.read("a", as: Float.self).values == [1])
  }

  @Test func `a large array that does not fit is an error and leaves the old file`() throws {
    try expectFull {
      try HDF5File.replace(path) { root throws(HDF5Error) in
        try root.write([Float](repeating: 1, count: 1 << 20), as: "a")
      }
    }
  }

  @Test func `many small ones that do not fit are an error and leave the old file`() throws {
    try expectFull {
      try HDF5File.replace(path) { root throws(HDF5Error) in
        for index in 0..<3_000 { try root.write([Float](repeating: 1, count: 100), as: "group/\(index)") }
      }
    }
    // The library is as good as before.
    try HDF5File.replace(path) { root throws(HDF5Error) in try root.write([2] as [Float], as: "a") }
    #expect(try HDF5File.open(path).root.read("a", as: Float.self).values == [2])
  }

  @Test func `metadata that does not fit when the file is closed is an error and leaves the old file`() throws
  {
    try expectFull {
      try HDF5File.replace(path) { root throws(HDF5Error) in
        for index in 0..<40 { try root.setAttribute("a\(index)", to: String(repeating: "x", count: 60_000)) }
      }
    }
  }

  @Test func `a text that does not fit is an error and leaves the old file`() throws {
    try expectFull { try AtomicFile.replace(path, text: String(repeating: "x", count: 2 << 20)) }
  }
}

final class SmallDisk: Sendable {
  let directory: TemporaryDirectory

  static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    do {
      _ = try SmallDisk()
      return true
    } catch {
      return false
    }
  }()

  struct NotMounted: Error { var output: String }

  init() throws {
    directory = try TemporaryDirectory()
    let result = try run("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.path)
    if result.status != 0 { throw NotMounted(output: result.output) }
  }

  deinit {
    do {
      let result = try run("/bin/umount", directory.path)
      if result.status != 0 { print("\(directory.path) is still mounted: \(result.output)") }
    } catch {
      print("\(directory.path) is still mounted: \(error)")
    }
  }
}
