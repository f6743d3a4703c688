import CKernels
import Foundation
import JSON

/// A record with its place and time: a line of `journal.jsonl`.
///
/// `{"checksum":"1c291ca3","job":{...},"sequence":7,"time":1763712000.25}`: one JSON object, keys sorted, so
/// that the checksum comes first; it is the CRC-32C of all bytes after its comma, up to the end of the line.
public struct JournalLine: Equatable, Sendable {
  /// From 0: one less than the line's number.
  public var sequence: Int
  /// Seconds since 1970; in a simulation, seconds since its start.
  public var time: Double
  public var record: Record

  public init(sequence: Int, time: Double, record: Record) {
    self.sequence = sequence
    self.time = time
    self.record = record
  }
}

extension JournalLine: Codable {
  private enum Key: String, CodingKey {
    case finished, header, job, outcome, population, sequence, session, time
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    sequence = try container.decode(Int.self, forKey: .sequence)
    time = try container.decode(Double.self, forKey: .time)
    if container.contains(.outcome) {
      record = .outcome(try container.decode(OutcomeRecord.self, forKey: .outcome))
    } else if container.contains(.job) {
      record = .job(try container.decode(JobRecord.self, forKey: .job))
    } else if container.contains(.session) {
      record = .session(try container.decode(SessionRecord.self, forKey: .session))
    } else if container.contains(.population) {
      record = .population(try container.decode(PopulationRecord.self, forKey: .population))
    } else if container.contains(.finished) {
      record = .finished(try container.decode(RunSummary.self, forKey: .finished))
    } else {
      record = .header(try container.decode(HeaderRecord.self, forKey: .header))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(sequence, forKey: .sequence)
    try container.encode(time, forKey: .time)
    switch record {
    case .header(let record): try container.encode(record, forKey: .header)
    case .job(let record): try container.encode(record, forKey: .job)
    case .outcome(let record): try container.encode(record, forKey: .outcome)
    case .population(let record): try container.encode(record, forKey: .population)
    case .finished(let record): try container.encode(record, forKey: .finished)
    case .session(let record): try container.encode(record, forKey: .session)
    }
  }
}

extension JournalLine {
  private static let opening = Array(#"{"checksum":""#.utf8)
  private static let afterChecksum = Array(#"","#.utf8)
  /// Bytes before the part that the checksum covers.
  private static let prefixCount = opening.count + 8 + afterChecksum.count

  /// The line as bytes, its newline included.
  func bytes(_ encoder: SortedJSONEncoder = SortedJSONEncoder()) throws(TunerError) -> [UInt8] {
    let body: [UInt8]
    do {
      body = try encoder.encode(self)
    } catch {
      throw TunerError(
        .defect, subject: "journal record \(sequence)", expected: "only finite numbers",
        found: systemWords(error),
        remedy: "Report this as a bug.")
    }
    let covered = body.dropFirst()
    var line = Self.opening
    line.reserveCapacity(Self.prefixCount + covered.count + 1)
    line += Array(Self.checksum(covered).utf8) + Self.afterChecksum
    line += covered
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// Decodes a line, checksum first.
  ///
  /// - Parameters:
  ///   - bytes: without the newline.
  ///   - place: the file and line for an error, such as `runs/digits/journal.jsonl:17`.
  init(bytes: ArraySlice<UInt8>, sequence: Int, place: String) throws(TunerError) {
    let body = try Self.verifiedBody(of: bytes, place)
    // The first line says which format follows: a newer one is not damage, and nothing else of it may be
    // readable.
    if sequence == 0 { try Self.checkFormat(body, place) }
    try self.init(body: body, place)
    guard self.sequence == sequence else {
      throw Self.damage(place, expected: "record \(sequence)", found: "record \(self.sequence)")
    }
  }

  /// Decodes a line whose checksum was verified before.
  init(verified bytes: ArraySlice<UInt8>, place: String) throws(TunerError) {
    try self.init(body: Self.body(of: bytes), place)
  }

  private init(body: [UInt8], _ place: String) throws(TunerError) {
    do {
      self = try JSONDocumentDecoder().decode(Self.self, from: body)
    } catch {
      throw Self.damage(
        place, expected: "a record of format \(HeaderRecord.currentFormat)", found: systemWords(error))
    }
  }

  /// The record as JSON, its checksum left out.
  private static func body(of line: ArraySlice<UInt8>) -> [UInt8] {
    // The comma before the quote that opens the next key is not covered by the checksum; the quote is.
    [UInt8(ascii: "{")] + line.dropFirst(prefixCount)
  }

  /// The record as JSON, its checksum verified and left out.
  private static func verifiedBody(of bytes: ArraySlice<UInt8>, _ place: String) throws(TunerError) -> [UInt8]
  {
    guard bytes.count > prefixCount, bytes.starts(with: opening),
      bytes.dropFirst(opening.count + 8).starts(with: afterChecksum)
    else {
      let start = String(decoding: bytes.prefix(40), as: UTF8.self).debugDescription
      throw damage(
        place, expected: ##"a line that begins with {"checksum":"8 digits","##,
        found: bytes.isEmpty ? "an empty line" : start)
    }
    let written = String(decoding: bytes.dropFirst(opening.count).prefix(8), as: UTF8.self)
    let computed = checksum(bytes.dropFirst(prefixCount))
    guard written == computed else {
      throw damage(place, expected: "checksum \(written), as written", found: "\(computed), computed")
    }
    return body(of: bytes)
  }

  private struct AnyFormat: Decodable {
    struct Header: Decodable { var format: Int, program: String }
    var header: Header
  }

  private static func checkFormat(_ body: [UInt8], _ place: String) throws(TunerError) {
    let probe: AnyFormat
    do {
      probe = try JSONDocumentDecoder().decode(AnyFormat.self, from: body)
    } catch {
      throw damage(place, expected: "the journal's header", found: "another record")
    }
    guard probe.header.format > HeaderRecord.currentFormat else { return }
    throw TunerError(
      .usage, subject: place, expected: "journal format \(HeaderRecord.currentFormat) or older",
      found: "format \(probe.header.format), written by version \(probe.header.program)",
      remedy: "Go on with that version, or a newer one.")
  }

  static func damage(_ place: String, expected: String, found: String) -> TunerError {
    TunerError(
      .damaged, subject: place, expected: expected, found: found,
      remedy: "Restore the run directory from a copy, or move it away to start again.")
  }

  /// CRC-32C, as eight hexadecimal digits.
  static func checksum(_ bytes: some ContiguousBytes) -> String {
    let checksum = bytes.withUnsafeBytes { checksum_crc32c(0, $0.baseAddress, $0.count) }
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Sequence<JournalLine> {
  /// The study's records without what differs from run to run: sessions, times, and who did the work. Of two
  /// runs of the same synchronous study these are equal, wherever and however often they were killed.
  public var studyRecords: [Record] {
    compactMap { line in
      switch line.record {
      case .session: return nil
      case .outcome(var record):
        record.work = OutcomeRecord.Work(group: GroupID(0), seconds: 0)
        return .outcome(record)
      default: return line.record
      }
    }
  }
}
