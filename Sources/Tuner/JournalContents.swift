import Foundation

/// What a journal says: its whole lines, the header first.
public struct JournalContents: Equatable, Sendable {
  public var path = ""
  public var lines: [JournalLine] = []
  /// Bytes up to the end of the last whole line.
  public var validBytes = 0
  /// Bytes of a torn last line, which a kill left and which nobody acted on.
  public var tornBytes = 0

  public init() {}
}

extension JournalContents {
  /// Reads a journal. A torn last line is left out; any other damage is refused by its line number.
  ///
  /// - Returns: nil when there is no such file.
  public static func read(_ path: String) throws(TunerError) -> JournalContents? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw TunerError(
        .system, subject: path, expected: "a readable file", found: systemWords(error),
        remedy: "Check the permissions of the run directory.")
    }
    return try JournalContents(bytes: [UInt8](data), path: path)
  }

  /// - Parameter path: for the errors.
  public init(bytes: [UInt8], path: String) throws(TunerError) {
    self.path = path
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let place = "\(path):\(lines.count + 1)"
      lines.append(try JournalLine(bytes: bytes[start..<end], sequence: lines.count, place: place))
      start = end + 1
      if lines.count > 1, case .header = lines[lines.count - 1].record {
        throw JournalLine.damage(place, expected: "one header, in line 1", found: "another one")
      }
    }
    validBytes = start
    tornBytes = bytes.count - start
  }
}
