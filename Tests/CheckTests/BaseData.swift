import Foundation
import HDF5

/// The small data files that the base experiments read.
extension BaseExperiments {
  static func writeData(in folder: String) throws {
    func write(_ bytes: [UInt8], _ name: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "TrainingTests/Golden/scripts")
    try write(Array(Data(contentsOf: scripts.appending(path: "images.pt"))), "own.pt")
    let programs = scripts.deletingLastPathComponent().appending(path: "exported")
    try write(Array(Data(contentsOf: programs.appending(path: "images.pt2"))), "own.pt2")
    let samples = 120
    let pixels = (0..<samples * 36).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) }
    try write([0, 0, 8, 3, 0, 0, 0, UInt8(samples), 0, 0, 0, 6, 0, 0, 0, 6] + pixels, "images.idx")
    try write([0, 0, 8, 1, 0, 0, 0, UInt8(samples)] + (0..<samples).map { UInt8($0 % 3) }, "labels.idx")
    try write(
      Array(String(repeating: "to be, or not to be: that is the question. ", count: 30).utf8), "text.txt")
    let rows = (1...12).map { "\(Double($0) / 200),0.\($0 % 5),32,1,0.\(50 + $0)" }
    try write(
      Array(
        (["learning_rate,dropout,batch_size,budget,dev_accuracy"] + rows + [""]).joined(separator: "\n").utf8),
      "earlier.csv")
    let lines = (0..<60).map { "\($0);\($0 % 3);\($0 % 7 == 0 ? "" : "\($0 % 5)");\($0 % 11);0.\($0 % 9)" }
    try write(Array((["id;code;x;y;z"] + lines).joined(separator: "\n").utf8), "table.csv")
    try writeImages(in: "\(folder)/folder")
    try write(array("<f4", [40, 3], (0..<120).flatMap { bytes(of: Float($0 % 13)) }), "samples.npy")
    try write(array("|u1", [40], (0..<40).map { UInt8($0 % 2) }), "labels.npy")
    let members = [
      ("samples.npy", array("<f4", [40, 3], (0..<120).flatMap { bytes(of: Float($0 % 13)) })),
      ("labels.npy", array("<f4", [40], (0..<40).flatMap { bytes(of: Float($0)) })),
    ]
    try write(archive(members), "arrays.npz")
    try HDF5File.replace("\(folder)/table.h5") { root throws(HDF5Error) in
      try root.write((0..<samples * 5).map { Float($0 % 17) }, shape: [samples, 5], as: "samples")
      try root.write((0..<samples).map { Int64($0 % 4) }, as: "labels")
    }
  }

  /// Ten copies of an image of each class.
  private static func writeImages(in folder: String) throws {
    let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "TrainingTests/Golden/images")
    for (name, image) in [("cat", "cat/a.png"), ("dog", "dog/a.jpg")] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      for number in 0..<10 {
        try FileManager.default.copyItem(
          atPath: golden.appending(path: image).path, toPath: "\(folder)/\(name)/\(number)")
      }
    }
  }

  private static func bytes(of number: Float) -> [UInt8] {
    withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)
  }

  /// An array in NumPy's format.
  private static func array(_ type: String, _ shape: [Int], _ scalars: [UInt8]) -> [UInt8] {
    let extents = shape.map { "\($0), " }.joined()
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + scalars
  }

  /// A ZIP archive of stored members.
  private static func archive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 255) } }
    var (files, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in members {
      var checksum: UInt32 = ~0
      for byte in bytes {
        checksum ^= UInt32(byte)
        for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
      }
      let size = number(bytes.count, 4)
      let sizes = number(Int(~checksum), 4) + size + size + number(name.utf8.count, 2)
      let offset = files.count
      files += number(0x0403_4B50, 4) + number(20, 2) + number(0, 8) + sizes + number(0, 2)
      files += Array(name.utf8) + bytes
      directory +=
        number(0x0201_4B50, 4) + number(20, 2) + number(20, 2) + number(0, 8) + sizes + number(0, 12)
        + number(offset, 4) + Array(name.utf8)
    }
    let count = number(members.count, 2)
    let end = number(0x0605_4B50, 4) + number(0, 4) + count + count
    return files + directory + end + number(directory.count, 4) + number(files.count, 4) + number(0, 2)
  }
}
