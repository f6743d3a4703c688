/// A ZIP archive in memory, its members stored or deflated, also of more than 4 GiB. Source: PKWARE's
/// APPNOTE 6.3.10, sections 4.3 (the records), 4.4.5 (methods 0 and 8) and 4.5.3 (the 64-bit sizes, which
/// NumPy always writes).
struct ZIPArchive {
  private struct Member {
    var method: Int
    var packedSize: Int
    var size: Int
    var checksum: UInt32
    /// Of the local header.
    var offset: Int
  }

  let path: String
  private let bytes: [UInt8]
  private var members: [String: Member] = [:]

  /// The names of the members, sorted.
  var names: [String] { members.keys.sorted() }

  /// - Throws: `TrainingError.data` when it is no archive, or a damaged one.
  init(_ bytes: [UInt8], path: String) throws(TrainingError) {
    (self.path, self.bytes) = (path, bytes)
    // The record of the end has a comment of at most 65,535 bytes behind it.
    let first = max(0, bytes.count - 22 - 65_535)
    guard bytes.count >= 22,
      let end = (first...bytes.count - 22).last(where: { Self.number(bytes, $0, 4) == 0x0605_4B50 })
    else {
      throw damaged("a ZIP archive, as numpy.savez writes it", "no end of one")
    }
    let is64 = end >= 20 && Self.number(bytes, end - 20, 4) == 0x0706_4B50
    // The locator of the 64-bit record is before the end's.
    let record = is64 ? Self.number(bytes, end - 12, 8) : end
    guard record >= 0, record + 56 <= bytes.count || !is64 else { throw damaged("its directory", "none") }
    var place = is64 ? Self.number(bytes, record + 48, 8) : Self.number(bytes, end + 16, 4)
    let count = is64 ? Self.number(bytes, record + 32, 8) : Self.number(bytes, end + 10, 2)
    for _ in 0..<max(0, min(count, bytes.count / 46)) {
      guard place >= 0, place + 46 <= bytes.count, Self.number(bytes, place, 4) == 0x0201_4B50 else {
        throw damaged("\(count) members in its directory", "\(members.count)")
      }
      place = try readMember(at: place)
    }
  }

  /// Reads an entry of the directory, and returns where the next one is.
  private mutating func readMember(at place: Int) throws(TrainingError) -> Int {
    let nameEnd = place + 46 + Self.number(bytes, place + 28, 2)
    let extraEnd = nameEnd + Self.number(bytes, place + 30, 2)
    guard extraEnd <= bytes.count else { throw damaged("its directory", "a cut one") }
    let name = String(decoding: bytes[place + 46..<nameEnd], as: UTF8.self)
    var member = Member(
      method: Self.number(bytes, place + 10, 2), packedSize: Self.number(bytes, place + 20, 4),
      size: Self.number(bytes, place + 24, 4), checksum: UInt32(Self.number(bytes, place + 16, 4)),
      offset: Self.number(bytes, place + 42, 4))
    var extra = nameEnd
    while extra + 4 <= extraEnd {
      let size = Self.number(bytes, extra + 2, 2)
      if Self.number(bytes, extra, 2) == 1 {
        var field = extra + 4
        // Each size is there only where the 32 bits of the entry are all set, in this order.
        for part in [\Member.size, \.packedSize, \.offset] where member[keyPath: part] == 0xFFFF_FFFF {
          guard field + 8 <= extraEnd else { break }
          member[keyPath: part] = Self.number(bytes, field, 8)
          field += 8
        }
      }
      extra += 4 + size
    }
    members[name] = member
    return extraEnd + Self.number(bytes, place + 32, 2)
  }

  /// The unpacked bytes of a member; nil when there is none of the name.
  ///
  /// - Throws: `TrainingError.data` when they are damaged, or packed in another way.
  func member(_ name: String) throws(TrainingError) -> ArraySlice<UInt8>? {
    guard let member = members[name] else { return nil }
    let header = member.offset
    guard header >= 0, header <= bytes.count - 30 else { throw damaged("the member \(name)", "none") }
    let start = header + 30 + Self.number(bytes, header + 26, 2) + Self.number(bytes, header + 28, 2)
    guard member.packedSize >= 0, start <= bytes.count - member.packedSize else {
      throw damaged("\(member.packedSize) bytes of \(name)", "\(max(0, bytes.count - start))")
    }
    let packed = bytes[start..<start + member.packedSize]
    let unpacked: ArraySlice<UInt8>
    switch member.method {
    case 0: unpacked = packed
    case 8: unpacked = try CompressedFile.inflated(packed, size: member.size, name: "\(path): \(name)")[...]
    default:
      throw .data(
        path: "\(path): \(name)", expected: "a member that is stored or deflated",
        found: "method \(member.method)", remedy: "Write it by numpy.savez or savez_compressed.")
    }
    guard unpacked.count == member.size, CompressedFile.checksum(unpacked) == member.checksum else {
      throw damaged("the checksum of \(name)", "another")
    }
    return unpacked
  }

  private func damaged(_ expected: String, _ found: String) -> TrainingError {
    .data(path: path, expected: expected, found: found, remedy: "Write or copy the file again.")
  }

  /// Little-endian.
  private static func number(_ bytes: [UInt8], _ place: Int, _ size: Int) -> Int {
    (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
  }
}
