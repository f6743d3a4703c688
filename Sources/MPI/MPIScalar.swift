import CMPI

/// A scalar that MPI can send and reduce. Buffer, count and datatype of a call come from one slice of such
/// scalars, so the three cannot disagree.
public protocol MPIScalar: BitwiseCopyable, Sendable {
  /// The name of the type in MPI.
  static var datatype: Datatype { get }
}

/// An MPI datatype.
public struct Datatype {
  let raw: cmpi_datatype
}

extension Float: MPIScalar {
  public static var datatype: Datatype { Datatype(raw: cmpi_float()) }
}

extension Double: MPIScalar {
  public static var datatype: Datatype { Datatype(raw: cmpi_double()) }
}

extension Int32: MPIScalar {
  public static var datatype: Datatype { Datatype(raw: cmpi_int32()) }
}

extension Int64: MPIScalar {
  public static var datatype: Datatype { Datatype(raw: cmpi_int64()) }
}

extension UInt8: MPIScalar {
  public static var datatype: Datatype { Datatype(raw: cmpi_uint8()) }
}

/// An elementwise, associative and commutative operation over ranks. MPI 3.1 §5.9.2.
public enum Reduction: String, Sendable, CaseIterable {
  case sum, product, minimum, maximum

  var raw: cmpi_op {
    switch self {
    case .sum: cmpi_sum()
    case .product: cmpi_product()
    case .minimum: cmpi_minimum()
    case .maximum: cmpi_maximum()
    }
  }
}
