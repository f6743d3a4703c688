import Glibc

/// The whole lines of a journal, which have been checked; each is decoded when it is asked for.
public struct JournalLines: RandomAccessCollection, Equatable, Sendable {
  private let bytes: [UInt8]
  /// Where each line ends: the places of the newlines.
  private var ends: [Int] = []

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  public var startIndex: Int { 0 }
  public var endIndex: Int { ends.count }

  /// Bytes up to the end of the last line.
  var byteCount: Int { ends.last.map { $0 + 1 } ?? 0 }

  /// O(length of the line).
  public subscript(index: Int) -> JournalLine {
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
  mutating func accept(_ line: Range<Int>) { ends.append(line.upperBound) }

  public static func == (left: JournalLines, right: JournalLines) -> Bool {
    left.count == right.count && left.bytes.prefix(left.byteCount) == right.bytes.prefix(right.byteCount)
  }
}
