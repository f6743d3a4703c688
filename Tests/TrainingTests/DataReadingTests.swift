import Foundation
import HDF5
import Testing
import Training

@Suite struct DataReadingTests {
  @Test func `the embedded digits are the 1,797 of the UCI test set`() throws {
    let digits = try DataSet.load(.digits)
    #expect(digits.form == .labelled(shape: [1, 8, 8], classes: 10))
    #expect(digits.count == 1_797)
    // The class counts that the data set's own description gives for its test part.
    let counts = (0..<10).map { digit in digits.labels.count { $0 == digit } }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }

  @Test func `IDX files are read plain and packed`() throws {
    let folder = try TemporaryFolder()
    let images = try folder.write(idxBytes([3, 2, 2], Array(0..<12)), to: "images")
    let labels = try folder.write(idxBytes([3], [2, 0, 1]), to: "labels")
    let packed = try pack(images)
    for path in [images, packed] {
      let set = try DataSet.load(.idx(images: path, labels: labels))
      #expect(set.form == .labelled(shape: [1, 2, 2], classes: 3))
      #expect(set.labels == [2, 0, 1])
    }
  }

  @Test(.enabled(if: SharedData.exists, "../shared/data is absent"))
  func `the 10,000 MNIST images are read`() throws {
    let set = try DataSet.load(.idx(images: SharedData.images, labels: SharedData.labels))
    #expect(set.form == .labelled(shape: [1, 28, 28], classes: 10))
    #expect(set.count == 10_000)
    #expect(set.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
  }

  @Test func `text becomes indices into its distinct bytes`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("to be, or not to be", to: "text.txt")
    let set = try DataSet.load(.text(path: path, contextLength: 4))
    #expect(set.form == .text(vocabulary: Array(" ,benort".utf8), contextLength: 4))
    #expect(set.count == 19)
  }

  @Test func `HDF5 datasets of bytes and integers are read`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/data.h5"
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.write([UInt8](0..<24), shape: [4, 1, 2, 3], as: "images")
      try root.write([Int32](arrayLiteral: 0, 1, 1, 0), as: "labels")
      try root.write([0.5, 1.5, 2.5, 3.5], shape: [4, 1], as: "doubles")
    }
    let set = try DataSet.load(.hdf5(path: path, samples: "images", labels: "labels"))
    #expect(set.form == .labelled(shape: [1, 2, 3], classes: 2))
    #expect(set.labels == [0, 1, 1, 0])
    #expect(
      try DataSet.load(.hdf5(path: path, samples: "doubles", labels: "labels")).form
        == .labelled(shape: [1], classes: 2))
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try DataSet.load(.hdf5(path: path, samples: "images", labels: "doubles"))
      } == """
        \(path): doubles: expected labels that are integers, found 64-bit floats. Write the labels as integers that \
        number the classes from 0.
        """)
  }
}

@Suite struct DataDamageTests {
  struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    var images: [UInt8]
    var labels: [UInt8] = idxBytes([2], [0, 1])
    /// IMAGES and LABELS stand for the paths.
    var message: String
    var testDescription: String { name }
  }

  static let damages = [
    Damage(
      name: "empty", images: [],
      message: """
        IMAGES: expected an IDX file, which begins with the bytes 0 0, a scalar's code and a dimension count, found an \
        empty file. Give a file such as train-images-idx3-ubyte, packed by gzip or not.
        """),
    Damage(
      name: "another format", images: Array("%PDF-1.4".utf8),
      message: """
        IMAGES: expected an IDX file, which begins with the bytes 0 0, a scalar's code and a dimension count, found the \
        bytes 25 50 44 46. Give a file such as train-images-idx3-ubyte, packed by gzip or not.
        """),
    Damage(
      name: "cut off", images: Array(idxBytes([2, 2, 2], Array(0..<8)).dropLast(3)),
      message: """
        IMAGES: expected 8 bytes of data for 2 x 2 x 2 scalars, found 5. Fetch or copy the file again: it is damaged or \
        cut off.
        """),
    Damage(
      name: "a header that is cut off", images: [0, 0, 8, 3, 0, 0],
      message: """
        IMAGES: expected 3 dimensions of 4 bytes each, found a file of 6 bytes. Fetch or copy the file again: it is cut \
        off.
        """),
    Damage(
      name: "impossible dimensions",
      images: idxBytes([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], []),
      message: """
        IMAGES: expected a possible size, found 4294967295 x 4294967295 x 4294967295 scalars. Fetch or copy the file \
        again: it is damaged or cut off.
        """),
    Damage(
      name: "labels in the place of samples", images: idxBytes([2], [0, 1]),
      message: """
        IMAGES: expected 2, 3 or 4 dimensions, none of them 0, found 2. Give the file of the samples: its name usually \
        has `idx3` in it. Labels go to `labels`.
        """),
    Damage(
      name: "too few labels", images: idxBytes([3, 1, 1], [0, 1, 2]),
      message: """
        LABELS: expected 3 labels, as many as IMAGES has samples, found 2. Give files that belong together.
        """),
    Damage(
      name: "floats as labels", images: idxBytes([2, 1, 1], [0, 1]),
      labels: idxBytes([2], [0, 0, 0, 0, 0, 0, 0, 0], code: 0x0D),
      message: """
        LABELS: expected labels that are integers, found scalars of code 13. Write the labels as unsigned bytes (code 8).
        """),
    Damage(
      name: "a sample that is not a number",
      images: idxBytes([2, 1, 1], [0, 0, 0, 0, 0x7F, 0xC0, 0, 0], code: 0x0D),
      message: "IMAGES: expected finite numbers, found nan in sample 1. Remove or mend the sample."),
  ]

  @Test(arguments: damages)
  func `a damaged IDX file is refused with what is wrong`(damage: Damage) throws {
    let folder = try TemporaryFolder()
    let images = try folder.write(damage.images, to: "images")
    let labels = try folder.write(damage.labels, to: "labels")
    let message = damage.message.replacingOccurrences(of: "IMAGES", with: images)
      .replacingOccurrences(of: "LABELS", with: labels)
    #expect(
      trainingError { () throws(TrainingError) in _ = try DataSet.load(.idx(images: images, labels: labels)) }
        == message)
  }

  @Test func `a missing file is named`() {
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try DataSet.load(.text(path: "absent/text.txt", contextLength: 8))
      } == """
        absent/text.txt: expected a readable file, found no such file or directory. Correct the path under `data`; a \
        relative one starts from the working directory.
        """)
  }

  @Test func `packed data that is cut off is refused`() throws {
    let folder = try TemporaryFolder()
    let labels = try folder.write(idxBytes([2], [0, 1]), to: "labels")
    let packed = try pack(
      try folder.write(idxBytes([2, 20, 20], Array(repeating: 7, count: 800)), to: "images"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: packed))
    try bytes.dropLast(12).write(to: URL(fileURLWithPath: packed))
    #expect(
      trainingError { () throws(TrainingError) in _ = try DataSet.load(.idx(images: packed, labels: labels)) }
        == """
        \(packed): expected intact gzip data, found a file that ends within the packed data. Fetch or copy the file again.
        """)
  }

  @Test func `packed data with a flipped bit is refused`() throws {
    let folder = try TemporaryFolder()
    let text = (0..<4_000).map { "line \($0 * 7 % 1_000)\n" }.joined()
    let packed = try pack(try folder.write(text, to: "text.txt"))
    var bytes = try Data(contentsOf: URL(fileURLWithPath: packed))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: packed))
    let message = trainingError { () throws(TrainingError) in
      _ = try DataSet.load(.text(path: packed, contextLength: 8))
    }
    #expect(message.hasPrefix("\(packed): expected intact gzip data, found damaged data ("))
  }

  @Test func `data that is too small to be split is refused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a short text", to: "text.txt")
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try TrainingData(.text(path: path, contextLength: 4), split: SplitFractions(), seed: 1)
      } == """
        \(path): expected at least 5 characters in the dev split, found 1, which is 0.1 of 12. Give more data, or a \
        larger split.dev.
        """)
  }
}

/// Packs a file by the system's gzip, beside it.
private func pack(_ path: String) throws -> String {
  let gzip = Process()
  gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  gzip.arguments = ["gzip", "-kf", path]
  try gzip.run()
  gzip.waitUntilExit()
  try #require(gzip.terminationStatus == 0)
  return "\(path).gz"
}

@Suite struct DataConfigurationTests {
  /// As journals of every version hold it.
  @Test func `formats are written as they always were`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    for (data, text) in [
      (DataConfiguration.digits, #"{"digits":{}}"#),
      (.idx(images: "a", labels: "b"), #"{"idx":{"images":"a","labels":"b"}}"#),
      (.hdf5(path: "p", samples: "x", labels: "y"), #"{"hdf5":{"labels":"y","path":"p","samples":"x"}}"#),
      (.text(path: "p", contextLength: 8), #"{"text":{"contextLength":8,"path":"p"}}"#),
    ] {
      #expect(String(decoding: try encoder.encode(data), as: UTF8.self) == text)
      #expect(try JSONDecoder().decode(DataConfiguration.self, from: Data(text.utf8)) == data)
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(DataConfiguration.self, from: Data(#"{"spoken":{}}"#.utf8))
    }
  }

  @Test func `IDX files of the training and the test split come in pairs`() throws {
    let folder = try TemporaryFolder()
    func pair(_ name: String, _ count: Int) throws -> DataConfiguration {
      .idx(
        images: try folder.write(
          idxBytes([count, 2, 2], (0..<4 * count).map { UInt8($0 % 251) }), to: "\(name)-images"),
        labels: try folder.write(idxBytes([count], (0..<count).map { UInt8($0 % 3) }), to: "\(name)-labels"))
    }
    var configuration = try pair("train", 45)
    configuration.test = try pair("t10k", 12).format
    let data = try TrainingData(configuration, split: SplitFractions(), seed: 1)
    #expect(DataPart.allCases.map(data.count) == [40, 5, 0, 12])
  }
}
