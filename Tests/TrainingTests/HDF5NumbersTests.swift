import Foundation
import Testing
import Training

/// Golden/scalars.h5 holds the same samples in every type that numbers come in.
@Suite struct HDF5NumbersTests {
  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/scalars.h5").path

  private static func load(_ samples: String, _ labels: String) throws(TrainingError) -> DataSet {
    try DataSet.load(.hdf5(path: path, samples: samples, labels: labels))
  }

  @Test(arguments: ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"].map { "floats \($0)" } + ["bfloat16"])
  func `floats of any format are read`(name: String) throws {
    let columns = try #require(try Self.load(name, "labels <i4").columns(ofAtMost: 6))
    #expect(columns.count == 4)
    for (feature, column) in columns.enumerated() {
      #expect(column == (0..<6).map { Double(4 * $0 + feature) / 2 - 3 })
    }
  }

  @Test(arguments: ["i1", "u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", ">u8"])
  func `integers of any size are samples and labels`(type: String) throws {
    let set = try Self.load("integers \(type)", "labels \(type)")
    #expect(set.labels == [0, 1, 2, 0, 1, 2])
    #expect(try set.columns(ofAtMost: 6)?.first == [0, 1, 1, 0, 1, 0])
  }

  @Test(arguments: [
    (#filePath, "none, or one that is damaged or cannot be read"), ("/", "a directory"),
    ("/nowhere/data.h5", "no such file or directory"),
  ])
  func `what is no HDF5 file is said to be the data's fault`(path: String, found: String) {
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try DataSet.load(.hdf5(path: path, samples: "samples", labels: "labels"))
      } == "\(path): expected an HDF5 file, found \(found). Correct the path, or write the file again.")
  }

  @Test func `Booleans are 0 and 1`() throws {
    let set = try Self.load("booleans", "labels bool")
    #expect(set.labels == [0, 1, 1, 0, 1, 0])
    #expect(try set.columns(ofAtMost: 6)?.first == [0, 1, 1, 0, 1, 0])
  }

  @Test(arguments: [("complex", "a compound of several fields"), ("texts", "text")])
  func `a type that is no number is named`(name: String, found: String) {
    #expect(
      trainingError { () throws(TrainingError) in _ = try Self.load(name, "labels <i4") }
        == "\(Self.path): \(name): expected samples that are floats, integers or Booleans, found \(found). "
        + "Write them as an array of numbers, such as 32-bit floats.")
  }

  @Test(arguments: [("floats <f2", "16-bit floats"), ("texts", "text")])
  func `labels that number no classes are named`(name: String, found: String) {
    #expect(
      trainingError { () throws(TrainingError) in _ = try Self.load("booleans", name) }
        == "\(Self.path): \(name): expected labels that are integers, found \(found). "
        + "Write the labels as integers that number the classes from 0.")
  }

  @Test(arguments: [("to be, or not", " ,benort"), ("\u{FEFF}", "\u{FEFF}")])
  func `a byte order mark at the start is no part of a text`(text: String, vocabulary: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("\u{FEFF}" + text, to: "text.txt")
    #expect(
      try DataSet.load(.text(path: path, contextLength: 1)).form
        == .text(vocabulary: Array(vocabulary.utf8).sorted(), contextLength: 1))
  }
}
