internal import CKernels

/// CRC-32C, which every dataset carries as its attribute `crc32c`: of the elements' bytes as they lie in the
/// file, little-endian, in C order. Much faster than HDF5's own Fletcher-32 filter, and it leaves datasets in
/// one piece.
public enum Checksum {
  /// The name of a dataset's attribute, an unsigned 32-bit integer.
  public static let attribute = "crc32c"

  /// The CRC-32C (Castagnoli; RFC 3720 §12.1) of `bytes`, going on from the checksum of the bytes before
  /// them.
  public static func crc32c(_ bytes: RawSpan, after previous: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { checksum_crc32c(previous, $0.baseAddress, $0.count) }
  }

  /// The same without the processor's own instruction, some ten times slower: what processors without it use.
  public static func crc32cByTable(_ bytes: RawSpan, after previous: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { checksum_crc32c_portable(previous, $0.baseAddress, $0.count) }
  }
}
