import Dispatch
import Foundation
import Glibc

/// The whole lines of a journal, which have been checked. Those of a journal of up to a quarter of a million stay decoded,
/// about a kilobyte each; those of a longer one are decoded when they are asked for.
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

  /// The next whole lines, less their newlines, that were not accepted yet; none after the last.
  func nextUnread(atMost count: Int = batchSize) -> [Range<Int>] {
    bytes.withUnsafeBytes { buffer in
      var (start, found) = (byteCount, [Range<Int>]())
      while found.count < count, start < buffer.count, let base = buffer.baseAddress,
        let newline = memchr(base + start, CInt(UInt8(ascii: "\n")), buffer.count - start)
      {
        let end = UnsafeRawPointer(newline) - base
        found.append(start..<end)
        start = end + 1
      }
      return found
    }
  }

  /// A line has been checked.
  mutating func accept(_ line: JournalLine, at place: Range<Int>) {
    ends.append(place.upperBound)
    if ends.count <= mostDecoded { decoded.append(line) } else if !decoded.isEmpty { decoded = [] }
  }

  /// Lines that are decoded together, on all processors.
  static let batchSize = 4096

  public static func == (left: JournalLines, right: JournalLines) -> Bool {
    left.count == right.count && left.bytes.prefix(left.byteCount) == right.bytes.prefix(right.byteCount)
  }
}

extension JournalLines {
  /// From the first line to the last; decodes those that do not stay decoded on all processors, some ahead.
  public struct Iterator: IteratorProtocol {
    private let lines: JournalLines
    private var place = 0
    private var batch: [JournalLine] = []
    private var start = 0

    init(_ lines: JournalLines) { self.lines = lines }

    public mutating func next() -> JournalLine? {
      guard place < lines.count else { return nil }
      defer { place += 1 }
      if place < lines.decoded.count { return lines.decoded[place] }
      if place >= start + batch.count { (start, batch) = (place, lines.decodeAhead(from: place)) }
      return batch[place - start]
    }
  }

  public func makeIterator() -> Iterator { Iterator(self) }

  private func decodeAhead(from first: Int) -> [JournalLine] {
    let last = Swift.min(first + Self.batchSize, count)
    return Self.onAllProcessors(last - first) { [self] in self[first + $0] }
  }

  /// Each of `count` values, in their order, made by several threads.
  static func onAllProcessors<Value: Sendable>(_ count: Int, _ make: @Sendable (Int) -> Value) -> [Value] {
    // Threads cost more than a few lines.
    guard count > leastForThreads else { return (0..<count).map(make) }
    let parts = Swift.min(ProcessInfo.processInfo.activeProcessorCount, mostThreads)
    return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Each thread writes its own part.
      nonisolated(unsafe) let base = buffer.baseAddress!
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        for index in count * part / parts..<count * (part + 1) / parts {
          (base + index).initialize(to: make(index))
        }
      }
      initialized = count
    }
  }

  private static let leastForThreads = 64
  private static let mostThreads = 8
}
