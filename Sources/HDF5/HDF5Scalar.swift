internal import CHDF5

/// What the elements of a dataset or an attribute are.
public enum ElementType: Equatable, Sendable, CustomStringConvertible {
  /// Of IEEE 754's format of this size, or another one that a program made, such as bfloat16.
  case float(bits: Int)
  case signedInteger(bits: Int)
  case unsignedInteger(bits: Int)
  case text
  /// An enumeration of FALSE and TRUE, as h5py writes Booleans.
  case boolean
  /// Something that this room does not read, in words.
  case other(String)

  public var description: String {
    switch self {
    case .float(let bits): "\(bits)-bit floats"
    case .signedInteger(let bits): "\(bits)-bit signed integers"
    case .unsignedInteger(let bits): "\(bits)-bit unsigned integers"
    case .text: "text"
    case .boolean: "Booleans"
    case .other(let words): words
    }
  }
}

/// A number that datasets and attributes are made of. Files hold it little-endian.
public protocol HDF5Scalar: BitwiseCopyable, Sendable {
  static var elementType: ElementType { get }
}

extension Float: HDF5Scalar { public static var elementType: ElementType { .float(bits: 32) } }
extension Double: HDF5Scalar { public static var elementType: ElementType { .float(bits: 64) } }
extension Int8: HDF5Scalar { public static var elementType: ElementType { .signedInteger(bits: 8) } }
extension Int16: HDF5Scalar { public static var elementType: ElementType { .signedInteger(bits: 16) } }
extension Int32: HDF5Scalar { public static var elementType: ElementType { .signedInteger(bits: 32) } }
extension Int64: HDF5Scalar { public static var elementType: ElementType { .signedInteger(bits: 64) } }
/// 64 bits in the file.
extension Int: HDF5Scalar { public static var elementType: ElementType { .signedInteger(bits: 64) } }
extension UInt8: HDF5Scalar { public static var elementType: ElementType { .unsignedInteger(bits: 8) } }
extension UInt16: HDF5Scalar { public static var elementType: ElementType { .unsignedInteger(bits: 16) } }
extension UInt32: HDF5Scalar { public static var elementType: ElementType { .unsignedInteger(bits: 32) } }
extension UInt64: HDF5Scalar { public static var elementType: ElementType { .unsignedInteger(bits: 64) } }

extension ElementType {
  /// The library's types in memory and in the file; nil for what is not a number. Within `Library.locked`.
  var numberTypes: (memory: hid_t, file: hid_t)? {
    switch self {
    case .float(bits: 32): (chdf5_native_float(), chdf5_file_float())
    case .float(bits: 64): (chdf5_native_double(), chdf5_file_double())
    case .signedInteger(bits: 8): (chdf5_native_int8(), chdf5_file_int8())
    case .signedInteger(bits: 16): (chdf5_native_int16(), chdf5_file_int16())
    case .signedInteger(bits: 32): (chdf5_native_int32(), chdf5_file_int32())
    case .signedInteger(bits: 64): (chdf5_native_int64(), chdf5_file_int64())
    case .unsignedInteger(bits: 8): (chdf5_native_uint8(), chdf5_file_uint8())
    case .unsignedInteger(bits: 16): (chdf5_native_uint16(), chdf5_file_uint16())
    case .unsignedInteger(bits: 32): (chdf5_native_uint32(), chdf5_file_uint32())
    case .unsignedInteger(bits: 64): (chdf5_native_uint64(), chdf5_file_uint64())
    default: nil
    }
  }

  /// What a type of the file holds. Within `Library.locked`.
  init(of type: hid_t) {
    let bits = H5Tget_size(type) * 8
    switch H5Tget_class(type) {
    case H5T_FLOAT: self = .float(bits: bits)
    case H5T_INTEGER where [8, 16, 32, 64].contains(bits):
      self = H5Tget_sign(type) == H5T_SGN_NONE ? .unsignedInteger(bits: bits) : .signedInteger(bits: bits)
    case H5T_STRING: self = .text
    case H5T_ENUM: self = Self.isBoolean(type) ? .boolean : .other("an enumeration")
    case H5T_COMPOUND: self = .other("a compound of several fields")
    case H5T_ARRAY: self = .other("arrays")
    case H5T_VLEN: self = .other("sequences of varying length")
    case H5T_OPAQUE: self = .other("opaque bytes")
    case H5T_REFERENCE: self = .other("references")
    default: self = .other("an unknown type of \(bits) bits")
    }
  }

  private static func isBoolean(_ type: hid_t) -> Bool {
    guard H5Tget_nmembers(type) == 2, H5Tget_size(type) == 1 else { return false }
    var (no, yes): (Int8, Int8) = (-1, -1)
    guard H5Tenum_valueof(type, "FALSE", &no) >= 0, H5Tenum_valueof(type, "TRUE", &yes) >= 0 else {
      return false
    }
    return no == 0 && yes == 1
  }
}
