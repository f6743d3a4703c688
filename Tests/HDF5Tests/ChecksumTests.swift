import HDF5
import Testing

@Suite struct ChecksumTests {
  /// RFC 3720, B.4, and the check value of the catalogue of CRCs.
  @Test func `checksums match the known answers`() {
    func check(_ bytes: [UInt8], _ expected: UInt32) {
      #expect(Checksum.crc32c(bytes.span.bytes) == expected)
      #expect(Checksum.crc32cByTable(bytes.span.bytes) == expected)
    }
    check([], 0)
    check(Array("123456789".utf8), 0xE306_9283)
    check([UInt8](repeating: 0, count: 32), 0x8A91_36AA)
    check([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43)
    check(Array(0..<32), 0x46DD_794E)
    check((0..<32).reversed(), 0x113F_DB5C)
  }

  @Test func `the processor's instruction and the table agree at every length and alignment`() {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<300_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    for start in 0..<9 {
      for count in Array(0..<40) + [49_151, 49_152, 49_153, 98_304, 100_000, 290_000] {
        let part = bytes.span.extracting(start..<start + count).bytes
        #expect(Checksum.crc32c(part) == Checksum.crc32cByTable(part), "start \(start), count \(count)")
      }
    }
  }

  @Test func `a checksum goes on from the bytes before`() {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let whole = Checksum.crc32c(bytes.span.bytes)
    for cut in [0, 1, 7, 50_000, 99_999, 100_000] {
      let first = Checksum.crc32c(bytes.span.extracting(first: cut).bytes)
      #expect(Checksum.crc32c(bytes.span.extracting(droppingFirst: cut).bytes, after: first) == whole)
    }
  }
}
