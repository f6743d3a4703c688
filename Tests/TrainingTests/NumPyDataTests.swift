import Foundation
import Testing

@testable import Training

/// Arrays that NumPy wrote: Golden/arrays.py.
@Suite struct NumPyDataTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/arrays").path

  private static func array(_ name: String) throws(TrainingError) -> NumPyArray {
    try NumPyArray(.opened("\(folder)/\(name).npy"), place: name)
  }

  @Test(arguments: [
    "samples-little-f4", "samples-big-f4", "samples-little-f8", "samples-big-f8", "samples-little-f2",
    "samples-i1",
    "samples-little-i2", "samples-big-i4", "samples-little-i8", "samples-u1", "samples-big-u2",
    "samples-little-u4",
    "samples-little-u8", "version-2", "version-3",
  ])
  func `arrays of every type and version are read`(name: String) throws {
    let array = try Self.array(name)
    #expect(array.shape == [4, 2, 3])
    #expect(try array.numbers.floats().withScalars { Array($0) } == (0..<24).map { Float($0) })
    // From the file as from memory, and some rows alone.
    let bytes = try CompressedFile.read("\(Self.folder)/\(name).npy")
    for source in [array, try NumPyArray(.memory(bytes[...]), place: name)] {
      let rows = try SampleMemory<Float>(count: 12) { values throws(TrainingError) in
        try source.numbers.read(1..<3, into: values)
      }
      #expect(rows.withScalars { Array($0) } == (6..<18).map { Float($0) })
    }
  }

  @Test func `integers and Booleans are labels, floats are not`() throws {
    #expect(try Self.array("labels").integers() == [0, 2, 1, 0])
    #expect(try Self.array("truths").integers() == [1, 0, 1, 0])
    #expect(
      trainingError { () throws(TrainingError) in _ = try Self.array("samples-little-f4").integers() }
        == "samples-little-f4: expected labels that are integers, found floats. "
        + "Write array.astype(\"int64\"), or task: regression, to learn numbers.")
  }

  @Test(arguments: ["stored", "deflated"])
  func `archives are read, stored or deflated`(name: String) throws {
    let archive = try ZIPArchive(CompressedFile.read("\(Self.folder)/\(name).npz"), path: name)
    #expect(archive.names == ["labels.npy", "samples.npy"])
    let samples = try NumPyArray(.memory(try #require(try archive.member("samples.npy"))), place: name)
    #expect(try samples.numbers.floats().withScalars { Array($0) } == (0..<24).map { Float($0) })
    #expect(try archive.member("absent.npy") == nil)
  }

  @Test func `two arrays are a data set, of classes or of numbers`() throws {
    let set = try DataSet.arrays(Self.array("samples-u1"), Self.array("labels"), .classification)
    #expect(set.form == .labelled(shape: [1, 2, 3], classes: 3))
    let numbers = try DataSet.arrays(Self.array("samples-u1"), Self.array("targets"), .regression)
    #expect(numbers.form == .samples(shape: [1, 2, 3], targets: .numbers(2)))
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    var change: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    var message: String
    var testDescription: String { name }
  }

  static let damages = [
    Damage(
      name: "labels", change: { _ in Array("%PDF-1.4 and more".utf8) },
      message: "expected an array of NumPy, which begins with the bytes 93 4E 55 4D 50 59, found the bytes "
        + "25 50 44 46 2D 31. Write it by numpy.save or numpy.savez."),
    Damage(
      name: "labels", change: { $0.enumerated().map { $0 == 6 ? 9 : $1 } },
      message: "expected version 1, 2 or 3 of NumPy's format, found version 9. Write it again by numpy.save."),
    Damage(
      name: "labels", change: { $0.dropLast(5) },
      message: "expected 32 bytes of data for 4 scalars, found 27. "
        + "Write or copy the file again: it is damaged or cut off."),
    Damage(
      name: "fortran",
      message:
        "expected an array in C order, found one in Fortran order. Write numpy.ascontiguousarray(array)."),
    Damage(
      name: "complex",
      message: "expected floats, integers or Booleans, found scalars of type c8. "
        + "Write array.astype(\"float32\"), of labels array.astype(\"int64\")."),
  ]

  @Test(arguments: damages)
  func `a damaged array is refused with what is wrong`(damage: Damage) throws {
    let bytes = damage.change(try CompressedFile.read("\(Self.folder)/\(damage.name).npy"))
    #expect(
      trainingError { () throws(TrainingError) in _ = try NumPyArray(.memory(bytes[...]), place: "array") }
        == "array: \(damage.message)")
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "array.npy")
    #expect(
      trainingError { () throws(TrainingError) in _ = try NumPyArray(.opened(path), place: "array") }
        == "array: \(damage.message)")
  }

  @Test func `damaged archives are refused`() throws {
    let whole = try CompressedFile.read("\(Self.folder)/deflated.npz")
    let again = "Write or copy the file again."
    #expect(
      trainingError { () throws(TrainingError) in _ = try ZIPArchive(whole.dropLast(30), path: "a.npz") }
        == "a.npz: expected a ZIP archive, as numpy.savez writes it, found no end of one. \(again)")
    var flipped = whole
    // A byte of the array's scalars, packed behind its local header.
    flipped[120] ^= 0x55
    let damaged = flipped
    let message = trainingError { () throws(TrainingError) in
      let archive = try ZIPArchive(damaged, path: "a.npz")
      for name in archive.names { _ = try archive.member(name) }
    }
    #expect(message.hasPrefix("a.npz") && message.contains("expected"), "\(message)")
  }
}
