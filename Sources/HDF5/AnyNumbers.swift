// Numbers whose type in the file does not matter to the reader.

extension HDF5Group {
  /// Reads integers of any size, and Booleans as 0 and 1; nil when the dataset holds something else.
  public borrowing func readIntegers<Result>(
    _ name: String, converting convert: (Int64) -> Result
  ) throws(HDF5Error) -> HDF5Array<Result>? {
    func read<Scalar: HDF5Scalar & BinaryInteger>(_ type: Scalar.Type) throws(HDF5Error) -> HDF5Array<Result>
    {
      let array = try self.read(name, as: type)
      return HDF5Array(values: array.values.map { convert(Int64(clamping: $0)) }, shape: array.shape)
    }
    switch try elementType(of: name) {
    case .signedInteger(bits: 8): return try read(Int8.self)
    case .signedInteger(bits: 16): return try read(Int16.self)
    case .signedInteger(bits: 32): return try read(Int32.self)
    case .signedInteger(bits: 64): return try read(Int64.self)
    case .unsignedInteger(bits: 8): return try read(UInt8.self)
    case .unsignedInteger(bits: 16): return try read(UInt16.self)
    case .unsignedInteger(bits: 32): return try read(UInt32.self)
    case .unsignedInteger(bits: 64): return try read(UInt64.self)
    case .boolean:
      let array = try self.read(name, as: Int8.self, converting: true)
      return HDF5Array(values: array.values.map { convert(Int64($0)) }, shape: array.shape)
    default: return nil
    }
  }

  /// Reads integers of any size, Booleans, and floats of any format (of 16 bits, big-endian, ...) as 32-bit
  /// floats; nil when the dataset holds something else.
  public borrowing func readFloats(_ name: String) throws(HDF5Error) -> HDF5Array<Float>? {
    if let integers = try readIntegers(name, converting: { Float($0) }) { return integers }
    guard case .float = try elementType(of: name) else { return nil }
    return try read(name, as: Float.self, converting: true)
  }

  /// Reads integers of any size, Booleans, and floats of any format as doubles; nil when the dataset holds
  /// something else.
  public borrowing func readNumbers(_ name: String) throws(HDF5Error) -> HDF5Array<Double>? {
    if let integers = try readIntegers(name, converting: { Double($0) }) { return integers }
    guard case .float = try elementType(of: name) else { return nil }
    return try read(name, as: Double.self, converting: true)
  }
}
