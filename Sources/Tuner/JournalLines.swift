import Glibc

/// The whole lines of a journal, which have been checked. The first quarter of a million stay decoded, about a
/// kilobyte each; others are decoded when they are asked for.
public struct JournalLines: RandomAccessCollection, Equatable, Sendable {
  private let bytes: [UInt8]
  /// Where each line ends: the places of the newlines.
  private var ends: [Int] = []
  private var decoded: [JournalLine] = []
  private let mostDecoded: Int

  init(_ bytes: [UInt8] = [], mostDecoded: Int = 1 << 18) {
    self.bytes = bytes
    self.mostDecoded = mostDecoded
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { ends.count }

  /// Bytes up to the end of the last line.
  var byteCount: Int { ends.last.map { $0 + 1 } ?? 0 }

  /// O(length of the line).
  public subscript(index: Int) -> JournalLine {
    if index < decoded.count { return decoded[index] }
    do throws(TunerError) {
      let start = index == 0 ? 0 : ends[index - 1] + 1
      return try JournalLine(verified: bytes[start..<ends[index]], place: "line \(index + 1)")
    } catch {
      preconditionFailure("a line that was decoded when the journal was read: \(error)")
    }
  }

  /// The next whole line, less its newline, that was not accepted yet.
  var nextUnread: Range<Int>? {
    let start = byteCount
    return bytes.withUnsafeBytes { buffer in
      guard start < buffer.count, let base = buffer.baseAddress,
        let newline = memchr(base + start, CInt(UInt8(ascii: "\n")), buffer.count - start)
      else { return nil }
      return start..<UnsafeRawPointer(newline) - base
    }
  }

  /// A line has been checked.
  mutating func accept(_ line: JournalLine, at place: Range<Int>) {
    ends.append(place.upperBound)
    if decoded.count < mostDecoded { decoded.append(line) }
  }

  public static func == (left: JournalLines, right: JournalLines) -> Bool {
    left.count == right.count && left.bytes.prefix(left.byteCount) == right.bytes.prefix(right.byteCount)
  }
}
