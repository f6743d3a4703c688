internal import CTorch

/// The type of a tensor's elements.
public enum ScalarType: String, Codable, CaseIterable, Sendable {
  case float32, float64, int64, int32, uint8, bool
}

extension ScalarType {
  var raw: ctorch_type {
    switch self {
    case .float32: CTORCH_FLOAT32
    case .float64: CTORCH_FLOAT64
    case .int64: CTORCH_INT64
    case .int32: CTORCH_INT32
    case .uint8: CTORCH_UINT8
    case .bool: CTORCH_BOOL
    }
  }

  init?(raw: Int32) {
    guard let type = Self.allCases.first(where: { $0.raw.rawValue == raw }) else { return nil }
    self = type
  }
}

/// A Swift scalar that tensors can hold.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  static var scalarType: ScalarType { get }
  static var zero: Self { get }
}

extension Float: TensorScalar {
  public static var scalarType: ScalarType { .float32 }
}

extension Double: TensorScalar {
  public static var scalarType: ScalarType { .float64 }
}

extension Int64: TensorScalar {
  public static var scalarType: ScalarType { .int64 }
}

/// Swift's `Int` is libtorch's 64-bit integer.
extension Int: TensorScalar {
  public static var scalarType: ScalarType { .int64 }
}

extension Int32: TensorScalar {
  public static var scalarType: ScalarType { .int32 }
}

extension UInt8: TensorScalar {
  public static var scalarType: ScalarType { .uint8 }
}

extension Bool: TensorScalar {
  public static var scalarType: ScalarType { .bool }
  public static var zero: Bool { false }
}
