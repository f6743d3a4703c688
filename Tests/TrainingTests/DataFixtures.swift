import Foundation
import Testing
import Training

/// A folder of its own for one test, gone when the test is.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("training-\(UUID().uuidString)")
    .path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }
}

/// An IDX file of unsigned bytes.
func idxBytes(_ dimensions: [Int], _ scalars: [UInt8], code: UInt8 = 0x08) -> [UInt8] {
  var bytes: [UInt8] = [0, 0, code, UInt8(dimensions.count)]
  for dimension in dimensions { bytes += (0..<4).reversed().map { UInt8(dimension >> ($0 * 8) & 255) } }
  return bytes + scalars
}

extension BatchBuffer {
  /// Classes; empty where targets are numbers.
  var labels: [Int64] { targets.classes.map { Array($0) } ?? [] }
}

/// What an operation that should fail says.
func trainingError(_ operation: () throws(TrainingError) -> Void) -> String {
  do {
    try operation()
    return "no error"
  } catch {
    return error.description
  }
}

/// Real data beside the project; tests that need it are skipped where it is absent.
enum SharedData {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("../shared/data").standardized.path

  static let images = "\(folder)/mnist-10k-images-idx3-ubyte.gz"
  static let labels = "\(folder)/mnist-10k-labels-idx1-ubyte.gz"
  static let text = "\(folder)/tinyshakespeare.txt"
  static var exists: Bool {
    [images, labels, text].allSatisfy { FileManager.default.isReadableFile(atPath: $0) }
  }
}
